//! The load generator: so many clients, each at its own pace, and every reply is checked.
//!
//! A [`Load`] is a list of groups of clients. What they have in common is the address and the clock.
//!
//! # What counts
//!
//! A reply counts if it is whole in the counted span; in an open loop its request must have been due in it as well. A
//! fault counts if it is seen in the span. A connection counts if it was open in the span. [`Pace::Idle`] is the exception: its clients have
//! connected and asked before the warm-up is over, so they count from the start.
//!
//! Latency begins when the request was due ([`Pace::Open`]), when the connection for it was begun (a connection for
//! each request, [`Pace::Once`], [`Pace::Idle`]), or else when it was sent. It ends when the last byte was read.
//!
//! In an open loop every request that was due in the span, and met no fault, is in the latency. One that is unanswered
//! at the end, or unsent, stands there with its age at that moment: it has waited for so long at least. If only
//! replies counted, a server that stands still for the last second would look as good as one that does not. So there
//! may be more latencies than replies. In a closed loop there are as many. What was due in the warm-up and has not been
//! sent in it is dropped; what was sent in it and is unanswered at the end is not.
//!
//! # What a client does after a fault
//!
//! It closes the connection with a reset, rests for 10 ms, after another fault for 20 ms, and so on to one second, and
//! opens the next. A right reply lets it begin anew. The request is not repeated. That a server closes a kept
//! connection while no request is unanswered is no fault, and the client opens another at once.
//!
//! # How it is made
//!
//! In reading order: `run` (starts the threads), `shared` (what they have in common), `worker` (one thread), `rounds`
//! (what it does between two polls), `events` (what happens on a connection), `outcome` (what becomes of a client),
//! `client`, `part` (a thread's share of a group), `reply` and `head` (read a reply), `template` (knows one that has
//! been read before), `right` (what is right), `schedule` (the open loop), `tally`, `socket`, `thread`.
//! For each request of a kept connection there is one write, one read, and a share of one poll, and nothing is
//! allocated.

mod client;
mod events;
mod head;
mod outcome;
mod part;
mod reply;
mod right;
mod rounds;
mod run;
mod schedule;
mod shared;
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
    /// So long nothing is counted, at first, and longer where need be: until each client of [`Pace::Closed`] and
    /// [`Pace::Idle`] has been served once (slow readers: have begun to read), or no other has been for 150 ms, or 1.5 s
    /// if one waits for room in the backlog. Connections are opened evenly over it, so that clients who all wait for the
    /// same time do not go in step.
    pub warm_up: Duration,
    /// So long everything is counted, afterwards. With [`Pace::Once`] alone it is over as soon as each client is served
    /// or has met a fault.
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
    /// The reply counts when it is whole. Then the client waits for the server to close: that it does not in time is a
    /// [`Fault::Timeout`](crate::results::Fault::Timeout).
    pub keep_alive: bool,
    /// How fast they read, in bytes per second; `None`: as fast as they can. The client's kernel takes little in
    /// advance, but the server's kernel takes up to 4 MiB of a reply on Linux (`tcp_wmem`): only a server whose reply is
    /// much longer has to wait.
    pub reads: Option<u64>,
    /// How long they wait for a connection, for a whole reply, or for the end of a connection, before it counts as [`Fault::Timeout`](crate::results::Fault::Timeout).
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
    /// One request, so long after the warm-up; all clients of the group connect and send at once. Whoever meets a fault
    /// does not try again.
    Once {
        /// Since the end of the warm-up.
        after: Duration,
    },
    /// One request as soon as it is connected, and then nothing more: an idle connection. That it is closed from the
    /// other side is a fault. One whose reply does not come in time stays connected and silent.
    ///
    /// All first connections of a load, [`Pace::Once`] apart, are opened a few hundred at a time: the next when one is
    /// answered. Once one has waited in vain, all others are opened at once.
    Idle,
}

/// What a client sends, and what reply is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// GET of a path. What the reply must be: see [`Load::ours`].
    Get(String),
    /// Mostly the GET, but one request in `every` of each client is a POST to `/` whose body is unlike any other, so that a reply to
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
    /// Right replies to all groups from the very first on, those of the warm-up included.
    pub replies: u64,
    /// The time that was counted.
    pub span: Duration,
    /// The share of the counted time that a thread of the generator used its CPU, 0 to 1: the busiest thread's.
    pub busy: f64,
}

/// What one thread has seen of a group in the last tenth of a second or so, for whoever watches: as far as it counts.
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

/// When something happens that others have to know. A load that is stopped during its warm-up never begins.
pub trait Watch: Sync {
    /// The warm-up is over: from now on it counts.
    fn begins(&self) {}
    /// What happened lately. Called by each of the generator's threads, so it must not wait.
    fn glimpse(&self, glimpse: Glimpse) {
        drop(glimpse);
    }
    /// It counts no longer; the connections are still open. Called once, if nothing has failed.
    fn ends(&self) {}
}

/// Puts a server under a load, and returns what came of it. Ends within a fifth of a second when `stop` is set, with
/// what was counted so far.
///
/// # Errors
///
/// When the generator itself lacks something (descriptors, ports, threads, a CPU that it is to run on), and for a load
/// that cannot be made: a path with a space, a rate of nothing.
pub fn run(
    addr: SocketAddr,
    load: &Load,
    watch: &dyn Watch,
    stop: &AtomicBool,
) -> std::io::Result<Answer> {
    run::run(addr, load, watch, stop)
}
