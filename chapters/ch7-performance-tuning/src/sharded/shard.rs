//! One loop: it waits, lets those go on that can, and accepts.

use super::connections::Connections;
use super::listener::Listener;
use super::places::Places;
use super::steps::Steps;
use common::stop::GRACE;
use common::{Server, Service};
use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::Instant;

/// Reports that one `epoll_wait(2)` may bring.
const EVENTS: usize = 1024;
/// Clients that are let in before the others have their turn.
const ACCEPTS: usize = 64;
/// Bytes of a buffer that a connection keeps for its next reply: as many as sixteen small ones need, which leave together.
const KEPT: u16 = 4096;

/// A report says by a number whom it is about. Connections have theirs from 0 up.
const LISTENER: Token = Token(usize::MAX - 1);
const STOP: Token = Token(usize::MAX - 2);
const PLACE: Token = Token(usize::MAX - 3);

/// A loop, and all that it looks after.
pub(super) struct Shard<'s> {
    server: &'s Server,
    service: Arc<dyn Service>,
    steps: Steps,
    poll: Poll,
    /// `None` as soon as the server stops.
    listener: Option<Listener<'s>>,
    connections: Connections,
    places: &'s Places,
    /// Tells us that there may be a place.
    waker: Arc<Waker>,
    waits_for_place: bool,
    now: Instant,
    /// When a stop cuts off what is not finished.
    cut_off: Option<Instant>,
}

impl<'s> Shard<'s> {
    pub(super) fn new(
        server: &'s Server,
        listener: &'s TcpListener,
        places: &'s Places,
    ) -> io::Result<Self> {
        let steps = Steps::wanted(server.settings());
        let (poll, now) = (Poll::new()?, Instant::now());
        let registry = poll.registry();
        let stop = server.stop.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&stop), STOP, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(registry, PLACE)?);
        let listener = Some(Listener::new(listener, steps, registry, LISTENER)?);
        let connections = Connections::new(registry.try_clone()?, steps, now);
        let service = server.service();
        let (waits_for_place, cut_off) = (false, None);
        Ok(Self {
            server,
            service,
            steps,
            poll,
            listener,
            connections,
            places,
            waker,
            waits_for_place,
            now,
            cut_off,
        })
    }

    /// Serves until the server stops, and says how many conversations that cut off.
    pub(super) fn run(mut self) -> io::Result<usize> {
        let mut events = Events::with_capacity(EVENTS);
        while !self.is_over() {
            self.wait(&mut events)?;
            // Nobody is let in before all reports have been seen: none is taken for another connection's that has got the
            // number of a closed one.
            for event in &events {
                self.note(event);
            }
            self.connections.expire(self.now);
            self.accept();
            for _ in 0..self.connections.unfinished() {
                self.turn(|connections, now| connections.take_next_turn(now));
            }
        }
        Ok(self.connections.len())
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
            STOP => self.stop(self.now),
            LISTENER => self.listener.iter_mut().for_each(|listener| listener.backlog.reported()),
            PLACE => self.waits_for_place = false,
            Token(id) => self.turn(|connections, now| connections.reported(id, event, now)),
        }
    }

    /// A turn of one connection. A stop does not wait for those of all others, which may take long if each computes.
    fn turn(&mut self, turn: impl FnOnce(&mut Connections, Instant) -> Instant) {
        if self.is_over() {
            return;
        }
        if !self.steps.clock_is_reused {
            self.now = Instant::now();
        }
        let (began, before) = (self.now, self.connections.len());
        self.now = turn(&mut self.connections, began).max(began);
        if self.connections.len() < before {
            self.left();
        }
        self.watched();
        if self.server.stop.is_wished() {
            // It came during this turn, which may have been a long one: the stop is counted from its beginning.
            self.stop(began);
            self.now = Instant::now();
        }
    }

    /// A connection was closed.
    fn left(&mut self) {
        self.places.give_back();
        self.listener.iter_mut().for_each(|listener| listener.backlog.freed());
    }

    /// When to accept, unless the kernel reports something first.
    fn next_accept(&self, now: Instant) -> Option<Instant> {
        self.listener.as_ref().filter(|_| !self.waits_for_place)?.backlog.next(now)
    }

    /// Lets clients in, while there are places. At the limit they wait in the backlog.
    fn accept(&mut self) {
        for _ in 0..ACCEPTS {
            if self.next_accept(self.now).is_none_or(|next| next > self.now) {
                return;
            }
            self.waits_for_place = !self.places.take(&self.waker);
            let Some(listener) = self.listener.as_mut().filter(|_| !self.waits_for_place) else {
                return;
            };
            let Some(stream) = listener.accept(self.now) else {
                return self.places.give_back();
            };
            let kept = if self.steps.buffers_are_kept { KEPT } else { 0 };
            self.connections.admit(stream, self.service.session_that_keeps(kept), self.now);
        }
    }

    /// Notes what came of the attempt to have a client watched, if there was one.
    fn watched(&mut self) {
        let Some(result) = self.connections.watching() else { return };
        let backlog = self.listener.as_mut().map(|listener| &mut listener.backlog);
        match (result, backlog) {
            (Ok(()), Some(backlog)) => backlog.succeeded(),
            (Err(error), Some(backlog)) => backlog.failed("watch a connection", &error, self.now),
            (_, None) => {}
        }
    }

    /// Lets nobody in, and lets those who are in finish, until [`GRACE`] is over.
    fn stop(&mut self, wished: Instant) {
        if self.listener.take().is_some() {
            self.connections.stop();
            self.cut_off = Some(wished + GRACE);
        }
    }

    fn is_over(&self) -> bool {
        let is_empty = self.connections.len() == 0;
        self.cut_off.is_some_and(|cut_off| is_empty || cut_off <= self.now)
    }
}
