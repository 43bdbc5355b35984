//! What the tests have in common.

use compare::load::{self, Answer, Clients, Glimpse, Load, Pace, Request, Watch};
use compare::results::Fault;
use harness::Program;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Longer than any machine takes: a test ends when it has seen enough.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// The server of these tests, wrong in the way that the model names; an empty name: right.
#[track_caller]
pub(crate) fn server(model: &str) -> Program {
    Program::start(
        env!("CARGO_BIN_EXE_faulty-server"),
        &["--addr", "127.0.0.1:0", "--model", model],
    )
}

/// So many clients in a closed loop, who are patient.
pub(crate) fn clients(count: u32) -> Clients {
    Clients {
        name: "all",
        count,
        pace: Pace::Closed,
        request: Request::Get("/".to_owned()),
        keep_alive: true,
        reads: None,
        patience: LONG,
    }
}

/// One group, counted from the start, until enough was seen.
pub(crate) fn load(clients: Clients) -> Load {
    Load {
        groups: vec![clients],
        warm_up: Duration::ZERO,
        span: LONG,
        cpus: Vec::new(),
        ours: true,
    }
}

/// What has been seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) replies: u64,
    pub(crate) faults: u64,
    /// The longest latency in microseconds.
    pub(crate) longest: u64,
    pub(crate) began: u32,
    pub(crate) ended: u32,
}

struct Until<E> {
    seen: Mutex<Seen>,
    enough: E,
    stop: AtomicBool,
}

impl<E: Fn(&Seen) -> bool> Until<E> {
    fn note(&self, note: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap();
        note(&mut seen);
        if (self.enough)(&seen) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl<E: Fn(&Seen) -> bool + Sync> Watch for Until<E> {
    fn begins(&self) {
        self.note(|seen| seen.began += 1);
    }
    fn glimpse(&self, glimpse: Glimpse) {
        self.note(|seen| {
            seen.replies += glimpse.replies;
            seen.faults += glimpse.faults;
            seen.longest = seen.longest.max(glimpse.latency.max());
        });
    }
    fn ends(&self) {
        self.note(|seen| seen.ended += 1);
    }
}

/// Runs a load until enough was seen, or to its end.
#[track_caller]
pub(crate) fn run_until(
    addr: SocketAddr,
    load: &Load,
    enough: impl Fn(&Seen) -> bool + Sync,
) -> (Answer, Seen) {
    let until = Until { seen: Mutex::default(), enough, stop: AtomicBool::new(false) };
    let answer = load::run(addr, load, &until, &until.stop).unwrap();
    (answer, until.seen.into_inner().unwrap())
}

/// The kinds of faults that a load has met.
pub(crate) fn kinds(answer: &Answer) -> BTreeSet<Fault> {
    answer.groups.iter().flat_map(|group| group.errors.keys().copied()).collect()
}
