//! When the next probe is due.

use std::time::{Duration, Instant};

/// The ticks of a clock: the first one at once, then one at every interval after it.
///
/// The next tick is counted from the last tick and not from the end of the last probe, so that the time of the probes
/// does not add up. A tick that was missed altogether, because a probe took longer than the interval, is left out.
#[derive(Debug)]
pub struct Schedule {
    interval: Duration,
    left: Option<u64>,
    last: Option<Instant>,
}

impl Schedule {
    /// So many ticks, or without an end.
    pub fn new(interval: Duration, count: Option<u64>) -> Self {
        Self { interval, left: count, last: None }
    }

    fn after(&mut self, now: Instant) -> Option<Instant> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(1)?;
        }
        let due = match self.last {
            None => now,
            Some(last) => last + self.interval * (1 + self.missed(last, now)),
        };
        self.last = Some(due);
        self.last
    }

    /// How many ticks after `last` are so late that the next one has come as well.
    fn missed(&self, last: Instant, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(last).as_nanos() / self.interval.as_nanos();
        u32::try_from(passed.saturating_sub(1)).unwrap_or(u32::MAX - 1)
    }
}

impl Iterator for Schedule {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        self.after(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_do_not_drift_and_do_not_pile_up() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut schedule = Schedule::new(ms(100), Some(7));
        // Each line: when the last probe has ended, and when the next one is due.
        for (now, due) in
            [(0, 0), (20, 100), (150, 200), (301, 300), (399, 400), (950, 900), (1000, 1000)]
        {
            assert_eq!(schedule.after(start + ms(now)), Some(start + ms(due)), "at {now} ms");
        }
        assert_eq!(schedule.after(start + ms(1000)), None);
    }

    #[test]
    fn a_schedule_without_a_count_has_no_end() {
        assert_eq!(Schedule::new(Duration::from_nanos(1), None).take(1000).count(), 1000);
    }
}
