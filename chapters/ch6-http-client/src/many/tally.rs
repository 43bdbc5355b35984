//! What all of it comes to.

use super::row::Row;
use crate::failure::Kind;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The numbers so far. They take the same memory after a million URLs as after ten.
#[derive(Debug)]
pub struct Tally {
    urls: u64,
    failed: BTreeMap<Kind, u64>,
    /// By their first digit.
    statuses: BTreeMap<u16, u64>,
    /// Retries that were made.
    pub retries: u64,
    /// Retries that would have done no harm alone, but were too many together.
    pub over_budget: u64,
    bytes: u64,
    /// Of the last attempts that have brought a whole response, in microseconds.
    latency: Histogram<u64>,
}

/// The summary, as `--json` prints it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// URLs that are done, whatever came of them.
    pub urls: u64,
    /// Those that were fetched.
    pub fetched: u64,
    /// Those that were not.
    pub failed: u64,
    /// The same by the code of the failure.
    pub failed_by_code: BTreeMap<u8, u64>,
    /// Those that were read and then cut off, because of Ctrl-C or because nobody reads the lines.
    pub not_fetched: u64,
    /// Was it Ctrl-C?
    pub interrupted: bool,
    /// Responses by the class of their status: `2xx`.
    pub statuses: BTreeMap<String, u64>,
    /// Retries that were made.
    pub retries: u64,
    /// Retries that were not made because the budget was used up.
    pub retries_over_budget: u64,
    /// Bytes of the bodies, after decompression.
    pub bytes: u64,
    /// How long all of it took.
    pub seconds: f64,
    /// URLs that are done, divided by that.
    pub urls_per_second: f64,
    /// How long the last attempts took that brought a response.
    pub latency_ms: Option<Latency>,
}

/// Percentiles, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half of them took at most this.
    pub p50: f64,
    /// Nine of ten.
    pub p90: f64,
    /// All but one of a hundred.
    pub p99: f64,
    /// All of them.
    pub max: f64,
}

/// An hour: nobody waits longer, and if so, it is an hour here.
const LONGEST_MICROS: u64 = 3_600_000_000;

impl Default for Tally {
    fn default() -> Self {
        Self {
            urls: 0,
            failed: BTreeMap::new(),
            statuses: BTreeMap::new(),
            retries: 0,
            over_budget: 0,
            bytes: 0,
            latency: Histogram::new_with_bounds(1, LONGEST_MICROS, 3)
                .expect("these bounds and three digits are what a histogram may have"),
        }
    }
}

impl Tally {
    /// Adds a URL that is done.
    pub fn add(&mut self, row: &Row) {
        self.urls += 1;
        self.bytes += row.bytes;
        if let Some(kind) = row.kind {
            *self.failed.entry(kind).or_default() += 1;
        }
        if let Some(status) = row.status {
            *self.statuses.entry(status / 100).or_default() += 1;
            let micros = u64::try_from(row.ms.as_micros()).unwrap_or(u64::MAX);
            self.latency.saturating_record(micros);
        }
    }

    /// URLs that are done.
    pub fn urls(&self) -> u64 {
        self.urls
    }

    /// Those of them that have failed.
    pub fn failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// What it comes to after this time, with so many URLs cut off.
    pub fn summary(&self, took: Duration, not_fetched: u64, interrupted: bool) -> Summary {
        let seconds = took.as_micros() as f64 / 1e6;
        let class = |(digit, n): (&u16, &u64)| (format!("{digit}xx"), *n);
        Summary {
            urls: self.urls,
            fetched: self.urls - self.failed(),
            failed: self.failed(),
            failed_by_code: self.failed.iter().map(|(kind, n)| (kind.code(), *n)).collect(),
            not_fetched,
            interrupted,
            statuses: self.statuses.iter().map(class).collect(),
            retries: self.retries,
            retries_over_budget: self.over_budget,
            bytes: self.bytes,
            seconds,
            urls_per_second: if seconds > 0.0 { self.urls as f64 / seconds } else { 0.0 },
            latency_ms: self.latency(),
        }
    }

    fn latency(&self) -> Option<Latency> {
        let ms = |share| self.latency.value_at_quantile(share) as f64 / 1000.0;
        let max = self.latency.max() as f64 / 1000.0;
        // A bucket of the histogram may end above the greatest value in it.
        let percentile = |share| f64::min(ms(share), max);
        (!self.latency.is_empty()).then(|| Latency {
            p50: percentile(0.5),
            p90: percentile(0.9),
            p99: percentile(0.99),
            max,
        })
    }
}

impl Summary {
    /// For a person, a few lines.
    pub fn lines(&self) -> Vec<String> {
        let Self { urls, fetched, bytes, seconds, urls_per_second, .. } = self;
        let mut lines = vec![format!(
            "fetched {fetched} of {urls} URLs in {seconds:.3} s: {urls_per_second:.0} a second, {bytes} bytes"
        )];
        if !self.statuses.is_empty() {
            let each: Vec<_> =
                self.statuses.iter().map(|(class, n)| format!("{n} × {class}")).collect();
            lines.push(format!("statuses: {}", each.join(", ")));
        }
        for kind in Kind::ALL {
            if let Some(n) = self.failed_by_code.get(&kind.code()) {
                lines.push(format!("failed: {n} × {} ({})", kind.about(), kind.code()));
            }
        }
        if self.not_fetched > 0 {
            lines.push(format!("cut off: {} that were read were not fetched", self.not_fetched));
        }
        let (retries, over) = (self.retries, self.retries_over_budget);
        match over {
            0 => lines.push(format!("retries: {retries}")),
            _ => lines.push(format!(
                "retries: {retries}, and {over} more were not made: the budget was used up"
            )),
        }
        if let Some(Latency { p50, p90, p99, max }) = self.latency_ms {
            lines.push(format!(
                "latency: p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, max {max:.1} ms"
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    fn row(status: Option<u16>, kind: Option<Kind>, ms: u64) -> Row {
        let failure = Failure::new(kind.unwrap_or(Kind::Own), "x", "");
        let row = Row::wrong(0, 1, String::new(), failure);
        Row { status, kind, bytes: 10, ms: Duration::from_millis(ms), ..row }
    }

    #[test]
    fn it_adds_up() {
        let mut tally = Tally::default();
        (1..=98).for_each(|ms| tally.add(&row(Some(200), None, ms)));
        tally.add(&row(Some(404), Some(Kind::Status), 1000));
        tally.add(&row(None, Some(Kind::Connect), 5));
        tally.retries = 3;
        let summary = tally.summary(Duration::from_secs(2), 0, false);
        assert_eq!((summary.urls, summary.fetched, summary.failed), (100, 98, 2));
        assert_eq!((summary.bytes, summary.urls_per_second), (1000, 50.0));
        let latency = summary.latency_ms.unwrap();
        assert!((49.9..=50.1).contains(&latency.p50) && latency.max >= 1000.0, "{latency:?}");
        let lines = summary.lines().join("\n");
        for part in [
            "fetched 98 of 100 URLs in 2.000 s: 50 a second, 1000 bytes",
            "statuses: 98 × 2xx, 1 × 4xx",
            "failed: 1 × no connection: refused, or nobody there (7)",
            "failed: 1 × --fail, and the status is 400 or above (22)",
            "retries: 3",
        ] {
            assert!(lines.contains(part), "{lines}");
        }
    }

    #[test]
    fn nothing_comes_to_nothing() {
        let summary = Tally::default().summary(Duration::ZERO, 0, false);
        assert_eq!((summary.urls, summary.urls_per_second, summary.latency_ms), (0, 0.0, None));
    }
}
