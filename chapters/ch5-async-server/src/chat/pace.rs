//! How fast one may talk.

use crate::chat::protocol::{BURST, PACE};
use std::time::{Duration, Instant};

/// What one client has said, as the time at which it will have been said at [`PACE`].
///
/// Without it, somebody who sends as fast as the network does would fill every outbox in the room, and drive out readers
/// who are not slow at all. Who is ahead by more than [`BURST`] is not read for a while; so TCP makes it wait.
#[derive(Debug)]
pub struct Pace {
    said: Instant,
}

impl Pace {
    /// Nothing was said yet.
    pub fn new(now: Instant) -> Self {
        Self { said: now }
    }

    /// Counts so many bytes.
    pub fn count(&mut self, bytes: usize, now: Instant) {
        self.said = self.said.max(now) + takes(bytes);
    }

    /// How long to wait before more is read.
    pub fn pause(&self, now: Instant) -> Duration {
        self.said.saturating_duration_since(now).saturating_sub(takes(BURST))
    }
}

fn takes(bytes: usize) -> Duration {
    Duration::from_micros(bytes as u64 * 1_000_000 / PACE as u64)
}
