//! A driver for tests: virtual time, a scripted peer, any chunk size. It asserts the contract at every step.
//!
//! ```
//! use session::simulate::{Pace, Step, simulate};
//! use session::Echo;
//! use std::time::{Duration, Instant};
//!
//! let start = Instant::now();
//! let mut echo = Echo::new(start, Duration::from_secs(10));
//! let script = [Step::Send(b"one "), Step::Pause(Duration::from_secs(3)), Step::Send(b"two"), Step::HalfClose];
//! let heard = simulate(&mut echo, &script, &Pace::bytewise(), start);
//! assert_eq!(heard.bytes, b"one two");
//! assert_eq!(heard.end, session::simulate::End::Closed { after: Duration::from_secs(3) });
//! ```

use crate::{Input, Session, Want};
use std::time::{Duration, Instant};

/// More turns than any finite conversation in the tests takes: past it, the session is going round in circles.
const MOST_TURNS: usize = 50_000_000;

/// One thing that the scripted peer does.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Sends these bytes.
    Send(&'a [u8]),
    /// Does nothing for so long.
    Pause(Duration),
    /// Stops reading, for the rest of the script.
    StopReading,
    /// Sends end-of-file; it may still read.
    HalfClose,
}

/// How the bytes are cut, and when ticks come that nobody asked for. Each list is used in a circle.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The most bytes that each read brings; at least one each.
    pub reads: Vec<usize>,
    /// The most bytes that each write takes; at least one each.
    pub writes: Vec<usize>,
    /// Before each turn: does an early tick come?
    pub ticks: Vec<bool>,
}

impl Pace {
    /// At most so many bytes a read and a write, and no early ticks.
    pub fn chunks(reads: usize, writes: usize) -> Self {
        Self { reads: vec![reads], writes: vec![writes], ticks: vec![false] }
    }

    /// One byte a read, one byte a write, and an early tick before every turn.
    pub fn bytewise() -> Self {
        Self { reads: vec![1], writes: vec![1], ticks: vec![true] }
    }

    /// Everything at once.
    pub fn whole() -> Self {
        Self::chunks(usize::MAX, usize::MAX)
    }
}

/// How a simulated conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The session wanted [`Want::Close`], so long after the start.
    Closed {
        /// Virtual time from the start to the close.
        after: Duration,
    },
    /// The script is over and the session would wait for ever.
    Waiting,
}

/// What the peer heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Every byte that the session sent.
    pub bytes: Vec<u8>,
    /// For each write: virtual time since the start, and the number of bytes heard by then.
    pub moments: Vec<(Duration, usize)>,
    /// How it ended.
    pub end: End,
}

impl Heard {
    /// Says when the first `n` bytes had been heard, as virtual time since the start.
    pub fn when(&self, n: usize) -> Option<Duration> {
        self.moments.iter().find(|(_, heard)| *heard >= n).map(|(at, _)| *at)
    }
}

/// Drives `session` against a scripted peer in virtual time that begins at `start`.
///
/// # Panics
///
/// When the session breaks a rule of [`crate::want`].
pub fn simulate(
    session: &mut (impl Session + ?Sized),
    script: &[Step<'_>],
    pace: &Pace,
    start: Instant,
) -> Heard {
    let mut now = start;
    let mut peer = Peer::new(script, start);
    let mut heard = Heard { bytes: Vec::new(), moments: Vec::new(), end: End::Waiting };
    let (mut reads, mut writes) = (pace.reads.iter().cycle(), pace.writes.iter().cycle());
    let mut ticks = pace.ticks.iter().cycle();

    for _ in 0..MOST_TURNS {
        if ticks.next() == Some(&true) {
            early_tick(session, now);
        }
        let want = session.want();
        assert_eq!(shape(want), shape(session.want()), "asked twice, a want must be the same");
        peer.catch_up(now);
        match want {
            Want::Close => {
                heard.end = End::Closed { after: now - start };
                return heard;
            }
            Want::Write { bytes, .. } if peer.reads => {
                assert!(!bytes.is_empty(), "a write must offer at least one byte");
                let n = bytes.len().min(*writes.next().expect("a pace has writes"));
                heard.bytes.extend_from_slice(&bytes[..n]);
                heard.moments.push((now - start, heard.bytes.len()));
                session.handle(Input::Wrote(n), now);
            }
            Want::Read { .. } if !peer.sending.is_empty() => {
                let most = *reads.next().expect("a pace has reads");
                let (chunk, rest) = peer.sending.split_at(most.min(peer.sending.len()));
                session.handle(Input::Received(chunk), now);
                peer.sending = rest;
            }
            Want::Read { .. } if peer.ended => session.handle(Input::Eof, now),
            Want::Write { until, .. } | Want::Read { until } => {
                let Some(wake) = [until, peer.next_at()].into_iter().flatten().min() else {
                    return heard;
                };
                now = now.max(wake);
                if until.is_some_and(|until| now >= until) {
                    due_tick(session, now);
                }
            }
            Want::Sleep { until } => {
                now = now.max(until);
                due_tick(session, now);
            }
        }
    }
    panic!("after {MOST_TURNS} turns the session wants {:?}", session.want());
}

/// What makes two wants the same, without comparing a long reply byte by byte at every turn.
fn shape(want: Want<'_>) -> (&'static str, *const u8, usize, Option<Instant>) {
    match want {
        Want::Write { bytes, until } => ("write", bytes.as_ptr(), bytes.len(), until),
        Want::Read { until } => ("read", std::ptr::null(), 0, until),
        Want::Sleep { until } => ("sleep", std::ptr::null(), 0, Some(until)),
        Want::Close => ("close", std::ptr::null(), 0, None),
    }
}

/// A tick before the time must change nothing.
fn early_tick(session: &mut (impl Session + ?Sized), now: Instant) {
    let before = shape(session.want());
    let due = match session.want() {
        Want::Write { until, .. } | Want::Read { until } => until,
        Want::Sleep { until } => Some(until),
        Want::Close => return,
    };
    if due.is_none_or(|due| now < due) {
        session.handle(Input::Tick, now);
        assert_eq!(before, shape(session.want()), "an early tick must change nothing");
    }
}

/// A tick at the time must change the want, or move its `until`.
fn due_tick(session: &mut (impl Session + ?Sized), now: Instant) {
    let before = shape(session.want());
    session.handle(Input::Tick, now);
    assert_ne!(before, shape(session.want()), "a tick when due must change the want");
}

/// Where the scripted peer stands.
struct Peer<'a> {
    script: &'a [Step<'a>],
    /// When the next step of the script is done.
    at: Instant,
    sending: &'a [u8],
    reads: bool,
    ended: bool,
}

impl<'a> Peer<'a> {
    fn new(script: &'a [Step<'a>], start: Instant) -> Self {
        Self { script, at: start, sending: &[], reads: true, ended: false }
    }

    /// Plays the script up to `now`, or up to bytes that have not been taken yet.
    fn catch_up(&mut self, now: Instant) {
        while self.sending.is_empty()
            && self.at <= now
            && let Some((step, rest)) = self.script.split_first()
        {
            self.script = rest;
            match *step {
                Step::Send(bytes) => self.sending = bytes,
                Step::Pause(pause) => self.at = self.at.max(now) + pause,
                Step::StopReading => self.reads = false,
                Step::HalfClose => self.ended = true,
            }
        }
    }

    /// When the next step is due, if one is left that time alone brings.
    fn next_at(&self) -> Option<Instant> {
        (self.sending.is_empty() && !self.script.is_empty()).then_some(self.at)
    }
}
