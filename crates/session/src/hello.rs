//! The greeting: the first server of most tutorials, as a session.

use crate::{Input, Session, Want};
use std::time::{Duration, Instant};

/// What [`Hello`] sends.
pub const GREETING: &[u8] = b"Hello, world!";

/// Sends [`GREETING`] and closes. It never reads.
#[derive(Debug)]
pub struct Hello {
    /// How much of the greeting was sent.
    sent: usize,
    /// When a peer that takes nothing is given up.
    until: Instant,
}

impl Hello {
    /// Starts a conversation at `now`; a peer that does not take the greeting within `patience` is dropped.
    pub fn new(now: Instant, patience: Duration) -> Self {
        Self { sent: 0, until: now + patience }
    }
}

impl Session for Hello {
    fn want(&self) -> Want<'_> {
        match &GREETING[self.sent..] {
            [] => Want::Close,
            bytes => Want::Write { bytes, until: Some(self.until) },
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Wrote(n) => self.sent += n,
            Input::Tick if now >= self.until => self.sent = GREETING.len(),
            Input::Tick => {}
            Input::Received(_) | Input::Eof => debug_assert!(false, "{input:?} was not wanted"),
        }
    }
}
