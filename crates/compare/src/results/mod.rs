//! What a comparison found, as `results.json` has it. The report, the findings and `diff` are computed from it alone.
//!
//! A file holds one [`Run`] for each machine that took part, and a run holds one [`Cell`] for each time that a server
//! was put under the load of a scenario. Nothing in it is a median or a rank: those are computed when they are shown.

mod latency;

pub use latency::Latency;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the format. A reader refuses a file with a higher one.
pub const VERSION: u32 = 1;

/// The contents of `results.json`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Results {
    /// The version of the format, [`VERSION`].
    pub version: u32,
    /// One for each machine, in the order in which they were merged.
    pub runs: Vec<Run>,
}

/// One comparison on one machine.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Run {
    /// Where and when.
    pub environment: Environment,
    /// How it was measured.
    pub method: Method,
    /// What was asked, in the order of the report.
    pub scenarios: Vec<Scenario>,
    /// Who was asked, in the order of the report.
    pub servers: Vec<Server>,
    /// What was found, in the order in which it was measured.
    pub cells: Vec<Cell>,
    /// Was it ended before its end? Then the last rounds are missing.
    pub interrupted: bool,
}

/// Where and when a comparison ran.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Environment {
    /// When it began: RFC 3339, UTC.
    pub started: String,
    /// The system and its version, as uname(1) tells them.
    pub system: String,
    /// The model of the CPU.
    pub cpu: String,
    /// CPUs that this process might use.
    pub cpus: usize,
    /// Memory of the machine in bytes.
    pub memory: u64,
    /// The limit of open descriptors, after it was raised.
    pub descriptors: u64,
    /// The compiler that built the servers.
    pub rustc: String,
    /// The commit of the course, with `-dirty` if the sources were changed since; empty if there is no repository.
    pub commit: String,
    /// How restless the machine was before the start: see [`Noise`].
    pub noise: Noise,
}

/// What an idle probe saw: a thread that computes for a fixed time, and notes how long it was held up.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Noise {
    /// The share of the time that somebody else had the CPU, 0 to 1.
    pub stolen: f64,
    /// The longest single pause in microseconds.
    pub longest_us: u64,
}

/// How it was measured.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Method {
    /// `quick`, `default` or `thorough`.
    pub mode: String,
    /// Rounds that were planned for each pair of scenario and server.
    pub rounds: u32,
    /// Seconds of warm-up before each measurement.
    pub warm_up: f64,
    /// Seconds of each measurement, where the scenario has no end of its own.
    pub seconds: f64,
    /// What the order of each round was drawn from.
    pub seed: u64,
    /// The CPUs of the servers; empty: not pinned.
    pub server_cpus: Vec<usize>,
    /// The CPUs of the load generator; empty: not pinned.
    pub client_cpus: Vec<usize>,
}

/// What was asked.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Scenario {
    /// The name on the command line.
    pub name: String,
    /// The question, in one sentence.
    pub question: String,
    /// The load, in one sentence: how many clients do what.
    pub load: String,
    /// The group of clients whose requests answer the question.
    pub group: String,
    /// The reading that decides the ranks.
    pub decides: Decides,
}

/// Which reading decides the ranks of a scenario.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decides {
    /// CPU seconds of the server per million requests; less is better.
    CpuPerRequest,
    /// Replies per second; more is better.
    Throughput,
    /// The 99th percentile of latency; less is better.
    P99,
    /// Memory for each connection; less is better.
    MemoryPerConnection,
    /// Connections that were lost, of those that did nothing wrong; less is better.
    Lost,
}

/// Who was asked.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Server {
    /// The name of the model, or what `--add` says.
    pub name: String,
    /// What it is, in one line.
    pub about: String,
    /// Its command line, with `{addr}` for the address.
    pub command: String,
    /// Is it one of the course?
    pub ours: bool,
}

/// One server under one load, once.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Cell {
    /// The scenario's name.
    pub scenario: String,
    /// The server's name.
    pub server: String,
    /// The round, from 1.
    pub round: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of one measurement.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was measured.
    Measured(Box<Reading>),
    /// The server lacks what the scenario asks for: a route that answers 404, mostly. No fault of anybody.
    NotServed(String),
    /// The server did not start, or could not be measured. One that dies under its load is measured, with faults.
    Failed(String),
}

/// What one measurement found.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Reading {
    /// How long it took, in seconds, warm-up apart.
    pub seconds: f64,
    /// Each group of clients.
    pub groups: Vec<Group>,
    /// What the server's processes cost meanwhile.
    pub server: Cost,
    /// The share of its own CPUs that the load generator was busy, 0 to 1. Near 1 it was the bottleneck.
    pub generator_busy: f64,
}

/// What a group of clients saw.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Group {
    /// Its name in the scenario.
    pub name: String,
    /// How many clients it has.
    pub clients: u32,
    /// How many of them had at least one right reply.
    pub served: u32,
    /// How many had none, although each could have had one. In an open loop: those that have waited since the warm-up.
    /// Clients that read slowly are not among them.
    pub unserved: u32,
    /// Right replies in the time of the measurement.
    pub replies: u64,
    /// Bytes of the bodies of right replies; of clients that read slowly, all that they have read.
    pub bytes: u64,
    /// Connections that were opened, or had been before the measurement and were still open.
    pub connections: u64,
    /// Open loop: requests that were due and could not be sent before the end, because all clients were still waiting.
    pub unsent: u64,
    /// What went wrong, by kind, and how often. None of it is in the latency.
    pub errors: BTreeMap<Fault, u64>,
    /// Latency of each right reply in microseconds: from the moment at which the request was due (open loop), sent
    /// (closed loop) or its own connection was begun, to the last byte of the reply. In an open loop, what is unanswered
    /// or unsent at the end is in it as well, with its age at the end; so it may hold more values than `replies`.
    pub latency: Latency,
}

/// What may go wrong with a request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nobody accepted the connection.
    Refused,
    /// The connection was reset.
    Reset,
    /// The connection ended before the reply did.
    Closed,
    /// No reply came in time.
    Timeout,
    /// Not HTTP, or not HTTP/1.1 as RFC 9112 has it.
    Malformed,
    /// Another status than 200.
    Status,
    /// Another body than asked for, or another length.
    Body,
    /// A reply to a request of somebody else, or to an earlier or a later one of the same client.
    Order,
    /// Bytes that nobody asked for.
    Surplus,
}

/// What the server's whole tree of processes cost.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Cost {
    /// CPU seconds, user and kernel, of all processes, those that have ended included.
    pub cpu: f64,
    /// Memory in bytes at the start, before the first connection: RSS of one process, the sum of PSS of several.
    pub memory_at_start: u64,
    /// The most memory that was seen, counted in the same way.
    pub memory_peak: u64,
    /// The most threads that were seen at a time, in all processes.
    pub threads: usize,
    /// The most processes that were seen at a time.
    pub processes: usize,
    /// Context switches, voluntary or not, for each right reply to any group, those of the warm-up included; `None` if
    /// threads or processes ended meanwhile, whose switches nobody has counted.
    pub switches_per_reply: Option<f64>,
    /// Sockets that the server had open at the end, beyond those at the start: the connections that it had accepted.
    pub accepted: usize,
}
