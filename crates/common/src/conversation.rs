//! A connection's whole conversation, without I/O: what its session says, and a close by which the last reply arrives.
//!
//! When a socket is closed while bytes from the peer lie unread, or more of them arrive, the kernel answers with a
//! reset, and a reset destroys what is still on its way to the peer. So a close that follows a reply is staged
//! (RFC 9112 section 9.6): first our side ends, then what still comes is read and dropped, until the peer is silent for
//! [`LINGER`].
//!
//! A stop ends our reading first, and from then on Linux answers whatever comes after the end of our writing with a
//! reset. So at a stop the order is turned: what comes is dropped until the peer is silent, and then the socket is
//! closed.
//!
//! A peer that has ended its side sends nothing more, nor does one that has said so (`Connection: close`), and one whose
//! silence was waited for has long had its reply: they are closed at once. A peer that took nothing for the session's
//! whole patience gets the reset: there is no reply it could lose, and the kernel need not keep one for it.

use session::{Input, Session, Want};
use std::time::{Duration, Instant};

/// How long a closing connection waits for the next bytes to drop, so that its last reply arrives.
pub const LINGER: Duration = Duration::from_secs(2);

/// How long it goes on so, with a peer that does not stop sending.
pub const LONGEST_LINGER: Duration = Duration::from_secs(5);

/// At a stop, a peer is silent when so many looks in a row find nothing, and so long lies between two of them. Looks are
/// counted, and not time: on a busy machine a pause may be much longer than it should, and what came in it is not seen.
const LOOKS: u8 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A session and its close.
#[derive(Debug)]
pub struct Conversation<S> {
    session: S,
    stage: Stage,
    /// When bytes were last sent.
    wrote: Option<Instant>,
    /// Has the peer ended its side, or the stop for it?
    ended: bool,
    /// What the last wait was for, if it was in vain.
    in_vain: Option<Waiting>,
}

/// What a driver has to do next: what a [`Want`] is to a session, and the end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Send these bytes, or as many of them as the peer takes: [`Input::Wrote`], or [`Input::Tick`] when time is over.
    Write {
        /// What is owed to the peer, never empty.
        bytes: &'a [u8],
        /// When to give up; `None` waits for ever.
        until: Option<Instant>,
    },
    /// Wait for bytes or for the end: [`Input::Received`], [`Input::Eof`], or [`Input::Tick`] when time is over.
    Read {
        /// When to give up; `None` waits for ever.
        until: Option<Instant>,
    },
    /// Wait for the clock alone: [`Input::Tick`].
    Sleep {
        /// Until when.
        until: Instant,
    },
    /// End our side of the connection, `shutdown(2)`, and go on: there is nothing to report.
    EndWriting,
    /// Close the socket. It is over.
    Close {
        /// Throw away what was not sent, and tell the peer by a reset (`SO_LINGER` of zero)?
        reset: bool,
    },
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Talking,
    /// Our side is about to end.
    Ending,
    /// What comes is dropped until the peer ends its side, or is silent.
    Lingering {
        silent: Instant,
        longest: Instant,
    },
    /// The server stops: what comes is dropped until so many looks in a row have found nothing.
    Settling {
        empty: u8,
        pause: Option<Instant>,
        longest: Instant,
    },
    Over {
        reset: bool,
    },
}

/// What one can wait for.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    ToRead,
    ToWrite,
}

impl<S: Session> Conversation<S> {
    /// Begins with the session's first want.
    pub fn new(session: S) -> Self {
        Self { session, stage: Stage::Talking, wrote: None, ended: false, in_vain: None }
    }

    /// Says what to do next. What is overdue is dealt with here: a peer that moves a byte just in time, again and
    /// again, never lets a timeout of its driver pass, and its time ends all the same.
    ///
    /// `is_stopping`: has the server ended our reading, because it stops?
    pub fn next(&mut self, now: Instant, is_stopping: impl FnOnce() -> bool) -> Step<'_> {
        while self.is_due(now) {
            self.handle(Input::Tick, now);
        }
        if matches!(self.stage, Stage::Talking) && self.session.want() == Want::Close {
            self.stage = self.begin_close(now, is_stopping);
        }
        match self.stage {
            Stage::Talking => match self.session.want() {
                Want::Write { bytes, until } => Step::Write { bytes, until },
                Want::Read { until } => Step::Read { until },
                Want::Sleep { until } => Step::Sleep { until },
                Want::Close => unreachable!("the close has begun"),
            },
            Stage::Ending => {
                self.stage =
                    Stage::Lingering { silent: now + LINGER, longest: now + LONGEST_LINGER };
                Step::EndWriting
            }
            Stage::Lingering { silent, longest } => Step::Read { until: Some(silent.min(longest)) },
            Stage::Settling { pause: Some(until), .. } => Step::Sleep { until },
            Stage::Settling { longest, .. } => Step::Read { until: Some(longest) },
            Stage::Over { reset } => Step::Close { reset },
        }
    }

    /// Tells what happened, and what time it is.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) {
        match (&mut self.stage, input) {
            (Stage::Talking, input) => self.talk(input, now),
            (Stage::Lingering { silent, .. }, Input::Received(_)) => *silent = now + LINGER,
            (Stage::Lingering { .. }, Input::Eof) => self.stage = Stage::Over { reset: false },
            (Stage::Lingering { silent, longest }, Input::Tick) => {
                if now >= *silent.min(longest) {
                    self.stage = Stage::Over { reset: false };
                }
            }
            (Stage::Settling { longest, .. }, _) if now >= *longest => {
                self.stage = Stage::Over { reset: false };
            }
            (Stage::Settling { pause: pause @ Some(_), .. }, _) => {
                *pause = pause.filter(|until| now < *until);
            }
            (Stage::Settling { empty, .. }, Input::Received(_)) => *empty = 0,
            (Stage::Settling { empty, pause, .. }, _) => {
                (*empty, *pause) = (*empty + 1, Some(now + BETWEEN_LOOKS));
                if *empty == LOOKS {
                    self.stage = Stage::Over { reset: false };
                }
            }
            (Stage::Lingering { .. }, Input::Wrote(_))
            | (Stage::Ending | Stage::Over { .. }, _) => {}
        }
    }

    fn talk(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Wrote(_) => (self.wrote, self.in_vain) = (Some(now), None),
            Input::Received(_) => self.in_vain = None,
            Input::Eof => (self.ended, self.in_vain) = (true, None),
            Input::Tick if self.is_due(now) => {
                self.in_vain = match self.session.want() {
                    Want::Write { .. } => Some(Waiting::ToWrite),
                    Want::Read { .. } => Some(Waiting::ToRead),
                    Want::Sleep { .. } | Want::Close => self.in_vain,
                }
            }
            Input::Tick => {}
        }
        self.session.handle(input, now);
    }

    /// Is the wait over before it begins?
    fn is_due(&self, now: Instant) -> bool {
        let until = match self.stage {
            Stage::Talking => match self.session.want() {
                Want::Write { until, .. } | Want::Read { until } => until,
                Want::Sleep { until } => Some(until),
                Want::Close => None,
            },
            Stage::Lingering { silent, longest } => Some(silent.min(longest)),
            Stage::Settling { pause, longest, .. } => pause.or(Some(longest)),
            Stage::Ending | Stage::Over { .. } => None,
        };
        until.is_some_and(|until| until <= now)
    }

    fn begin_close(&self, now: Instant, is_stopping: impl FnOnce() -> bool) -> Stage {
        let has_said = self.wrote.is_some_and(|wrote| now.duration_since(wrote) < LINGER);
        match self.in_vain {
            Some(Waiting::ToWrite) => Stage::Over { reset: true },
            Some(Waiting::ToRead) => Stage::Over { reset: false },
            None if !self.session.expects_more() => Stage::Over { reset: false },
            None if has_said && is_stopping() => {
                Stage::Settling { empty: 0, pause: None, longest: now + LONGEST_LINGER }
            }
            None if self.ended => Stage::Over { reset: false },
            None => Stage::Ending,
        }
    }
}

#[cfg(test)]
mod tests;
