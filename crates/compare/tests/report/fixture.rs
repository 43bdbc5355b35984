//! Invented results: what a comparison of a few servers might have found. The same at every call.

use compare::results::{
    Cell, Cost, Decides, Environment, Fault, Group, Latency, Method, Noise, Outcome, Reading,
    Results, Run, Scenario, Server, VERSION,
};
use std::collections::BTreeMap;

/// Rounds of the invented run.
pub(crate) const ROUNDS: u32 = 5;
/// A name that tries to do harm in every format.
pub(crate) const HOSTILE: &str = "=<script>alert('x')</script>\u{1b}[2J\"&]]>-->";

/// What one server does under one load, apart from noise.
#[derive(Clone)]
pub(crate) struct Sample {
    pub per_second: f64,
    pub p50: u64,
    pub tail: u64,
    pub cpu_per_million: f64,
    pub memory_at_start: u64,
    pub per_connection: u64,
    pub threads: usize,
    pub processes: usize,
    pub switches: Option<f64>,
    pub clients: u32,
    pub served: u32,
    pub errors: BTreeMap<Fault, u64>,
    pub unsent: u64,
    pub busy: f64,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            per_second: 30_000.0,
            p50: 1_800,
            tail: 4_000,
            cpu_per_million: 12.0,
            memory_at_start: 2 << 20,
            per_connection: 9 << 10,
            threads: 1,
            processes: 1,
            switches: Some(0.1),
            clients: 64,
            served: 64,
            errors: BTreeMap::new(),
            unsent: 0,
            busy: 0.6,
        }
    }
}

impl Sample {
    /// A measurement of two seconds; `noise` is near 1.
    pub(crate) fn reading(&self, group: &str, noise: f64) -> Reading {
        let replies = (self.per_second * 2.0 * noise) as u64;
        let scaled = |value: f64| (value * noise) as u64;
        let mut latency = Latency::new();
        for step in 0..98 {
            let us = scaled(self.p50 as f64 * (0.6 + 0.008 * f64::from(step)));
            latency.0.record_n(us, replies / 100).unwrap();
        }
        latency.0.record_n(scaled(self.tail as f64), replies / 53).unwrap();
        latency.0.record_n(scaled(self.tail as f64 * 1.5), replies / 900).unwrap();
        let connections = u64::from(self.clients);
        Reading {
            seconds: 2.0,
            groups: vec![Group {
                name: group.into(),
                clients: self.clients,
                served: self.served,
                unserved: self.clients.saturating_sub(self.served),
                replies,
                bytes: replies * 13,
                connections,
                unsent: self.unsent,
                errors: self.errors.clone(),
                latency,
            }],
            server: Cost {
                cpu: self.cpu_per_million * replies as f64 / 1e6 * noise,
                memory_at_start: self.memory_at_start,
                memory_peak: self.memory_at_start
                    + scaled((self.per_connection * connections) as f64),
                threads: self.threads,
                processes: self.processes,
                switches_per_reply: self.switches,
                accepted: self.clients as usize,
            },
            generator_busy: self.busy,
        }
    }
}

pub(crate) fn scenario(name: &str, decides: Decides) -> Scenario {
    let (question, load) = match name {
        "throughput" => {
            ("What does a small reply cost?", "64 clients ask for / on kept connections.")
        }
        "mixed" => (
            "What do the others wait when one computes?",
            "64 clients; one request in a hundred is /spin/10000.",
        ),
        "idle-crowd" => (
            "What does a connection cost that does nothing?",
            "5,000 clients are connected, and one asks.",
        ),
        "crash" => ("Who else dies when a handler aborts?", "64 clients, and one asks for /abort."),
        _ => ("What does it ask?", "Some clients."),
    };
    Scenario {
        name: name.into(),
        question: question.into(),
        load: load.into(),
        group: "light".into(),
        decides,
    }
}

pub(crate) fn server(name: &str) -> Server {
    Server {
        name: name.into(),
        about: format!("the server {name}"),
        command: format!("{name} --addr {{addr}}"),
        ours: name != HOSTILE && name != "nginx",
    }
}

/// A factor between 0.98 and 1.02 that looks like chance and is none.
pub(crate) fn noise(seed: u64) -> f64 {
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(31)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    0.98 + (mixed >> 40) as f64 / (1 << 24) as f64 * 0.04
}

/// The cells of all rounds of one server in one scenario.
pub(crate) fn cells(
    scenario: &str,
    server: &str,
    sample: &Sample,
    rounds: u32,
    seed: u64,
) -> Vec<Cell> {
    let cell = |round| Cell {
        scenario: scenario.into(),
        server: server.into(),
        round,
        outcome: Outcome::Measured(Box::new(
            sample.reading("light", noise(seed * 1_000 + u64::from(round))),
        )),
    };
    (1..=rounds).map(cell).collect()
}

pub(crate) fn environment() -> Environment {
    Environment {
        started: "2026-11-20T12:00:00Z".into(),
        system: "Linux 6.12.0".into(),
        cpu: "Example CPU 3000".into(),
        cpus: 2,
        memory: 16 << 30,
        descriptors: 65_536,
        rustc: "rustc 1.95.0".into(),
        commit: "0123456789ab".into(),
        noise: Noise { stolen: 0.001, longest_us: 900 },
    }
}

/// A run of these cells.
pub(crate) fn run(scenarios: Vec<Scenario>, servers: Vec<Server>, cells: Vec<Cell>) -> Run {
    let method = Method {
        mode: "quick".into(),
        rounds: ROUNDS,
        warm_up: 0.5,
        seconds: 2.0,
        seed: 42,
        server_cpus: vec![0],
        client_cpus: vec![1],
    };
    Run { environment: environment(), method, scenarios, servers, cells, interrupted: false }
}

/// Results of one run.
pub(crate) fn of(run: Run) -> Results {
    Results { version: VERSION, runs: vec![run] }
}

/// Results of one scenario with these servers.
pub(crate) fn of_samples(name: &str, decides: Decides, samples: &[(&str, Sample)]) -> Results {
    let cells =
        (1..).zip(samples).flat_map(|(seed, (who, sample))| cells(name, who, sample, ROUNDS, seed));
    let cells = cells.collect();
    let servers = samples.iter().map(|(name, _)| server(name)).collect();
    of(run(vec![scenario(name, decides)], servers, cells))
}

/// A whole comparison: five scenarios, seven servers, everything that may happen.
pub(crate) fn whole() -> Results {
    let scenarios = vec![
        scenario("throughput", Decides::CpuPerRequest),
        scenario("churn", Decides::Throughput),
        scenario("mixed", Decides::P99),
        scenario("idle-crowd", Decides::MemoryPerConnection),
        scenario("crash", Decides::Lost),
    ];
    let names = ["iterative", "threads", "prefork", "event-loop", "async", "nginx", HOSTILE];
    let servers = names.map(server).to_vec();
    let mut all = Vec::new();
    for (place, scenario) in (1..).zip(&scenarios) {
        for (number, name) in (1..).zip(names) {
            let seed = place * 100 + number;
            if name == "nginx" && scenario.name == "mixed" {
                all.push(Cell {
                    scenario: scenario.name.clone(),
                    server: name.into(),
                    round: 1,
                    outcome: Outcome::NotServed("/spin/10000 answers 404".into()),
                });
                continue;
            }
            if name == HOSTILE && scenario.name == "idle-crowd" {
                all.push(Cell {
                    scenario: scenario.name.clone(),
                    server: name.into(),
                    round: 1,
                    outcome: Outcome::Failed("it ended\u{7}: </script><b>exit 1".into()),
                });
                continue;
            }
            all.extend(cells(&scenario.name, name, &sample(&scenario.name, name), ROUNDS, seed));
        }
    }
    of(run(scenarios, servers, all))
}

fn sample(scenario: &str, name: &str) -> Sample {
    let base = Sample::default();
    let mut sample = match name {
        "iterative" => Sample { served: 1, switches: Some(2.0), ..base },
        "threads" => {
            Sample { cpu_per_million: 22.0, threads: 65, switches: Some(2.0), p50: 2_000, ..base }
        }
        "prefork" => {
            Sample { cpu_per_million: 21.9, processes: 9, threads: 9, switches: None, ..base }
        }
        "async" => Sample { cpu_per_million: 14.0, threads: 3, ..base },
        "nginx" => {
            Sample { per_second: 41_000.0, cpu_per_million: 9.0, p50: 1_300, busy: 0.97, ..base }
        }
        HOSTILE => {
            Sample { errors: BTreeMap::from([(Fault::Order, 3), (Fault::Closed, 12)]), ..base }
        }
        _ => base,
    };
    match (scenario, name) {
        ("mixed", "event-loop") => sample.tail = 41_000,
        ("mixed", _) => (sample.tail, sample.unsent) = (9_000, 0),
        ("idle-crowd", _) => {
            sample.clients = 5_000;
            sample.served = if name == "iterative" { 1 } else { 5_000 };
            sample.per_connection = if name == "threads" { 31 << 10 } else { 3_500 };
            sample.per_second = 900.0;
        }
        ("crash", "threads" | "event-loop" | "async") => {
            sample.errors = BTreeMap::from([(Fault::Closed, 60), (Fault::Refused, 3)]);
        }
        _ => {}
    }
    sample
}
