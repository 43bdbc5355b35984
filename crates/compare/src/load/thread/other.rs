//! Where the system is not Linux: no CPU of one's own, and an open loop that is up to a millisecond late.

use mio::{Registry, Token};
use std::io;
use std::time::Instant;

/// Threads cannot be pinned here.
pub(in crate::load) fn pin(cpu: usize) -> io::Result<()> {
    let what = format!("cannot run on CPU {cpu}: only Linux pins threads (name no CPUs)");
    Err(io::Error::new(io::ErrorKind::Unsupported, what))
}

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
