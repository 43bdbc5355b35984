//! What the threads of a load have in common, and what each hands back.

use super::client::Client;
use super::right::Right;
use super::tally::{self, Tally};
use super::{Answer, Load, Pace, Watch, socket};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// What the threads have in common.
pub(super) struct Shared<'a> {
    pub(super) addr: SocketAddr,
    pub(super) load: &'a Load,
    pub(super) watch: &'a dyn Watch,
    pub(super) stop: &'a AtomicBool,
    /// What is right for each group.
    pub(super) rights: Vec<Right>,
    pub(super) threads: usize,
    /// When the warm-up began.
    pub(super) start: Instant,
    /// When it will be over, as soon as anybody can tell.
    pub(super) begin: OnceLock<Instant>,
    /// Clients whose first connection has not been answered, and may be.
    pub(super) unopened: AtomicUsize,
    /// Those of them that wait to be connected.
    pub(super) connecting: AtomicUsize,
    /// Clients with one request that is not yet over.
    pub(super) once: AtomicUsize,
    /// When the last of those was over, if nobody else has anything to do.
    pub(super) over: OnceLock<Instant>,
    /// A thread has failed.
    pub(super) failed: AtomicBool,
}

impl Shared<'_> {
    /// Is it to end early?
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed)
    }

    /// One client of those that send one request has no more to do.
    pub(super) fn settle(&self) {
        let others = self.load.groups.iter().any(|all| !matches!(all.pace, Pace::Once { .. }));
        if self.once.fetch_sub(1, Ordering::AcqRel) == 1 && !others {
            let _ = self.over.set(Instant::now());
        }
    }

    /// What all threads have seen together.
    pub(super) fn add_up(&self, done: Vec<Done>) -> Answer {
        let mut groups: Vec<_> = self.load.groups.iter().map(tally::nothing).collect();
        let (mut busy, mut end, mut replies) = (0_f64, self.start, 0);
        for mut done in done {
            (busy, end) = (busy.max(done.busy), end.max(done.end));
            replies += done.replies;
            for (group, tally) in std::mem::take(&mut done.tallies) {
                tally.add_to(&mut groups[group]);
            }
            done.close();
        }
        for (group, clients) in groups.iter_mut().zip(&self.load.groups) {
            group.unserved = clients.unserved(group.served);
        }
        let begin = self.begin.get().copied().unwrap_or(end);
        let span = end.saturating_duration_since(begin);
        Answer { groups, replies, span, busy }
    }
}

/// What one thread has done.
pub(super) struct Done {
    /// What each group saw, by its place in the load.
    pub(super) tallies: Vec<(usize, Tally)>,
    /// Right replies, those of the warm-up included.
    pub(super) replies: u64,
    /// The share of the counted time that the thread used its CPU.
    pub(super) busy: f64,
    /// When it stopped counting.
    pub(super) end: Instant,
    pub(super) clients: Vec<Client>,
}

impl Done {
    /// Closes all connections.
    pub(super) fn close(self) {
        self.clients.into_iter().filter_map(|client| client.stream).for_each(socket::abort);
    }
}
