//! The load generator: so many clients, each at its own pace, and every reply is checked.
//!
//! A [`Load`] is a list of groups of clients. What they have in common is the address and the clock.

mod client;
mod events;
mod head;
mod part;
mod reply;
mod right;
mod run;
mod schedule;
mod socket;
mod tally;
mod template;
mod thread;
mod worker;

use crate::results::Group;
use hdrhistogram::Histogram;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What the clients of one measurement do.
#[derive(Clone, Debug)]
pub struct Load {
    /// The groups of clients, which work side by side.
    pub groups: Vec<Clients>,
    /// So long nothing is counted, at first.
    pub warm_up: Duration,
    /// So long everything is counted, afterwards. With [`Pace::Once`] alone it is over as soon as all are served.
    pub span: Duration,
    /// The CPUs to run on, with a thread for each; empty: one thread, anywhere.
    pub cpus: Vec<usize>,
    /// Is the server one of the course, or does it serve the same routes with the same bodies? Then they are known from
    /// the start. Of any other server, the first right reply tells what is right.
    pub ours: bool,
}

/// A group of clients that do the same.
#[derive(Clone, Debug)]
pub struct Clients {
    /// What the report calls it.
    pub name: &'static str,
    /// How many. Each has one connection at a time.
    pub count: u32,
    /// When they send.
    pub pace: Pace,
    /// What they send.
    pub request: Request,
    /// Is the connection kept after a reply? Otherwise each request has one of its own, and says `Connection: close`.
    pub keep_alive: bool,
    /// How fast they read, in bytes per second; `None`: as fast as they can.
    pub reads: Option<u64>,
    /// How long they wait for a whole reply before it counts as [`Fault::Timeout`](crate::results::Fault::Timeout).
    pub patience: Duration,
}

/// When a client sends its next request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// When the last reply has come (closed loop): a slow server is asked less.
    Closed,
    /// At a rate of the whole group, whatever the server does (open loop). A request that is due waits for a free
    /// client, and its latency counts from when it was due: so a server that stalls cannot hide it (coordinated
    /// omission).
    Open {
        /// Requests per second, of the whole group.
        rate: f64,
    },
    /// One request, so long after the warm-up; all clients of the group connect and send at once.
    Once {
        /// Since the end of the warm-up.
        after: Duration,
    },
    /// One request as soon as it is connected, and then nothing more: an idle connection. That it is closed from the
    /// other side is a fault.
    Idle,
}

/// What a client sends, and what reply is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// GET. The first right reply tells what all others must be; those of the course are known from the start.
    Get(String),
    /// Mostly the GET, but one request in `every` is a POST to `/` whose body is unlike any other, so that a reply to
    /// somebody else's request is seen ([`Fault::Order`](crate::results::Fault::Order)).
    GetAndEcho {
        /// The path of the GET.
        path: String,
        /// One in so many is the POST.
        every: u32,
    },
}

/// What came of a load.
#[derive(Debug)]
pub struct Answer {
    /// What each group saw, in the order of the load.
    pub groups: Vec<Group>,
    /// The time that was counted.
    pub span: Duration,
    /// The share of their CPU time that the generator's threads used while it was counted, 0 to 1: the busiest one.
    pub busy: f64,
}

/// What happened in the last tenth of a second or so, for whoever watches.
#[derive(Debug)]
pub struct Glimpse {
    /// The group, by its place in the load.
    pub group: usize,
    /// Right replies.
    pub replies: u64,
    /// Faults.
    pub faults: u64,
    /// The latencies of the replies.
    pub latency: Histogram<u64>,
}

/// When something happens that others have to know.
pub trait Watch: Sync {
    /// The warm-up is over: from now on it counts.
    fn begins(&self) {}
    /// All idle connections are open, or as many as could be.
    fn is_full(&self) {}
    /// What happened lately. Called by the generator's threads, so it must not wait.
    fn glimpse(&self, glimpse: Glimpse) {
        drop(glimpse);
    }
    /// It counts no longer; the connections are still open.
    fn ends(&self) {}
}

/// Puts a server under a load, and returns what came of it. Ends early when `stop` is set.
///
/// # Errors
///
/// When the generator itself lacks something: descriptors, threads.
pub fn run(
    addr: SocketAddr,
    load: &Load,
    watch: &dyn Watch,
    stop: &AtomicBool,
) -> std::io::Result<Answer> {
    run::run(addr, load, watch, stop)
}
