//! `event-loop`: one thread waits for all connections at once.
//!
//! A thread that waits in `read(2)` waits for one socket. `epoll_wait(2)` waits for as many as one likes and reports which
//! of them can go on. Then each of those does what it can do without waiting, and the thread waits again.
//!
//! In reading order:
//! - [`serve`] and the loop, here.
//! - `connections` — who can go on, who waits until when, and whose turn it is.
//! - [`common::nonblocking`] — one of them: what is known of its socket, and how far its conversation is.
//! - [`common::backlog`] — accepting: no wake-up is lost, and none is in vain.
//! - [`common::timers`] — the deadlines of connections, set as seldom as possible.

mod connections;
mod listener;

use common::stop::GRACE;
use common::{Backlog, Model, Server, Service, Setting, listen, stop};
use connections::Connections;
use listener::Listener;
use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::Instant;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "event-loop",
    about: "one thread waits for all connections at once (mio)",
    most: |settings| settings.value(&MAX_CONNECTIONS),
    listeners: |_| 1,
    serve,
};

/// A connection that waits costs less than a kilobyte, so many may. Each takes a descriptor, and of those the system
/// may have fewer to give (`ulimit -Hn`).
pub const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    default: 10_000,
    most: 1_000_000,
    help: "at most N connections; further clients wait in the backlog",
};

/// Reports that one `epoll_wait(2)` may bring; those that do not fit come with the next.
const EVENTS: usize = 1024;

/// Clients that are let in before the others have their turn.
const ACCEPTS: usize = 64;

/// A report says by a number whom it is about. Connections have theirs from 0 up, and are far fewer than these.
const LISTENER: Token = Token(usize::MAX - 1);
const STOP: Token = Token(usize::MAX - 2);

/// Serves all connections in this thread, until the server stops.
///
/// # Errors
///
/// When the system has no event queue to give.
pub fn serve(server: &Server) -> io::Result<()> {
    let event_loop = EventLoop::new(server)?;
    server.ready();
    event_loop.run()
}

/// The loop, and all that it looks after.
struct EventLoop<'s> {
    server: &'s Server,
    service: Arc<dyn Service>,
    poll: Poll,
    /// `None` as soon as the server stops.
    listener: Option<Listener>,
    connections: Connections,
    /// When this round began, or the turn that it is at.
    now: Instant,
    /// When a stop cuts off what is not finished.
    cut_off: Option<Instant>,
}

impl<'s> EventLoop<'s> {
    fn new(server: &'s Server) -> io::Result<Self> {
        let poll = Poll::new()?;
        let listener = Listener::new(&server.listener, poll.registry(), LISTENER)?;
        let stop = server.stop.as_fd().as_raw_fd();
        poll.registry().register(&mut SourceFd(&stop), STOP, Interest::READABLE)?;
        let now = Instant::now();
        Ok(Self {
            server,
            service: server.service(),
            poll,
            listener: Some(listener),
            connections: Connections::new(now),
            now,
            cut_off: None,
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        while !self.is_over() {
            self.wait(&mut events)?;
            // All reports are noted before anything is opened or closed. So none is taken for another connection's that
            // has got the number of a closed one; and with a socket the kernel drops what it would have reported of it.
            for event in &events {
                self.note(event);
            }
            self.connections.expire(self.now);
            self.accept();
            self.take_turns();
        }
        stop::unfinished(self.connections.len());
        Ok(())
    }

    /// One `epoll_wait(2)`: until there is something to report, or to do.
    fn wait(&mut self, events: &mut Events) -> io::Result<()> {
        let now = Instant::now();
        let next = [self.connections.next(now), self.next_accept(now), self.cut_off];
        let timeout =
            next.into_iter().flatten().min().map(|next| next.saturating_duration_since(now));
        let result = self.poll.poll(events, timeout);
        self.now = Instant::now();
        match result {
            // A signal came, and there is nothing to report.
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            result => result,
        }
    }

    fn note(&mut self, event: &Event) {
        match event.token() {
            STOP => self.stop(),
            LISTENER => self.backlog().for_each(Backlog::reported),
            Token(id) => self.connections.reported(id, event),
        }
    }

    /// Nothing once the server stops.
    fn backlog(&mut self) -> impl Iterator<Item = &mut Backlog> {
        self.listener.iter_mut().map(|listener| &mut listener.backlog)
    }

    /// When to accept, unless the kernel reports something first.
    fn next_accept(&self, now: Instant) -> Option<Instant> {
        let has_room = self.connections.len() < self.server.most;
        self.listener.as_ref().filter(|_| has_room)?.backlog.next(now)
    }

    /// Lets clients in, while there is room. At the limit they wait in the backlog.
    fn accept(&mut self) {
        for _ in 0..ACCEPTS {
            let has_room = self.connections.len() < self.server.most;
            let Some(listener) = self.listener.as_mut().filter(|_| has_room) else { return };
            let Some(stream) = listener.accept(self.now) else { return };
            let (session, registry) = (self.service.session(), self.poll.registry());
            match self.connections.admit(stream, session, registry, self.now) {
                Ok(()) => listener.backlog.succeeded(),
                Err(error) => listener.backlog.failed("watch a connection", &error, self.now),
            }
        }
    }

    /// A turn for each that can go on. A stop does not wait for all of them, which may take long if each computes: it
    /// begins and ends between two turns.
    fn take_turns(&mut self) {
        let before = self.connections.len();
        for _ in 0..self.connections.queued() {
            self.now = Instant::now();
            self.connections.take_turn(self.now);
            if self.server.stop.is_wished() {
                // It came during this turn, which may have been a long one. So its time is counted from the turn's
                // beginning, and the stop is never late.
                self.stop();
                self.now = Instant::now();
                if self.is_over() {
                    break;
                }
            }
        }
        if self.connections.len() < before {
            self.backlog().for_each(Backlog::freed);
        }
    }

    /// Lets nobody in, and lets those who are in finish, until [`GRACE`] is over. If a handler computes at that moment,
    /// the stop takes as much longer: nothing can take the thread away from it.
    fn stop(&mut self) {
        if let Some(listener) = self.listener.take() {
            listener.close(self.poll.registry());
            listen::close(&self.server.listener);
            self.connections.stop();
            self.cut_off = Some(self.now + GRACE);
        }
    }

    fn is_over(&self) -> bool {
        let is_empty = self.connections.len() == 0;
        self.cut_off.is_some_and(|cut_off| is_empty || cut_off <= self.now)
    }
}
