//! Accepting: no wake-up is lost, and none is in vain.

use common::Backoff;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use std::io::{self, ErrorKind};
use std::time::Instant;

/// How many clients in a row may have left again before they are accepted. Then something else is wrong.
const GONE: u32 = 16;

/// The listening socket, and what is known of the clients behind it.
///
/// The kernel reports once that clients have come, and is then silent until another one comes. So it is for us to
/// remember that some may still be waiting: when an accept fails, and when there is no room for them.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    backlog: Backlog,
    backoff: Backoff,
}

/// What is known of the clients that wait in the kernel's queue.
#[derive(Clone, Copy, Debug)]
enum Backlog {
    /// There are none; the kernel will report the next one.
    Empty,
    /// There may be some.
    Waiting,
    /// There are some, and the kernel has no descriptor or no memory for us to take them. Nobody reports when it has.
    Withheld { until: Instant },
}

impl Listener {
    /// Takes over a socket that listens, and has its clients reported.
    pub(super) fn new(
        listener: &std::net::TcpListener,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        // A clone is another descriptor of the same open socket, so this holds for both.
        listener.set_nonblocking(true)?;
        let mut socket = TcpListener::from_std(listener.try_clone()?);
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self { socket, backlog: Backlog::Empty, backoff: Backoff::default() })
    }

    /// The kernel reports that a client has come.
    pub(super) fn reported(&mut self) {
        // A shortage does not end because one more client suffers from it.
        if let Backlog::Empty = self.backlog {
            self.backlog = Backlog::Waiting;
        }
    }

    /// A connection was closed: what it held may be what was missing.
    pub(super) fn freed(&mut self) {
        if let Backlog::Withheld { .. } = self.backlog {
            self.backlog = Backlog::Waiting;
        }
    }

    /// When to try and accept, unless the kernel reports something first. It may be now.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        match self.backlog {
            Backlog::Empty => None,
            Backlog::Waiting => Some(now),
            Backlog::Withheld { until } => Some(until),
        }
    }

    /// The next client, unless there is none, or none to be had now.
    pub(super) fn accept(&mut self, now: Instant) -> Option<TcpStream> {
        let mut gone = 0;
        while self.next(now).is_some_and(|next| next <= now) {
            match self.socket.accept() {
                Ok((stream, _)) => {
                    // A reply is written whole, so Nagle's algorithm has nothing to gather; it could only delay the
                    // tail of a long one.
                    let _ = stream.set_nodelay(true);
                    return Some(stream);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.backlog = Backlog::Empty;
                }
                Err(error) if concerns_one_client(&error) && gone < GONE => gone += 1,
                Err(error) => self.failed("accept a connection", &error, now),
            }
        }
        None
    }

    /// A client is in: the next failure is a new one. To have accepted it is not enough, for what comes then may be what
    /// fails each time.
    pub(super) fn succeeded(&mut self) {
        self.backoff = Backoff::default();
    }

    /// The system has something not to give: those who wait go on waiting. Tried again without a pause, it would fail
    /// again and again, and burn a core.
    pub(super) fn failed(&mut self, what: &str, error: &io::Error, now: Instant) {
        let until = now + self.backoff.failed(what, error);
        self.backlog = Backlog::Withheld { until };
    }

    /// Has nothing reported any more. The socket stays open in the one that it was taken from.
    pub(super) fn close(mut self, registry: &Registry) {
        let _ = registry.deregister(&mut self.socket);
    }
}

/// A client that has given up while it waited, or a signal that came in between: the next call may succeed.
fn concerns_one_client(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mio::Poll;
    use std::net::TcpStream as Client;
    use std::time::Duration;

    #[test]
    fn what_fails_behind_every_accept_is_tried_less_and_less_often() {
        let poll = Poll::new().unwrap();
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut listener = Listener::new(&socket, poll.registry(), Token(0)).unwrap();
        let mut now = Instant::now();
        let mut accept_and_fail = |is_first: bool| {
            let _client = Client::connect(socket.local_addr().unwrap()).unwrap();
            while listener.accept(now).is_none() {
                listener.reported();
            }
            if is_first {
                listener.succeeded();
            }
            listener.failed("watch a connection", &ErrorKind::StorageFull.into(), now);
            let next = listener.next(now).unwrap();
            let pause = next - now;
            now = next;
            pause
        };
        let pauses = [true, false, false, false, true].map(&mut accept_and_fail);
        assert_eq!(pauses, [1, 2, 4, 8, 1].map(Duration::from_millis));
    }
}
