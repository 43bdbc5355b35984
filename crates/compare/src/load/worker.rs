//! One thread of the generator, with its share of the clients.

use super::Pace;
use super::client::Client;
use super::part::Part;
use super::schedule::Schedule;
use super::shared::{Done, Shared};
use super::thread::{self, Alarm};
use mio::{Events, Poll, Token};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

/// The token of the alarm: no client has it.
const ALARM: Token = Token(usize::MAX);
/// Events that one poll may bring.
const EVENTS: usize = 256;
/// How often it is looked for a wish to stop, and for clients whose patience is at an end.
const PATROL: Duration = Duration::from_millis(50);
/// How often clients are looked after that rest or read slowly, if there are any.
const ERRAND: Duration = Duration::from_millis(10);
/// How often it is asked whether the warm-up is over: it is told as long before.
const SHORTLY: Duration = Duration::from_millis(1);
/// How often a glimpse is given.
const GLIMPSE: Duration = Duration::from_millis(100);
/// A reply of a megabyte in sixteen reads; more would not stay in the CPU's cache.
const BUFFER: usize = 64 * 1024;
/// So many first connections are open and unanswered at a time, on all threads: a backlog of 1,024 has room for them.
const OPENING: usize = 256;

/// One thread of the generator.
pub(super) struct Worker<'a> {
    /// What it has in common with the other threads.
    pub(super) shared: &'a Shared<'a>,
    /// What its sockets are registered with.
    pub(super) poll: Poll,
    alarm: Alarm,
    /// Its shares of the groups, those without a client left out.
    pub(super) parts: Vec<Part<'a>>,
    /// Its clients, of all groups. The place of a client is its token.
    pub(super) clients: Vec<Client>,
    /// What is read, by one client after the other: nothing stays in it.
    pub(super) buffer: Vec<u8>,
    /// Clients that rest after a fault.
    pub(super) resting: Vec<usize>,
    /// Slow readers.
    pub(super) slow: Vec<usize>,
    /// Clients that have yet to open their first connection.
    pub(super) unopened: VecDeque<usize>,
    /// How many there were at first.
    pub(super) to_open: usize,
    /// How many are just opening it, and how many may.
    pub(super) opening: usize,
    pub(super) most_opening: usize,
    /// Clients whose one request has yet to begin.
    pub(super) burst: VecDeque<usize>,
    /// When the warm-up is over, and when all is: nobody knows for a while.
    pub(super) begin: Instant,
    /// Is the warm-up over?
    pub(super) counting: bool,
    pub(super) end: Instant,
    /// Right replies, those of the warm-up included.
    pub(super) replies: u64,
    /// What the generator itself lacks.
    pub(super) broken: Option<io::Error>,
}

impl<'a> Worker<'a> {
    /// The thread with this number, with its share of each group.
    pub(super) fn new(shared: &'a Shared<'a>, number: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let alarm = Alarm::new(poll.registry(), ALARM)?;
        let unknown = shared.start + Duration::from_secs(365 * 86_400);
        let mut worker = Self {
            shared,
            poll,
            alarm,
            parts: Vec::new(),
            clients: Vec::new(),
            buffer: vec![0; BUFFER],
            resting: Vec::new(),
            slow: Vec::new(),
            unopened: VecDeque::new(),
            to_open: 0,
            opening: 0,
            most_opening: OPENING.div_ceil(shared.threads),
            burst: VecDeque::new(),
            begin: unknown,
            counting: false,
            end: unknown,
            replies: 0,
            broken: None,
        };
        let mut before = 0;
        for group in 0..shared.load.groups.len() {
            worker.add(group, before, number);
            before += shared.load.groups[group].count as usize;
        }
        worker.to_open = worker.unopened.len();
        let Self { parts, clients, burst, .. } = &mut worker;
        burst.make_contiguous().sort_by_key(|&client| parts[clients[client].part].once_after);
        Ok(worker)
    }

    /// Takes every n-th client of a group, where so many clients of other groups have been dealt out before.
    fn add(&mut self, group: usize, before: usize, number: usize) {
        let Shared { addr, load, threads, start, ref rights, .. } = *self.shared;
        let clients = &load.groups[group];
        let mut part = Part::new(group, clients, &rights[group], addr);
        let part_at = self.parts.len();
        let first = self.clients.len();
        for client in (0..clients.count).filter(|&c| (before + c as usize) % threads == number) {
            let index = self.clients.len();
            self.clients.push(Client::new(part_at, part.echo(addr, client), start));
            match clients.pace {
                Pace::Once { .. } => self.burst.push_back(index),
                _ if clients.opens_in_advance() => self.unopened.push_back(index),
                _ => part.free.push_back(index),
            }
            if clients.reads.is_some() {
                self.slow.push(index);
            }
        }
        let mine = self.clients.len() - first;
        if mine == 0 {
            return;
        }
        if let Pace::Open { rate } = clients.pace {
            let share = mine as f64 / f64::from(clients.count);
            let turn = number as f64 / threads as f64;
            part.schedule = Some(Schedule::new(rate * share, start, turn));
        }
        self.parts.push(part);
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> io::Result<Done> {
        let mut events = Events::with_capacity(EVENTS);
        let mut now = Instant::now();
        let (mut patrol, mut errand, mut glimpse) = (now, now, now + GLIMPSE);
        let mut begun = None;
        let end = loop {
            if begun.is_none() {
                self.learn_when_it_begins();
                if now >= self.begin {
                    begun = Some(thread::cpu_time());
                    self.begin();
                }
            }
            if let Some(end) = self.is_over(now) {
                break end;
            }
            let busy = self.open_connections(now);
            self.send_due(now);
            if now >= errand {
                self.run_errands(now);
                errand = now + ERRAND;
            }
            if now >= patrol {
                self.patrol(now);
                patrol = now + PATROL;
            }
            if now >= glimpse {
                self.give_glimpses();
                glimpse = now + GLIMPSE;
            }
            let errands = !(self.resting.is_empty() && self.slow.is_empty());
            let mut wake = patrol.min(glimpse).min(self.end);
            wake = if errands { wake.min(errand) } else { wake };
            wake = if begun.is_none() { wake.min(now + SHORTLY).min(self.begin) } else { wake };
            wake = if busy { now } else { wake };
            self.wait(&mut events, wake, now)?;
            for event in &events {
                match event.token() {
                    ALARM => self.alarm.rang(),
                    Token(client) => self.event(client, event),
                }
            }
            if let Some(error) = self.broken.take() {
                return Err(error);
            }
            now = Instant::now();
        };
        Ok(self.finish(end, begun))
    }

    fn learn_when_it_begins(&mut self) {
        if let Some(&begin) = self.shared.begin.get() {
            (self.begin, self.end) = (begin, begin + self.shared.load.span);
        }
    }

    /// Waits for events until this moment, or until a request of the open loop is due that somebody is free to send.
    fn wait(&mut self, events: &mut Events, wake: Instant, now: Instant) -> io::Result<()> {
        let free = self.parts.iter().filter(|part| !part.free.is_empty());
        let due = free.filter_map(|part| part.schedule.as_ref()).map(Schedule::next).min();
        let once = |&client: &usize| self.begin + self.parts[self.clients[client].part].once_after;
        let burst = self.burst.front().map(once);
        let wake = match due.into_iter().chain(burst).min().filter(|&due| due < wake) {
            Some(due) => self.alarm.set(due, wake, now)?,
            None => wake,
        };
        match self.poll.poll(events, Some(wake.saturating_duration_since(now))) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }
}
