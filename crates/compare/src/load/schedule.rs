//! The open loop's clock: which request is due when, whatever the server does.

use std::time::{Duration, Instant};

/// Requests at constant intervals. It knows only how many have been taken, so any number may be overdue.
#[derive(Debug)]
pub(super) struct Schedule {
    first: Instant,
    /// Seconds between two requests.
    interval: f64,
    taken: u64,
}

impl Schedule {
    /// So many requests per second. The first is due a part of an interval after the start, so that several threads
    /// take turns.
    pub(super) fn new(rate: f64, start: Instant, part: f64) -> Self {
        let interval = 1.0 / rate;
        Self { first: start + seconds(interval * part), interval, taken: 0 }
    }

    /// When the next request is due.
    pub(super) fn next(&self) -> Instant {
        self.first + seconds(self.taken as f64 * self.interval)
    }

    /// How many requests are due before this moment and have not been taken.
    pub(super) fn overdue(&self, end: Instant) -> u64 {
        let late = end.saturating_duration_since(self.first).as_secs_f64() / self.interval;
        (late.ceil() as u64).saturating_sub(self.taken)
    }

    /// Takes so many requests that are due before this moment, or what there is, and says when the first was due, and
    /// how many it were.
    pub(super) fn take_many(&mut self, end: Instant, most: u64) -> Option<(Instant, u64)> {
        let (due, times) = (self.next(), most.min(self.overdue(end)));
        self.taken += times;
        (times > 0 && due < end).then_some((due, times))
    }

    /// Takes the oldest request that is due, and says when it was due.
    pub(super) fn take(&mut self, now: Instant) -> Option<Instant> {
        let due = self.next();
        (due <= now).then(|| {
            self.taken += 1;
            due
        })
    }
}

/// How long after the start the next of so many opens its connection: evenly over the warm-up, so that clients who all
/// wait for the same time do not go in step.
pub(super) fn ramp(warm_up: Duration, opened: usize, all: usize) -> Duration {
    warm_up.mul_f64(opened as f64 / all.max(1) as f64)
}

/// A time that may be too long for anybody to wait.
fn seconds(seconds: f64) -> Duration {
    const YEAR: f64 = 365.0 * 86_400.0;
    Duration::from_secs_f64(seconds.min(YEAR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_constant_and_do_not_drift() {
        let start = Instant::now();
        let mut schedule = Schedule::new(3.0, start, 0.5);
        let late = start + Duration::from_secs(1000);
        let due: Vec<_> = std::iter::from_fn(|| schedule.take(late)).collect();
        assert_eq!(due.len(), 3000);
        for (at, due) in due.iter().enumerate() {
            let exact = (at as f64 + 0.5) / 3.0;
            assert!((due.duration_since(start).as_secs_f64() - exact).abs() < 1e-6, "{at}");
        }
    }

    #[test]
    fn many_are_taken_like_one_by_one() {
        let start = Instant::now();
        for (most, calls) in [(1, 2500), (7, 358), (9999, 1)] {
            let mut schedule = Schedule::new(1000.0, start, 0.0);
            for _ in 0..500 {
                schedule.take(start + Duration::from_secs(1)).unwrap();
            }
            let end = start + Duration::from_secs(3);
            assert_eq!(schedule.overdue(end), 2500);
            let taken = std::iter::from_fn(|| schedule.take_many(end, most));
            let times: Vec<_> = taken.map(|(_, times)| times).collect();
            assert_eq!((times.len(), times.iter().sum()), (calls, 2500));
        }
    }

    #[test]
    fn connections_are_opened_evenly() {
        let at = |opened| ramp(Duration::from_millis(400), opened, 100).as_millis();
        assert_eq!([at(0), at(1), at(50), at(99)], [0, 4, 200, 396]);
        assert_eq!(ramp(Duration::ZERO, 7, 100), Duration::ZERO);
    }

    #[test]
    fn nothing_is_due_too_early() {
        let start = Instant::now();
        let mut schedule = Schedule::new(1e-9, start, 0.0);
        assert_eq!(schedule.take(start), Some(start));
        assert_eq!(schedule.take(start + Duration::from_secs(86_400)), None);
    }
}
