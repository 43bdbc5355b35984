//! What a report shows: one entry for each server in each scenario.

pub use super::collect::summarize;
use super::estimate::Estimate;
use super::figure;
use super::measure::{self, Measure};
use crate::results::{Environment, Fault, Latency, Method, Scenario, Server};
use std::collections::BTreeMap;

/// All that a report shows.
#[derive(Clone, Debug)]
pub struct Summary {
    /// One for each kind of machine, in the order of the results.
    pub parts: Vec<Part>,
    /// What a reader must know before all else.
    pub warnings: Vec<String>,
}

/// The runs on one kind of machine.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where the first of them ran.
    pub environment: Environment,
    /// How they were measured.
    pub method: Method,
    /// How many runs.
    pub runs: usize,
    /// What a reader must know of these runs.
    pub warnings: Vec<String>,
    /// The scenarios, in the order of the first run that has them.
    pub questions: Vec<Question>,
    /// What the figures say, in plain words.
    pub findings: Vec<String>,
}

/// A scenario and its answers.
#[derive(Clone, Debug)]
pub struct Question {
    /// What was asked.
    pub scenario: Scenario,
    /// The servers, best first.
    pub entries: Vec<Entry>,
    /// How far the first is ahead, in a sentence.
    pub verdict: String,
}

/// One server in one scenario.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub server: Server,
    /// Its place.
    pub standing: Standing,
    /// The readings that there are.
    pub estimates: BTreeMap<Measure, Estimate>,
    /// The latencies of the main group in all rounds together.
    pub latency: Latency,
    /// The clients of the main group.
    pub clients: u32,
    /// How many of them were served in the worst round.
    pub served: u32,
    /// Faults in all rounds that count against the server.
    pub faults: BTreeMap<Fault, u64>,
    /// What is to be known beside the figures.
    pub marks: Vec<Mark>,
}

/// The place of a server in a scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// One more than the number of servers that are better beyond noise. Several may have the same.
    Rank(usize),
    /// It was measured, but the deciding reading has no value or too few rounds.
    Unranked,
    /// It lacks what the scenario asks for.
    NotServed(String),
    /// It failed in every round.
    Failed(String),
}

/// What is to be known beside the figures.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Wrong replies, or lost connections.
    Faults,
    /// Clients without any right reply, and of how many: in the worst round.
    Starved(u32, u32),
    /// Rounds that failed, of how many, and why the first did.
    FailedRounds(usize, usize, String),
    /// Requests that were due and never sent, because all clients still waited.
    Unsent(u64),
    /// The generator was the bottleneck; this is how busy it was.
    GeneratorBusy(f64),
}

impl Mark {
    /// Does it put a server behind all that have no such mark?
    pub fn is_flaw(&self) -> bool {
        matches!(self, Self::Faults | Self::Starved(..) | Self::FailedRounds(..))
    }
}

impl Entry {
    /// The estimate of a reading.
    pub fn estimate(&self, measure: Measure) -> Option<&Estimate> {
        self.estimates.get(&measure)
    }

    /// The median of a reading.
    pub fn median(&self, measure: Measure) -> Option<f64> {
        Some(self.estimate(measure)?.median)
    }

    /// A percentile of all rounds together: for p99.9 and beyond one round alone has few samples.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let latency = &self.latency.0;
        (!latency.is_empty()).then(|| latency.value_at_quantile(share) as f64)
    }

    /// Was it measured at all?
    pub fn is_measured(&self) -> bool {
        matches!(self.standing, Standing::Rank(_) | Standing::Unranked)
    }

    /// Did it serve all clients without a fault?
    pub fn is_clean(&self) -> bool {
        self.is_measured() && !self.marks.iter().any(Mark::is_flaw)
    }

    /// The marks in words, or why there are no figures.
    pub fn notes(&self) -> Vec<String> {
        let text = |mark: &Mark| match mark {
            Mark::Faults => measure::faults(&self.faults),
            Mark::Starved(served, clients) => {
                let [served, clients] =
                    [served, clients].map(|count| figure::count(f64::from(*count)));
                format!("served {served} of {clients} clients")
            }
            Mark::FailedRounds(failed, rounds, why) => {
                format!("failed in {failed} of {rounds} rounds: {}", figure::plain(why))
            }
            Mark::Unsent(unsent) => format!(
                "{} requests were due and never sent: all clients still waited",
                figure::count(*unsent as f64)
            ),
            Mark::GeneratorBusy(busy) => format!(
                "the load generator was busy for {} of the time: the server may be faster than this",
                figure::percent(*busy)
            ),
        };
        let absent = match &self.standing {
            Standing::NotServed(why) => Some(format!("not served: {}", figure::plain(why))),
            Standing::Failed(why) => Some(format!("failed: {}", figure::plain(why))),
            Standing::Rank(_) | Standing::Unranked => None,
        };
        absent.into_iter().chain(self.marks.iter().map(text)).collect()
    }
}
