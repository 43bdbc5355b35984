//! On Linux: `timerfd_create(2)`.

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use nix::sys::time::{TimeSpec, TimeValLike};
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Instant;

/// Wakes a poll at a moment, to the microsecond. The poll's own timeout knows only whole milliseconds, and an open loop
/// that sends a millisecond late would find every server slow.
#[derive(Debug)]
pub(in crate::load) struct Alarm {
    timer: TimerFd,
    /// What it is set to.
    at: Option<Instant>,
}

impl Alarm {
    /// An alarm that wakes the poll of this registry, as an event of this token.
    pub(in crate::load) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?;
        registry.register(&mut SourceFd(&timer.as_fd().as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self { timer, at: None })
    }

    /// Sets it to a moment, and says until when the poll may sleep if it knows of nothing else but this alarm and
    /// `wake`.
    pub(in crate::load) fn set(
        &mut self,
        at: Instant,
        wake: Instant,
        now: Instant,
    ) -> io::Result<Instant> {
        if self.at != Some(at) {
            let nanos = at.saturating_duration_since(now).as_nanos().max(1);
            let wait = TimeSpec::nanoseconds(i64::try_from(nanos).unwrap_or(i64::MAX));
            self.timer.set(Expiration::OneShot(wait), TimerSetTimeFlags::empty())?;
            self.at = Some(at);
        }
        Ok(wake)
    }

    /// It has woken the poll, and may be set to the same moment again.
    pub(in crate::load) fn rang(&mut self) {
        self.at = None;
    }
}
