//! The deadlines of connections, on a hierarchical timing wheel (`wheel`).

mod wheel;

use std::time::{Duration, Instant};
use wheel::Wheel;

/// Ticks of the wheel: a millisecond, which is as fine as `epoll_wait(2)` can be told to wait.
const TICK: Duration = Duration::from_millis(1);

/// One timer for each connection, set as seldom as possible.
///
/// With every request a deadline moves: ten seconds from now, ten seconds from now. So a timer that would go off too
/// early is left as it is. When it goes off, its connection gets a turn in which there is nothing to do, and then the
/// timer is set to the deadline as it is by then: once in ten seconds, and not ten thousand times a second.
#[derive(Debug)]
pub struct Timers {
    /// Tick 0.
    origin: Instant,
    wheel: Wheel,
}

impl Timers {
    /// No timer, and it is `now`.
    pub fn new(now: Instant) -> Self {
        Self { origin: now, wheel: Wheel::new() }
    }

    /// Sees to it that a connection is [expired](Self::expired) at `until`; it may be before that, too.
    pub fn arm(&mut self, id: usize, until: Instant) {
        // Rounded up here and down in `expired`: whoever is called is not called too early.
        let at = self.ticks(until + (TICK - Duration::from_nanos(1)));
        if self.wheel.at(id).is_none_or(|armed| at < armed) {
            self.wheel.set(id, at);
        }
    }

    /// Forgets a connection.
    pub fn disarm(&mut self, id: usize) {
        self.wheel.unset(id);
    }

    /// A connection whose timer has gone off by `now`, each once.
    pub fn expired(&mut self, now: Instant) -> Option<usize> {
        self.wheel.expired(self.ticks(now))
    }

    /// Until when there is nothing to expire.
    pub fn next(&self) -> Option<Instant> {
        self.wheel.next().and_then(|at| self.origin.checked_add(Duration::from_millis(at)))
    }

    /// Whole ticks from the beginning to a moment.
    fn ticks(&self, at: Instant) -> u64 {
        let passed = at.saturating_duration_since(self.origin);
        passed.as_secs() * 1000 + u64::from(passed.subsec_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_expired(timers: &mut Timers, now: Instant) -> Vec<usize> {
        std::iter::from_fn(|| timers.expired(now)).collect()
    }

    #[test]
    fn a_deadline_that_moves_away_is_left_alone_and_one_that_comes_nearer_is_not() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        let second = |n| start + Duration::from_secs(n);
        timers.arm(0, second(10));
        let armed = timers.wheel.at(0);
        timers.arm(0, second(20));
        assert_eq!(timers.wheel.at(0), armed);
        assert_eq!(all_expired(&mut timers, second(10)), [0]);
        timers.arm(0, second(20));
        timers.arm(0, second(12));
        assert_eq!(all_expired(&mut timers, second(12)), [0]);
        assert_eq!(all_expired(&mut timers, second(30)), []);
        timers.arm(0, second(40));
        timers.disarm(0);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn nobody_is_called_before_the_deadline_nor_a_tick_after_it() {
        let start = Instant::now();
        for wait in [
            Duration::from_nanos(1),
            Duration::from_micros(999),
            Duration::from_millis(1),
            Duration::from_micros(64_001),
            Duration::from_secs(1_000_000),
        ] {
            let mut timers = Timers::new(start);
            let until = start + wait;
            timers.arm(0, until);
            assert_eq!(all_expired(&mut timers, until - Duration::from_nanos(1)), []);
            assert_eq!(all_expired(&mut timers, until + TICK), [0], "{wait:?}");
        }
    }

    #[test]
    fn the_past_expires_now() {
        let start = Instant::now() + Duration::from_secs(1);
        let mut timers = Timers::new(start);
        timers.arm(0, start - Duration::from_millis(500));
        assert_eq!(all_expired(&mut timers, start), [0]);
    }
}
