//! How the servers stand in a scenario so far: what the report would say of it, in the form that a page gets.

use crate::report::estimate::Estimate;
use crate::report::measure::{self, Measure};
use crate::report::rank;
use crate::report::summary::{Entry, Question, Standing};
use serde::Serialize;

/// A server's place in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Place {
    /// The server's name.
    server: String,
    /// One more than the number of servers that are better beyond noise. `None` if nothing was measured that decides,
    /// or not yet in enough rounds.
    rank: Option<usize>,
    /// The servers that cannot be told apart from this one.
    ties: Vec<String>,
    /// Rounds with a reading that decides.
    rounds: usize,
    /// The median of this reading, and its interval.
    value: Option<Spread>,
    /// The median of right replies per second.
    per_second: Option<f64>,
    /// The median of the 99th percentile of latency in microseconds.
    p99_us: Option<f64>,
    /// Faults of all rounds that count against the server.
    faults: u64,
    /// Did it serve all clients without a fault? If not, it comes after all that did.
    clean: bool,
    /// What is to be known beside the figures.
    notes: Vec<String>,
}

/// A median, and between what it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

/// The places of all servers that were measured, the first first.
pub(super) fn places(question: &Question) -> Vec<Place> {
    let by = Measure::deciding(question.scenario.decides);
    let measured = question.entries.iter().filter(|entry| entry.is_measured());
    measured.map(|entry| place(&question.entries, entry, by)).collect()
}

fn place(entries: &[Entry], entry: &Entry, by: Measure) -> Place {
    let spread = |&Estimate { low, median, high, .. }: &Estimate| Spread { low, median, high };
    let name = |entry: &Entry| entry.server.name.clone();
    Place {
        server: name(entry),
        rank: if let Standing::Rank(rank) = entry.standing { Some(rank) } else { None },
        ties: rank::ties(entries, entry, by).map(name).collect(),
        rounds: entry.estimate(by).map_or(0, |estimate| estimate.rounds.len()),
        value: entry.estimate(by).map(spread),
        per_second: entry.median(Measure::PerSecond),
        p99_us: entry.median(Measure::P99),
        faults: measure::sum(entry.faults.values().copied()),
        clean: entry.is_clean(),
        notes: entry.notes(),
    }
}
