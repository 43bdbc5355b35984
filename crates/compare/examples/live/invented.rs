//! The invented run: who takes part, and what would have been measured.

use compare::progress::Event;
use compare::results::{
    Cell, Cost, Decides, Fault, Group, Latency, Outcome, Reading, Scenario, Server,
};
use std::collections::BTreeMap;

const ROUNDS: u32 = 3;
/// Glimpses of each measurement.
const GLIMPSES: u32 = 12;
const GROUP: &str = "clients";

/// Name, what it is, replies per second, p99 in microseconds, bytes for each connection, connections lost.
type Model = (&'static str, &'static str, f64, f64, f64, u64);
const MODELS: [Model; 8] = [
    ("iterative", "one client at a time", 31_000.0, 9_800.0, 2_100.0, 63),
    ("threads", "a thread for each connection", 88_000.0, 1_450.0, 24_600.0, 63),
    ("pool", "threads from a pool", 86_500.0, 1_390.0, 23_900.0, 63),
    ("fork", "a process for each connection", 71_000.0, 2_900.0, 182_000.0, 0),
    ("event-loop", "one thread, epoll", 104_000.0, 640.0, 2_700.0, 63),
    ("async", "tokio, all cores", 112_000.0, 820.0, 4_300.0, 63),
    ("sharded", "an event loop on each core", 141_000.0, 510.0, 2_900.0, 63),
    ("nginx", "not of this course", 139_500.0, 560.0, 3_400.0, 0),
];

const SCENARIOS: [(&str, &str, &str, Decides); 4] = [
    (
        "throughput",
        "How many small replies come in a second?",
        "64 clients on kept connections ask for a small reply, again and again",
        Decides::Throughput,
    ),
    (
        "latency",
        "How long do the slowest of a hundred wait?",
        "64 clients ask 15,000 times a second, whatever the server does",
        Decides::P99,
    ),
    (
        "idle-crowd",
        "What does a connection cost that does nothing?",
        "5,000 clients are connected, and one of them is active",
        Decides::MemoryPerConnection,
    ),
    (
        "crash",
        "Who else dies when a handler aborts?",
        "63 clients do nothing wrong, and one makes its handler abort",
        Decides::Lost,
    ),
];

/// A run that never was.
pub(crate) struct Invented {
    servers: Vec<Server>,
}

/// One measurement of it.
pub(crate) struct Part {
    pub(crate) scenario: String,
    pub(crate) server: String,
    pub(crate) round: u32,
    decides: Decides,
    place: usize,
}

impl Invented {
    /// The models of the course, and those that were added.
    pub(crate) fn new(added: &[String]) -> Self {
        let server = |name: &str, about: &str, ours| Server {
            name: name.to_owned(),
            about: about.to_owned(),
            command: format!("{name} --addr {{addr}}"),
            ours,
        };
        let models = MODELS.iter().map(|(name, about, ..)| server(name, about, *name != "nginx"));
        let added = added.iter().map(|name| server(name, "added", false));
        Self { servers: models.chain(added).collect() }
    }

    pub(crate) fn planned(&self) -> Event {
        let scenarios = SCENARIOS.map(|(name, question, load, decides)| Scenario {
            name: name.to_owned(),
            question: question.to_owned(),
            load: load.to_owned(),
            group: GROUP.to_owned(),
            decides,
        });
        let servers = self.servers.clone();
        Event::Planned { scenarios: scenarios.into(), servers, rounds: ROUNDS, seed: 7 }
    }

    /// All measurements: scenario by scenario, in rounds, each in another order.
    pub(crate) fn cells(&self) -> Vec<Part> {
        let count = self.servers.len();
        let mut parts = Vec::new();
        for (scenario, .., decides) in SCENARIOS {
            for round in 1..=ROUNDS {
                for turn in 0..count {
                    let turn = if round % 2 == 0 { count - 1 - turn } else { turn };
                    let place = (turn + 3 * round as usize) % count;
                    let server = self.servers[place].name.clone();
                    parts.push(Part {
                        scenario: scenario.to_owned(),
                        server,
                        round,
                        decides,
                        place,
                    });
                }
            }
        }
        parts
    }

    /// What is told of one measurement, when so many are left.
    pub(crate) fn measurement(&self, part: &Part, left: usize) -> Vec<Event> {
        let (scenario, server) = (part.scenario.clone(), part.server.clone());
        let mut noise = Noise::new(part);
        let mut events = vec![Event::Started {
            scenario: scenario.clone(),
            server: server.clone(),
            round: part.round,
            left: left as f64 * 0.7,
        }];
        let outcome = match (&*part.scenario, &*part.server) {
            ("crash", "nginx") => Outcome::NotServed("/abort answers 404".to_owned()),
            ("idle-crowd", "iterative") => {
                Outcome::Failed("4,999 of 5,000 clients were never accepted".to_owned())
            }
            ("latency", "fork") if part.round == 2 => {
                Outcome::Failed("it was not ready in time".to_owned())
            }
            _ => {
                for _ in 0..GLIMPSES {
                    events.push(self.glimpse(part, &mut noise));
                }
                Outcome::Measured(Box::new(self.reading(part, &mut noise)))
            }
        };
        events
            .push(Event::Finished { cell: Cell { scenario, server, round: part.round, outcome } });
        events
    }

    fn model(&self, part: &Part) -> Model {
        MODELS.get(part.place).copied().unwrap_or(("", "", 52_000.0, 3_300.0, 9_000.0, 4))
    }

    /// Replies per second: at a given rate, or with one active client, all are alike.
    fn rate(&self, part: &Part) -> f64 {
        match part.decides {
            Decides::Throughput => self.model(part).2,
            Decides::P99 => 15_000.0,
            _ => 4_000.0,
        }
    }

    fn glimpse(&self, part: &Part, noise: &mut Noise) -> Event {
        Event::Glimpse {
            scenario: part.scenario.clone(),
            server: part.server.clone(),
            per_second: self.rate(part) * noise.about_one(0.06),
            p99_us: Some((self.model(part).3 * noise.about_one(0.2)) as u64),
            faults: 0,
        }
    }

    fn reading(&self, part: &Part, noise: &mut Noise) -> Reading {
        let (.., p99, memory, lost) = self.model(part);
        let replies = (self.rate(part) * noise.about_one(0.02)) as u64;
        let mut latency = Latency::new();
        let slowest = p99 * noise.about_one(0.06);
        for rank in 1..=100 {
            latency
                .0
                .record((slowest * f64::from(rank) / 99.0) as u64)
                .expect("it is below an hour");
        }
        let errors = match part.decides {
            Decides::Lost => BTreeMap::from([(Fault::Closed, lost)]),
            Decides::P99 if part.server == "pool" => BTreeMap::from([(Fault::Order, 1)]),
            _ => BTreeMap::new(),
        };
        let group = Group {
            name: GROUP.to_owned(),
            clients: 64,
            served: 64,
            unserved: 0,
            replies,
            bytes: replies * 13,
            connections: 64,
            unsent: 0,
            errors: errors.into_iter().filter(|(_, count)| *count > 0).collect(),
            latency,
        };
        let server = Cost {
            cpu: replies as f64 * 8e-6,
            memory_at_start: 2_000_000,
            memory_peak: 2_000_000 + (5_000.0 * memory * noise.about_one(0.03)) as u64,
            threads: 1,
            processes: 1,
            switches_per_reply: Some(1.0),
            accepted: 5_000,
        };
        Reading { seconds: 1.0, groups: vec![group], server, generator_busy: 0.4 }
    }
}

/// The same numbers each time.
struct Noise(u64);

impl Noise {
    fn new(part: &Part) -> Self {
        let seed = part.scenario.bytes().chain(part.server.bytes()).map(u64::from).sum::<u64>();
        Self(seed * 97 + u64::from(part.round) * 7919)
    }

    fn about_one(&mut self, spread: f64) -> f64 {
        // The multiplier and the increment of Knuth's MMIX.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let fraction = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        1.0 + (fraction - 0.5) * 2.0 * spread
    }
}
