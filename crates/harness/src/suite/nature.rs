//! What a check has to know about a concurrency model, in one table.

use std::thread::available_parallelism;

use By::{Cores, OneThread, Process, Queue, Thread};

/// A model of the course, as the checks see it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nature {
    /// Its name on the command line.
    name: &'static str,
    /// The flag that limits how many clients it serves at a time.
    pub(super) limit: Option<&'static str>,
    /// Who serves a client.
    by: By,
    /// How many idle clients it must bear: see [`EVENTS`], [`THREADS`] and [`PROCESSES`].
    pub(super) crowd: usize,
}

/// Who serves a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// One thread, from the client's first byte to its last; the next client waits.
    Queue,
    /// A thread of the client's own.
    Thread,
    /// A process of the client's own, with so many threads.
    Process(usize),
    /// One thread that serves all clients in turns.
    OneThread,
    /// A thread for each core, which serve all clients in turns.
    Cores,
}

/// Who has to wait for a handler that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// Its own client.
    Nobody,
    /// Every client of the server.
    Everybody,
    /// Sometimes nobody else, sometimes everybody.
    Sometimes,
}

/// An idle connection is a few hundred bytes there, so thousands of them are nothing special.
const EVENTS: usize = 5_000;
/// By default 1,000 clients are served at a time: some places are left for those that come beside the crowd.
const THREADS: usize = 990;
/// Each is a process that has to be made, and by default there are 256.
const PROCESSES: usize = 200;

static NATURES: [Nature; 11] = [
    nature("iterative", None, Queue, 0),
    nature("threads", Some("--max-connections"), Thread, THREADS),
    nature("pool", Some("--workers"), Thread, THREADS),
    nature("channel", Some("--workers"), Thread, THREADS),
    // One of the two waits for the signal to stop.
    nature("spawn", Some("--max-children"), Process(2), PROCESSES),
    nature("fork", Some("--max-children"), Process(1), PROCESSES),
    nature("prefork", Some("--workers"), Process(1), PROCESSES),
    nature("event-loop", Some("--max-connections"), OneThread, EVENTS),
    nature("async", Some("--max-connections"), Cores, EVENTS),
    nature("async-single", Some("--max-connections"), OneThread, EVENTS),
    nature("sharded", Some("--max-connections"), Cores, EVENTS),
];

/// What is expected of a program that is no model of the course.
static STRANGER: Nature = nature("", None, Thread, 200);

const fn nature(name: &'static str, limit: Option<&'static str>, by: By, crowd: usize) -> Nature {
    Nature { name, limit, by, crowd }
}

impl Nature {
    /// The nature of the model of this name.
    pub(super) fn of(model: &str) -> &'static Self {
        NATURES.iter().find(|nature| nature.name == model).unwrap_or(&STRANGER)
    }

    /// Is it that of no model of the course?
    pub(super) fn is_strange(&self) -> bool {
        *self == STRANGER
    }

    /// Does a second client wait until the first has left?
    pub(super) fn has_one_client_at_a_time(&self) -> bool {
        self.by == Queue
    }

    /// Who else is held up by a handler that computes?
    pub(super) fn held_by_a_handler(&self) -> Held {
        match self.by {
            Thread | Process(_) => Held::Nobody,
            Queue | OneThread => Held::Everybody,
            Cores if cores() == 1 => Held::Everybody,
            // A connection of `sharded` stays with its core, whoever else is there. One of tokio's threads waits for events of all sockets. When it runs the handler itself, the idle ones do
            // not take its place: https://github.com/tokio-rs/tokio/issues/4730.
            Cores => Held::Sometimes,
        }
    }

    /// Does a handler that brings its whole process down end one connection only?
    pub(super) fn dies_alone(&self) -> bool {
        matches!(self.by, Process(_))
    }

    /// At most so many threads serve `clients` at a time: two of them accept, and wait for the signal to stop.
    pub(super) fn threads(&self, clients: usize) -> usize {
        match self.by {
            Queue | Thread => 2 + clients,
            Process(threads) => 2 + clients * threads,
            OneThread => 2,
            Cores => 2 + cores(),
        }
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}
