//! One thread of the generator, with its share of the clients.

use super::client::{Client, Phase};
use super::part::Part;
use super::right::Right;
use super::schedule::Schedule;
use super::socket;
use super::tally::Tally;
use super::thread::{self, Alarm};
use super::{Load, Pace, Watch};
use mio::{Events, Poll, Token};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The token of the alarm: no client has it.
const ALARM: Token = Token(usize::MAX);
/// Events that one poll may bring.
const EVENTS: usize = 256;
/// How often it is looked for a wish to stop, and for clients whose patience is at an end.
const PATROL: Duration = Duration::from_millis(50);
/// How often clients are looked after that rest or read slowly, if there are any.
const ERRAND: Duration = Duration::from_millis(10);
/// How often a glimpse is given.
const GLIMPSE: Duration = Duration::from_millis(100);
/// A reply of a megabyte in sixteen reads; more would not stay in the CPU's cache.
const BUFFER: usize = 64 * 1024;
/// So many connections are opened between two polls.
const AT_ONCE: usize = 64;
/// So many first connections are open and unanswered at a time, on all threads: a backlog of 1,024 has room for them.
const OPENING: usize = 256;

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
    /// Idle clients that have neither been answered nor given up.
    pub(super) idle: AtomicUsize,
    /// Clients with one request that is not yet over.
    pub(super) once: AtomicUsize,
    /// When the last of those was over, if nobody else has anything to do.
    pub(super) over: OnceLock<Instant>,
    /// A thread has failed.
    pub(super) failed: AtomicBool,
}

/// What one thread has done.
pub(super) struct Done {
    /// What each group saw, by its place in the load.
    pub(super) tallies: Vec<(usize, Tally)>,
    /// The share of the counted time that the thread used its CPU.
    pub(super) busy: f64,
    /// When it stopped counting.
    pub(super) end: Instant,
    clients: Vec<Client>,
}

impl Done {
    /// Closes all connections.
    pub(super) fn close(self) {
        self.clients.into_iter().filter_map(|client| client.stream).for_each(socket::abort);
    }
}

/// One thread of the generator.
pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) poll: Poll,
    alarm: Alarm,
    pub(super) parts: Vec<Part<'a>>,
    pub(super) clients: Vec<Client>,
    pub(super) buffer: Vec<u8>,
    /// Clients that rest after a fault.
    pub(super) resting: Vec<usize>,
    /// Slow readers.
    slow: Vec<usize>,
    /// Clients that have yet to open their first connection.
    unopened: VecDeque<usize>,
    /// How many are just opening it, and how many may.
    pub(super) opening: usize,
    pub(super) most_opening: usize,
    /// Clients whose one request has yet to begin.
    burst: VecDeque<usize>,
    pub(super) begin: Instant,
    pub(super) end: Instant,
    /// What the generator itself lacks.
    pub(super) broken: Option<io::Error>,
}

impl<'a> Worker<'a> {
    /// The thread with this number, with its share of each group.
    pub(super) fn new(shared: &'a Shared<'a>, number: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let alarm = Alarm::new(poll.registry(), ALARM)?;
        let begin = shared.start + shared.load.warm_up;
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
            opening: 0,
            most_opening: OPENING.div_ceil(shared.threads),
            burst: VecDeque::new(),
            begin,
            end: begin + shared.load.span,
            broken: None,
        };
        let mut before = 0;
        for group in 0..shared.load.groups.len() {
            worker.add(group, before, number);
            before += shared.load.groups[group].count as usize;
        }
        let Self { parts, clients, burst, .. } = &mut worker;
        burst.make_contiguous().sort_by_key(|&client| parts[clients[client].part].once_at);
        Ok(worker)
    }

    /// Takes every n-th client of a group, where so many clients of other groups have been dealt out before.
    fn add(&mut self, group: usize, before: usize, number: usize) {
        let Shared { addr, load, threads, start, ref rights, .. } = *self.shared;
        let clients = &load.groups[group];
        let at = match clients.pace {
            Pace::Once { after } => self.begin + after,
            _ => self.begin,
        };
        let mut part = Part::new(group, clients, &rights[group], addr, at);
        let part_at = self.parts.len();
        let first = self.clients.len();
        for client in (0..clients.count).filter(|&c| (before + c as usize) % threads == number) {
            let index = self.clients.len();
            self.clients.push(Client::new(part_at, part.echo(addr, client), start));
            match clients.pace {
                Pace::Once { .. } => self.burst.push_back(index),
                // Each request will bring its own connection.
                Pace::Open { .. } if !clients.keep_alive => part.free.push_back(index),
                _ => self.unopened.push_back(index),
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
            if begun.is_none() && now >= self.begin {
                begun = Some(thread::cpu_time());
                self.count_open_connections();
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
            wake = if begun.is_none() { wake.min(self.begin) } else { wake };
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

    /// Waits for events until this moment, or until a request of the open loop is due that somebody is free to send.
    fn wait(&mut self, events: &mut Events, wake: Instant, now: Instant) -> io::Result<()> {
        let free = self.parts.iter().filter(|part| !part.free.is_empty());
        let due = free.filter_map(|part| part.schedule.as_ref()).map(Schedule::next).min();
        let burst = self.burst.front().map(|&client| self.parts[self.clients[client].part].once_at);
        if let Some(due) = due.into_iter().chain(burst).min().filter(|&due| due < wake) {
            self.alarm.set(due, now)?;
        }
        match self.poll.poll(events, Some(wake.saturating_duration_since(now))) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    /// When it was over, if it is.
    fn is_over(&self, now: Instant) -> Option<Instant> {
        if now >= self.end {
            return Some(self.end);
        }
        let stop = [self.shared.stop, &self.shared.failed];
        let stopped = stop.iter().any(|flag| flag.load(Ordering::Relaxed)).then_some(now);
        self.shared.over.get().copied().or(stopped)
    }

    /// Opens some of the connections that are to be opened now, and says whether there are more.
    fn open_connections(&mut self, now: Instant) -> bool {
        for _ in 0..AT_ONCE {
            let room = self.opening < self.most_opening;
            let begins = |client: &mut usize| self.parts[self.clients[*client].part].once_at <= now;
            if let Some(client) = self.burst.pop_front_if(begins) {
                self.open(client, Instant::now());
            } else if let Some(client) = self.unopened.pop_front_if(|_| room) {
                self.opening += 1;
                self.clients[client].opening = true;
                self.open(client, Instant::now());
            } else {
                return false;
            }
        }
        true
    }

    /// Open loop: whoever is free sends what is due.
    fn send_due(&mut self, now: Instant) {
        for part in 0..self.parts.len() {
            while let Some(&client) = self.parts[part].free.front() {
                let Some(due) = self.parts[part].take_due(now) else { break };
                self.parts[part].free.pop_front();
                self.send_or_open(client, due);
            }
        }
    }

    /// Those that have rested go on; those that read slowly read a little.
    fn run_errands(&mut self, now: Instant) {
        let mut at = 0;
        while let Some(&client) = self.resting.get(at) {
            match self.clients[client].phase {
                Phase::Away { until } if until > now => at += 1,
                _ => {
                    self.resting.swap_remove(at);
                    self.connection_is_over(client);
                }
            }
        }
        for at in 0..self.slow.len() {
            self.sip(self.slow[at], now);
        }
    }

    /// Whoever has waited for too long waits no longer.
    fn patrol(&mut self, now: Instant) {
        for client in 0..self.clients.len() {
            let Client { part, phase, since, .. } = self.clients[client];
            let waits = self.clients[client].is_asking() || phase == Phase::Closing;
            if waits && now.saturating_duration_since(since) > self.parts[part].patience() {
                self.patience_is_over(client, now);
            }
        }
    }

    fn count_open_connections(&mut self) {
        for client in &self.clients {
            let part = &mut self.parts[client.part];
            let open = client.stream.is_some() && client.phase != Phase::Connecting;
            // An idle client's connection was counted when it was opened.
            part.tally.connections += u64::from(open && !part.is_idle());
        }
    }

    fn give_glimpses(&mut self) {
        for part in &mut self.parts {
            if let Some(glimpse) = part.tally.glimpse(part.group) {
                self.shared.watch.glimpse(glimpse);
            }
        }
    }

    fn finish(mut self, end: Instant, begun: Option<Duration>) -> Done {
        let used = begun.map_or(Duration::ZERO, |before| thread::cpu_time() - before);
        let counted = end.saturating_duration_since(self.begin).as_secs_f64();
        self.leave_unanswered(end);
        self.give_glimpses();
        Done {
            tallies: self.parts.into_iter().map(|part| (part.group, part.tally)).collect(),
            busy: if counted > 0.0 { (used.as_secs_f64() / counted).min(1.0) } else { 0.0 },
            end,
            clients: self.clients,
        }
    }

    /// Open loop: what is unanswered at the end has waited for so long already. Without this a server that stood still
    /// for the whole last second would look good, because of the slowest requests no reply has come.
    fn leave_unanswered(&mut self, end: Instant) {
        for client in &self.clients {
            let part = &mut self.parts[client.part];
            let due = client.due >= self.begin && client.due < end;
            // A kept connection that is being opened carries no request yet.
            let carries = client.phase != Phase::Connecting || !part.clients.keep_alive;
            if part.is_open_loop() && client.is_asking() && carries && due {
                part.tally.waited(end - client.due);
            }
        }
        for part in &mut self.parts {
            part.leave_unsent(self.begin, end);
        }
    }
}
