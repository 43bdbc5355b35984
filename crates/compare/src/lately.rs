//! What the clients saw in the last tenth of a second, as one.
//!
//! Each thread of the generator gives glimpses of its own clients, all at about the same time: each is a part of what
//! was seen, and the time from one to the next says nothing.

use crate::load::Glimpse;
use crate::progress::Event;
use std::time::{Duration, Instant};

/// Puts the glimpses of all threads together.
#[derive(Debug)]
pub(crate) struct Lately {
    /// So many threads give glimpses.
    threads: usize,
    /// Until then all is told.
    told: Instant,
    /// What is not told yet: from how many glimpses, and since when.
    seen: Option<(Glimpse, usize, Instant)>,
}

impl Lately {
    /// So many threads will give glimpses of what happens from now on.
    pub(crate) fn new(threads: usize, now: Instant) -> Self {
        Self { threads, told: now, seen: None }
    }

    /// From now on it counts.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.told = now;
    }

    /// Adds a glimpse. Returns what is to be told: when each thread has given one, or no other is to be expected, as from
    /// a thread that has seen nothing.
    pub(crate) fn add(&mut self, glimpse: Glimpse, now: Instant) -> Option<Glimpsed> {
        /// Half of the time between two glimpses of a thread.
        const TOGETHER: Duration = Duration::from_millis(50);

        let (seen, count, since) = match self.seen.take() {
            Some((mut seen, count, since)) => {
                seen.replies += glimpse.replies;
                seen.faults += glimpse.faults;
                // All have the same bounds.
                let _ = seen.latency.add(&glimpse.latency);
                (seen, count + 1, since)
            }
            None => (glimpse, 1, now),
        };
        self.seen = Some((seen, count, since));
        let whole = count >= self.threads || now.saturating_duration_since(since) > TOGETHER;
        if whole { self.rest(now) } else { None }
    }

    /// What is not told yet, if there is anything.
    pub(crate) fn rest(&mut self, now: Instant) -> Option<Glimpsed> {
        let (seen, ..) = self.seen.take()?;
        let passed = now.saturating_duration_since(self.told);
        self.told = now;
        #[expect(
            clippy::cast_precision_loss,
            reason = "nobody counts so far in a tenth of a second"
        )]
        let per_second = seen.replies as f64 / passed.as_secs_f64().max(1e-3);
        let p99_us = (!seen.latency.is_empty()).then(|| seen.latency.value_at_quantile(0.99));
        Some(Glimpsed { per_second, p99_us, faults: seen.faults })
    }
}

/// What is to be told.
#[derive(Debug)]
pub(crate) struct Glimpsed {
    per_second: f64,
    p99_us: Option<u64>,
    faults: u64,
}

impl Glimpsed {
    /// As an event of this measurement.
    pub(crate) fn event(self, scenario: &str, server: &str) -> Event {
        let Self { per_second, p99_us, faults } = self;
        Event::Glimpse {
            scenario: scenario.into(),
            server: server.into(),
            per_second,
            p99_us,
            faults,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Latency;

    fn glimpse(replies: u64, us: u64) -> Glimpse {
        let mut latency = Latency::new().0;
        latency.record_n(us, replies).unwrap();
        Glimpse { group: 0, replies, faults: 1, latency }
    }

    #[test]
    fn threads_that_speak_in_turn_are_one() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut lately = Lately::new(3, start);
        lately.begin(at(40));
        for (round, begin) in [(100, 40), (200, 102), (300, 202)] {
            assert!(lately.add(glimpse(10, 5), at(round)).is_none());
            assert!(lately.add(glimpse(20, 5), at(round + 1)).is_none());
            let all = lately.add(glimpse(30, 7), at(round + 2)).unwrap();
            let rate = 60.0 / ((round + 2 - begin) as f64 / 1e3);
            assert!((all.per_second - rate).abs() < 1e-6, "{all:?} in round {round}");
            assert_eq!((all.p99_us, all.faults), (Some(7), 3));
        }
        assert!(lately.rest(at(400)).is_none());
    }

    #[test]
    fn nobody_waits_for_a_thread_that_has_seen_nothing() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut lately = Lately::new(2, start);
        assert!(lately.add(glimpse(10, 5), at(100)).is_none());
        let all = lately.add(glimpse(10, 5), at(200)).unwrap();
        assert!((all.per_second - 100.0).abs() < 1e-6, "{all:?}");
        assert!(lately.add(glimpse(5, 5), at(300)).is_none());
        let rest = lately.rest(at(400)).unwrap();
        assert!((rest.per_second - 25.0).abs() < 1e-6, "{rest:?}");
    }
}
