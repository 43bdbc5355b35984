//! What a page is told: JSON, an object for each event, with the kind under `event`.
//!
//! A plan and the end are told as [`Event`](crate::progress::Event) has them. A measurement that has ended is told without its histograms,
//! which no page can read, but with the figures that are shown.

use super::Wish;
use super::standing::Place;
use crate::results::{Cell, Outcome};
use serde::Serialize;

/// An event of our own, or one that is told otherwise than the run tells it.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Told<'a> {
    /// What was seen in the last tenth of a second or so.
    Glimpse {
        /// The scenario's name.
        scenario: &'a str,
        /// The server's name.
        server: &'a str,
        /// The round, from 1.
        round: u32,
        /// Milliseconds since the measurement was started.
        at: u64,
        /// Right replies per second.
        per_second: f64,
        /// The 99th percentile of their latency in microseconds.
        p99_us: Option<u64>,
        /// Faults.
        faults: u64,
    },
    /// A measurement has ended.
    Finished {
        /// The scenario's name.
        scenario: &'a str,
        /// The server's name.
        server: &'a str,
        /// The round, from 1.
        round: u32,
        /// What came of it.
        outcome: Came<'a>,
    },
    /// How the servers stand in a scenario, now that one more measurement has ended.
    Standing {
        /// The scenario's name.
        scenario: &'a str,
        /// The servers that were measured, the first first.
        places: &'a [Place],
    },
    /// What the page wishes, so that all pages show the same.
    Wish {
        /// Is the run to pause?
        paused: bool,
        /// The scenarios that are wanted; `None`: all.
        scenarios: Option<&'a [String]>,
    },
}

/// What came of a measurement.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Came<'a> {
    /// It was measured.
    Measured {
        /// The reading that decides, if there is one.
        value: Option<f64>,
    },
    /// The server lacks what the scenario asks for.
    NotServed {
        /// What is missing.
        why: &'a str,
    },
    /// The server did not start, or could not be measured. One that dies under its load is measured, with faults.
    Failed {
        /// What happened.
        why: &'a str,
    },
}

impl<'a> Told<'a> {
    /// A measurement in brief, with the reading that decides.
    pub(super) fn finished(cell: &'a Cell, value: Option<f64>) -> Self {
        let outcome = match &cell.outcome {
            Outcome::Measured(_) => Came::Measured { value },
            Outcome::NotServed(why) => Came::NotServed { why },
            Outcome::Failed(why) => Came::Failed { why },
        };
        Told::Finished {
            scenario: &cell.scenario,
            server: &cell.server,
            round: cell.round,
            outcome,
        }
    }

    /// What is wished.
    pub(super) fn wish(wish: &'a Wish) -> Self {
        Told::Wish { paused: wish.paused, scenarios: wish.scenarios.as_deref() }
    }
}

/// The text of an event.
pub(super) fn json(told: &impl Serialize) -> String {
    serde_json::to_string(told).expect("names, numbers and lists of them are JSON")
}
