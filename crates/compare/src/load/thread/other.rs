//! Where the system is not Linux: an open loop that is up to a millisecond late.

use mio::{Registry, Token};
use std::io;
use std::time::Instant;

/// Wakes a poll at a moment: here by the poll's own timeout, in whole milliseconds.
#[derive(Debug)]
pub(in crate::load) struct Alarm;

impl Alarm {
    /// An alarm that needs nothing.
    pub(in crate::load) fn new(_: &Registry, _: Token) -> io::Result<Self> {
        Ok(Self)
    }

    /// Says until when the poll may sleep.
    pub(in crate::load) fn set(
        &mut self,
        at: Instant,
        wake: Instant,
        _: Instant,
    ) -> io::Result<Instant> {
        Ok(at.min(wake))
    }

    /// It never does.
    pub(in crate::load) fn rang(&mut self) {}
}
