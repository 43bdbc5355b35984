//! Coordinated omission: what a client cannot see that waits for each reply before it asks again.
//!
//! A server answers in one millisecond, and once it stands still for 200 ms: a page that is swapped in, a collector of
//! garbage, a log that is written. Two clients ask it 5,000 times. One asks again when it has its reply, as most load
//! generators do. The other asks half as often as the server could answer, whatever the server does, as the world does.
//! Time is only reckoned here, so the figures are always the same.

use std::io::{self, Write};

/// All times are in microseconds.
const SERVICE: u64 = 1_000;
const REQUESTS: u64 = 5_000;
/// When the server stands still, and for how long.
const STALL: (u64, u64) = (1_000_000, 200_000);
/// The second client's pace.
const BETWEEN: u64 = 2 * SERVICE;

/// When a request is done that the server can begin at `start`.
fn done(start: u64) -> u64 {
    let done = start + SERVICE;
    let (from, length) = STALL;
    if start <= from && from < done { done + length } else { done }
}

/// Asks as soon as it has the reply.
fn closed_loop() -> Vec<u64> {
    let mut now = 0;
    let ask = |_| {
        let asked = now;
        now = done(now);
        now - asked
    };
    (0..REQUESTS).map(ask).collect()
}

/// Asks at its times. Each latency counts from when the request was due.
fn open_loop() -> Vec<u64> {
    let mut free = 0;
    let ask = |number: u64| {
        let due = number * BETWEEN;
        free = done(due.max(free));
        free - due
    };
    (0..REQUESTS).map(ask).collect()
}

/// The latency that so many thousandths of the requests do not exceed.
fn percentile(latencies: &[u64], thousandths: usize) -> f64 {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * thousandths).div_ceil(1000).max(1);
    sorted[rank - 1] as f64 / 1000.0
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "latency, ms         median    p99  p99.9    max")?;
    for (name, latencies) in
        [("asks when answered", closed_loop()), ("asks at its times", open_loop())]
    {
        let [median, p99, p999, max] =
            [500, 990, 999, 1000].map(|thousandths| percentile(&latencies, thousandths));
        writeln!(out, "{name:<18} {median:>7.1}{p99:>7.1}{p999:>7.1}{max:>7.1}")?;
    }
    Ok(())
}
