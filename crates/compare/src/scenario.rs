//! What is asked: the scenarios, one table entry each.

use crate::load::{Clients, Pace, Request};
use crate::results::{self, Decides};
use std::time::Duration;

/// A question to all servers.
#[derive(Debug)]
pub struct Scenario {
    /// The name on the command line.
    pub name: &'static str,
    /// The question, in one sentence.
    pub question: &'static str,
    /// How many clients do what, in one sentence.
    pub load: &'static str,
    /// The group of clients whose requests answer the question.
    pub group: &'static str,
    /// The reading that decides the ranks.
    pub decides: Decides,
    /// The clients.
    pub clients: fn(&Terms) -> Vec<Clients>,
    /// Does its clients' rate depend on what the servers can do? Then they are asked that first.
    pub needs_rate: bool,
    /// So long it may take at least: what is over sooner takes no longer.
    pub at_least: Duration,
    /// Is it part of `--quick`?
    pub quick: bool,
}

/// What the number of clients and their pace depend on.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Requests per second of an open loop: half of what the slowest useful server can do, or what the user says.
    pub rate: f64,
    /// The most connections that this server is asked to hold.
    pub most: u32,
    /// How long it is measured.
    pub span: Duration,
}

/// Longer than any reply may take, and short enough to see who is never served.
const PATIENCE: Duration = Duration::from_secs(1);

/// All scenarios, in the order of the report.
pub const ALL: [Scenario; 9] = [
    Scenario {
        name: "throughput",
        question: "What does a request cost on a connection that stays open?",
        load: "64 clients ask for / again and again, each as soon as it has its reply",
        group: "clients",
        decides: Decides::CpuPerRequest,
        clients: |_| vec![Clients { request: checked("/"), ..clients("clients", 64) }],
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: true,
    },
    Scenario {
        name: "latency",
        question: "How long does a reply take when nobody is overloaded?",
        load: "64 clients ask for / at half the rate that the slowest server can bear, whatever happens",
        group: "clients",
        decides: Decides::P99,
        clients: |terms| {
            let pace = Pace::Open { rate: terms.rate };
            vec![Clients { pace, request: checked("/"), ..clients("clients", 64) }]
        },
        needs_rate: true,
        at_least: Duration::ZERO,
        quick: false,
    },
    Scenario {
        name: "churn",
        question: "What does a connection cost?",
        load: "64 clients ask for / again and again, each time on a new connection",
        group: "clients",
        decides: Decides::CpuPerRequest,
        clients: |_| vec![Clients { keep_alive: false, ..clients("clients", 64) }],
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: true,
    },
    Scenario {
        name: "waiting",
        question: "What does it cost to wait for something else?",
        load: "256 clients ask for /delay/20, whose reply is due 20 ms later",
        group: "clients",
        decides: Decides::CpuPerRequest,
        clients: |terms| {
            vec![Clients { request: get("/delay/20"), ..clients("clients", terms.most.min(256)) }]
        },
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: true,
    },
    Scenario {
        name: "mixed",
        question: "Who has to wait when one request in a hundred computes for 10 ms?",
        load: "1,000 light requests per second for /, and 10 per second for /spin/10000; the light ones are judged",
        group: "light",
        decides: Decides::P99,
        clients: |_| {
            let light = Clients { pace: Pace::Open { rate: 1000.0 }, ..clients("light", 32) };
            let pace = Pace::Open { rate: 10.0 };
            vec![light, Clients { pace, request: get("/spin/10000"), ..clients("heavy", 4) }]
        },
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: false,
    },
    Scenario {
        name: "idle-crowd",
        question: "What does a connection cost that does nothing?",
        load: "5,000 clients (500 where each is a process) have had a reply and stay connected; one more is active",
        group: "active",
        decides: Decides::MemoryPerConnection,
        clients: |terms| {
            let crowd = Clients { pace: Pace::Idle, ..clients("crowd", terms.most.min(5000)) };
            vec![crowd, clients("active", 1)]
        },
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: false,
    },
    Scenario {
        name: "slow-readers",
        question: "Whom do readers hold up that take a large reply slowly?",
        load: "32 clients read /bytes/10000000 at 1 MB/s each; 1,000 requests per second for / are judged",
        group: "others",
        decides: Decides::P99,
        clients: |_| {
            let slow = Clients {
                request: get("/bytes/10000000"),
                reads: Some(1_000_000),
                patience: Duration::from_secs(60),
                ..clients("slow", 32)
            };
            vec![slow, Clients { pace: Pace::Open { rate: 1000.0 }, ..clients("others", 32) }]
        },
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: false,
    },
    Scenario {
        name: "crash",
        question: "How many other connections die when a handler brings its process down?",
        load: "63 clients ask for / again and again; one asks for /abort",
        group: "others",
        decides: Decides::Lost,
        clients: |terms| {
            let pace = Pace::Once { after: terms.span / 3 };
            let abort =
                Clients { pace, request: get("/abort"), keep_alive: false, ..clients("abort", 1) };
            vec![clients("others", 63), abort]
        },
        needs_rate: false,
        at_least: Duration::ZERO,
        quick: false,
    },
    Scenario {
        name: "burst",
        question: "What happens to 1,000 clients that come at once?",
        load: "1,000 clients connect at the same time and ask for /, once",
        group: "clients",
        decides: Decides::P99,
        clients: |_| {
            let pace = Pace::Once { after: Duration::ZERO };
            let patience = Duration::from_secs(5);
            vec![Clients { pace, keep_alive: false, patience, ..clients("clients", 1000) }]
        },
        needs_rate: false,
        at_least: Duration::from_secs(5),
        quick: false,
    },
];

impl Scenario {
    /// The scenario of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    /// Does the handler bring its process down here?
    pub fn crashes(&self) -> bool {
        self.decides == Decides::Lost
    }

    /// As the results have it.
    pub fn describe(&self) -> results::Scenario {
        results::Scenario {
            name: self.name.into(),
            question: self.question.into(),
            load: self.load.into(),
            group: self.group.into(),
            decides: self.decides,
        }
    }
}

/// So many clients that ask for `/` on a kept connection, one request after the other.
fn clients(name: &'static str, count: u32) -> Clients {
    Clients {
        name,
        count,
        pace: Pace::Closed,
        request: get("/"),
        keep_alive: true,
        reads: None,
        patience: PATIENCE,
    }
}

fn get(path: &str) -> Request {
    Request::Get(path.into())
}

/// One request in 64 asks for something that nobody else has asked for.
fn checked(path: &str) -> Request {
    Request::GetAndEcho { path: path.into(), every: 64 }
}
