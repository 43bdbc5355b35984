//! What all probes of a service come to.

use super::Sample;
use crate::failure::{Failure, Kind};
use hdrhistogram::Histogram;

/// The numbers of one service. They take the same memory after a year as after a minute.
#[derive(Debug)]
pub struct Tally {
    /// The service, as it was named.
    pub target: String,
    /// How many probes there were.
    pub probes: u64,
    /// How many of them found the service up.
    pub up: u64,
    /// Why one could not be made: the system had no socket to give. That does not count as a probe.
    pub trouble: Option<Failure>,
    /// Connect times in microseconds, each to three digits: how often each one occurred, and not when.
    times: Histogram<u64>,
}

impl Tally {
    /// Nothing so far.
    pub fn new(target: String) -> Self {
        let times = Histogram::new_with_bounds(1, LONGEST_MICROS, 3)
            .expect("these bounds and three digits are what a histogram may have");
        Self { target, probes: 0, up: 0, trouble: None, times }
    }

    /// Adds a probe.
    pub fn add(&mut self, sample: &Sample) {
        match &sample.result {
            Err(failure) if failure.kind == Kind::Own => self.trouble = Some(failure.clone()),
            Err(_) => self.probes += 1,
            Ok((_, took)) => {
                self.probes += 1;
                self.up += 1;
                self.times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
            }
        }
    }

    /// Was the service up whenever it was probed? If it never was probed, nobody knows.
    pub fn is_always_up(&self) -> bool {
        self.probes > 0 && self.up == self.probes
    }

    /// How many probes of a hundred failed, if there were any.
    pub fn loss_percent(&self) -> Option<f64> {
        (self.probes > 0).then(|| (self.probes - self.up) as f64 * 100.0 / self.probes as f64)
    }

    /// The connect time within which this share of the connections was made, in milliseconds: 0 is the shortest.
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let micros =
            if share == 0.0 { self.times.min() } else { self.times.value_at_quantile(share) };
        (self.up > 0).then_some(micros as f64 / 1000.0)
    }
}

/// An hour: nobody waits longer for a connection, and if so, it is an hour here.
const LONGEST_MICROS: u64 = 3_600_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn loss_and_quantiles() {
        let mut tally = Tally::new("a:1".into());
        assert_eq!((tally.loss_percent(), tally.quantile_ms(0.5)), (None, None));
        assert!(!tally.is_always_up());
        let time = SystemTime::now();
        for micros in 1..=99 {
            let took = Duration::from_micros(micros * 10);
            tally.add(&Sample { time, result: Ok(("127.0.0.1:1".parse().unwrap(), took)) });
        }
        assert!(tally.is_always_up());
        tally.add(&Sample { time, result: Err(Failure::new(Kind::Refused, "x", "y")) });
        tally.add(&Sample { time, result: Err(Failure::new(Kind::Own, "x", "y")) });
        assert!(!tally.is_always_up() && tally.trouble.is_some());
        assert_eq!((tally.probes, tally.up, tally.loss_percent()), (100, 99, Some(1.0)));
        let quantiles = [0.0, 0.5, 0.99].map(|share| tally.quantile_ms(share).unwrap());
        assert_eq!(quantiles, [0.01, 0.5, 0.99]);
    }
}
