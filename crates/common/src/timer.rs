//! A socket's timeout, set as seldom as possible.

use std::io;
use std::time::{Duration, Instant};

/// Turns deadlines into the timeout of a socket (`SO_RCVTIMEO` or `SO_SNDTIMEO`).
///
/// One `setsockopt(2)` for each wait would cost about a tenth of a small request. Waking too early is harmless, because
/// an early [`Tick`](session::Input::Tick) is. So a timeout is left as it is while it is not longer than the wait at
/// hand, and not so short that it would wake us for nothing again and again.
#[derive(Debug)]
pub(crate) struct Timer {
    set: Option<Duration>,
    longest: Duration,
}

impl Timer {
    /// The kernel counts in ticks of some milliseconds, and std refuses a timeout of zero.
    const SHORTEST: Duration = Duration::from_millis(1);

    /// A timer of a socket that has no timeout yet, which will get none longer than `longest`.
    pub(crate) fn new(longest: Duration) -> Self {
        Self { set: None, longest }
    }

    /// Sees to it that a wait which begins `now` is woken by `until`, or before.
    pub(crate) fn arm(
        &mut self,
        until: Option<Instant>,
        now: Instant,
        set_timeout: impl FnOnce(Option<Duration>) -> io::Result<()>,
    ) -> io::Result<()> {
        let left = until.map(|until| until.saturating_duration_since(now).max(Self::SHORTEST));
        let fits = match (self.set, left) {
            (Some(set), Some(left)) => set <= left && (left < set * 4 || set == self.longest),
            (set, left) => set == left,
        };
        if !fits {
            self.set = left.map(|left| (left / 2).clamp(Self::SHORTEST, self.longest));
            set_timeout(self.set)?;
        }
        Ok(())
    }
}
