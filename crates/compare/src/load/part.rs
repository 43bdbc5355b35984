//! The share of a group that one thread has.

use super::client::{Client, Echo};
use super::reply::Wanted;
use super::right::Right;
use super::schedule::Schedule;
use super::tally::Tally;
use super::template::Template;
use super::{Clients, Pace, Request};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// So many unsent requests are recorded one by one.
const MOST_UNSENT: u64 = 100_000;

/// The share of a group that one thread has.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// The group, by its place in the load.
    pub(super) group: usize,
    pub(super) clients: &'a Clients,
    pub(super) right: &'a Right,
    /// The GET, rendered once.
    pub(super) get: Vec<u8>,
    /// One request in so many is to be echoed.
    pub(super) every: u64,
    pub(super) template: Template,
    pub(super) tally: Tally,
    pub(super) schedule: Option<Schedule>,
    /// Open loop: clients that are free to send; the one that has been free for the longest is first.
    pub(super) free: VecDeque<usize>,
    /// Once: so long after the warm-up all are to begin.
    pub(super) once_after: Duration,
}

impl<'a> Part<'a> {
    /// The share of `mine` clients.
    pub(super) fn new(
        group: usize,
        clients: &'a Clients,
        right: &'a Right,
        addr: SocketAddr,
    ) -> Self {
        let (path, every) = match &clients.request {
            Request::Get(path) => (path, u64::MAX),
            Request::GetAndEcho { path, every } => (path, u64::from(*every)),
        };
        let close = if clients.keep_alive { "" } else { "Connection: close\r\n" };
        Self {
            group,
            clients,
            right,
            get: format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n{close}\r\n").into_bytes(),
            every,
            template: Template::default(),
            tally: Tally::default(),
            schedule: None,
            free: VecDeque::new(),
            once_after: match clients.pace {
                Pace::Once { after } => after,
                _ => Duration::ZERO,
            },
        }
    }

    /// What a client of the group has to send to be echoed, if any has.
    pub(super) fn echo(&self, addr: SocketAddr, client: u32) -> Option<Echo> {
        (self.every < u64::MAX)
            .then(|| Echo::new(addr, self.clients.keep_alive, self.group, client))
    }

    pub(super) fn wanted<'b>(&'b self, client: &'b Client) -> Wanted<'b> {
        Wanted { right: self.right, echoes: self.every < u64::MAX, echo: client.echo() }
    }

    pub(super) fn is_open_loop(&self) -> bool {
        self.schedule.is_some()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.clients.pace == Pace::Idle
    }

    pub(super) fn is_once(&self) -> bool {
        matches!(self.clients.pace, Pace::Once { .. })
    }

    /// Takes a request of the open loop that is due.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Instant> {
        self.schedule.as_mut().and_then(|schedule| schedule.take(now))
    }

    /// What nobody was free to send until the end has waited as well, as long as it was due before.
    pub(super) fn leave_unsent(&mut self, begin: Instant, end: Instant) {
        let Some(schedule) = &mut self.schedule else { return };
        // Far more than anybody can tell apart need not be recorded one by one.
        let step = (schedule.overdue(end) / MOST_UNSENT).max(1);
        while let Some((due, times)) = schedule.take_many(end, step) {
            if due >= begin {
                self.tally.unsent += times;
                self.tally.waited(end - due, times);
            }
        }
    }

    /// How long one of them waits for a reply.
    pub(super) fn patience(&self) -> Duration {
        self.clients.patience
    }
}
