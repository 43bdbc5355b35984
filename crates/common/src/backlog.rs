//! Accepting in a loop that waits for nobody: no wake-up is lost, and none is in vain.

use crate::accept::Backoff;
use std::io::{self, ErrorKind};
use std::time::Instant;

/// How many clients in a row may have left again before they are accepted. Then something else is wrong.
const GONE: u32 = 16;

/// What is known of the clients that wait in the kernel's queue, behind a listening socket.
///
/// The kernel reports once that clients have come, and is then silent until another one comes. So it is for us to
/// remember that some may still be waiting: when an accept fails, and when there is no room for them.
#[derive(Debug, Default)]
pub struct Backlog {
    state: State,
    backoff: Backoff,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// There are none; the kernel will report the next one.
    #[default]
    Empty,
    /// There may be some.
    Waiting,
    /// There are some, and the kernel has no descriptor or no memory for us to take them. Nobody reports when it has.
    Withheld { until: Instant },
}

impl Backlog {
    /// The kernel reports that a client has come.
    pub fn reported(&mut self) {
        // A shortage does not end because one more client suffers from it.
        if let State::Empty = self.state {
            self.state = State::Waiting;
        }
    }

    /// A connection was closed: what it held may be what was missing.
    pub fn freed(&mut self) {
        if let State::Withheld { .. } = self.state {
            self.state = State::Waiting;
        }
    }

    /// When to try and accept, unless the kernel reports something first. It may be now.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        match self.state {
            State::Empty => None,
            State::Waiting => Some(now),
            State::Withheld { until } => Some(until),
        }
    }

    /// The next client, unless there is none, or none to be had now. `accept` is one `accept(2)` that does not wait.
    pub fn accept<S>(
        &mut self,
        now: Instant,
        mut accept: impl FnMut() -> io::Result<S>,
    ) -> Option<S> {
        let mut gone = 0;
        while self.next(now).is_some_and(|next| next <= now) {
            match accept() {
                Ok(stream) => return Some(stream),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.state = State::Empty,
                Err(error) if concerns_one_client(&error) && gone < GONE => gone += 1,
                Err(error) => self.failed("accept a connection", &error, now),
            }
        }
        None
    }

    /// A client is in: the next failure is a new one. To have accepted it is not enough, for what comes then may be what
    /// fails each time.
    pub fn succeeded(&mut self) {
        self.backoff = Backoff::default();
    }

    /// The system has something not to give: those who wait go on waiting. Tried again without a pause, it would fail
    /// again and again, and burn a core.
    pub fn failed(&mut self, what: &str, error: &io::Error, now: Instant) {
        let until = now + self.backoff.failed(what, error);
        self.state = State::Withheld { until };
    }
}

/// A client that has given up while it waited, or a signal that came in between: the next call may succeed.
fn concerns_one_client(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_fails_behind_every_accept_is_tried_less_and_less_often() {
        let mut backlog = Backlog::default();
        let mut now = Instant::now();
        let mut accept_and_fail = |is_first: bool| {
            backlog.reported();
            backlog.accept(now, || Ok(())).unwrap();
            if is_first {
                backlog.succeeded();
            }
            backlog.failed("watch a connection", &ErrorKind::StorageFull.into(), now);
            let next = backlog.next(now).unwrap();
            let pause = next - now;
            now = next;
            pause
        };
        let pauses = [true, false, false, false, true].map(&mut accept_and_fail);
        assert_eq!(pauses, [1, 2, 4, 8, 1].map(Duration::from_millis));
    }

    #[test]
    fn clients_who_have_left_are_passed_over_but_not_for_ever() {
        let mut backlog = Backlog::default();
        let now = Instant::now();
        backlog.reported();
        let mut gone = 0;
        let mut leaving = |most: u32| {
            gone += 1;
            if gone > most { Ok(()) } else { Err(ErrorKind::ConnectionAborted.into()) }
        };
        assert!(backlog.accept(now, || leaving(GONE)).is_some());
        assert!(
            backlog.accept(now, || Err::<(), _>(ErrorKind::ConnectionAborted.into())).is_none()
        );
        assert!(backlog.next(now).is_some_and(|next| next > now), "tried again after a pause");
        backlog.freed();
        assert!(backlog.accept(now, || Err::<(), _>(ErrorKind::WouldBlock.into())).is_none());
        assert_eq!(backlog.next(now), None);
    }
}
