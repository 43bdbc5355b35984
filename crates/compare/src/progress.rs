//! What a run tells while it goes on: to the terminal, and to the live page.

use crate::results::{Cell, Scenario, Server};
use serde::Serialize;

/// Something has happened. In JSON: `{"event": "started", …}`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The plan, before anything else.
    Planned {
        /// What is asked.
        scenarios: Vec<Scenario>,
        /// Who is asked.
        servers: Vec<Server>,
        /// How often each.
        rounds: u32,
        /// What the order of each round is drawn from.
        seed: u64,
    },
    /// A server is put under load.
    Started {
        /// The scenario's name.
        scenario: String,
        /// The server's name.
        server: String,
        /// The round, from 1.
        round: u32,
        /// Seconds that are left of the whole run, as far as anybody can tell.
        left: f64,
    },
    /// What the clients of the scenario's main group saw in the last tenth of a second or so.
    Glimpse {
        /// The scenario's name.
        scenario: String,
        /// The server's name.
        server: String,
        /// Right replies per second.
        per_second: f64,
        /// The 99th percentile of their latency in microseconds; `None` if there was no reply.
        p99_us: Option<u64>,
        /// Faults.
        faults: u64,
    },
    /// A server was measured.
    Finished {
        /// What came of it.
        cell: Cell,
    },
    /// All is measured, or the run was ended.
    Ended {
        /// Was it ended before its end?
        interrupted: bool,
    },
}
