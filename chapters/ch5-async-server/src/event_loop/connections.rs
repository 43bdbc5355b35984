//! All connections: who can go on, who waits until when, and whose turn it is.

use common::Timers;
use common::blocking::READ;
use common::nonblocking::{Connection, Report, Turn};
use mio::event::Event;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use session::Session;
use slab::Slab;
use std::collections::VecDeque;
use std::io;
use std::time::Instant;

/// The connections of a loop, each with a number that the next one gets when it is closed.
pub(super) struct Connections {
    open: Slab<Connection<TcpStream>>,
    /// Who can go on, in order.
    queue: VecDeque<usize>,
    timers: Timers,
    /// One for all: what a read has brought is handled before the next read.
    buffer: Vec<u8>,
    is_stopping: bool,
}

impl Connections {
    /// None yet, and it is `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            open: Slab::new(),
            queue: VecDeque::new(),
            timers: Timers::new(now),
            buffer: vec![0; READ],
            is_stopping: false,
        }
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Takes in a client, and has its socket reported by its number from now on: both directions, once and for all.
    /// Closing the socket will end that, too.
    pub(super) fn admit(
        &mut self,
        mut stream: TcpStream,
        session: Box<dyn Session + Send>,
        registry: &Registry,
        now: Instant,
    ) -> io::Result<()> {
        let place = self.open.vacant_entry();
        let id = place.key();
        registry.register(&mut stream, Token(id), Interest::READABLE | Interest::WRITABLE)?;
        enqueue(&mut self.queue, id, place.insert(Connection::new(stream, session, now)));
        Ok(())
    }

    /// The kernel reports that one can go on.
    pub(super) fn reported(&mut self, id: usize, event: &Event) {
        if let Some(connection) = self.open.get_mut(id) {
            connection.reported(report(event));
            enqueue(&mut self.queue, id, connection);
        }
    }

    /// Those whose deadline has come get a turn.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(id) = self.timers.expired(now) {
            let connection = &mut self.open[id];
            connection.expired();
            enqueue(&mut self.queue, id, connection);
        }
    }

    /// When there is something to do, unless the kernel reports something first. It may be now.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        if self.queue.is_empty() { self.timers.next() } else { Some(now) }
    }

    /// How many stand in the queue.
    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// A turn for the first in the queue, which begins `now`. Who could go on after its turn stands in line again, and
    /// before its next turn the loop looks for reports of the others.
    pub(super) fn take_turn(&mut self, now: Instant) {
        let Some(id) = self.queue.pop_front() else { return };
        let connection = &mut self.open[id];
        connection.queued = false;
        match connection.turn(now, &mut self.buffer, self.is_stopping) {
            Turn::Unfinished => enqueue(&mut self.queue, id, connection),
            Turn::Waiting { until: Some(until) } => self.timers.arm(id, until),
            Turn::Waiting { until: None } => {}
            Turn::Over => {
                self.timers.disarm(id);
                self.open.remove(id);
            }
        }
    }

    /// Lets every session meet end-of-file.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
        for (id, connection) in &mut self.open {
            connection.end_reading();
            enqueue(&mut self.queue, id, connection);
        }
    }
}

/// An end and an error are met by reading and by writing alike. Whether nothing but bytes has come we do not ask, and read
/// until a read would wait.
fn report(event: &Event) -> Report {
    Report {
        readable: event.is_readable() || event.is_read_closed() || event.is_error(),
        writable: event.is_writable() || event.is_write_closed() || event.is_error(),
        bytes_alone: false,
    }
}

/// Stands in line for a turn, once.
fn enqueue(queue: &mut VecDeque<usize>, id: usize, connection: &mut Connection<TcpStream>) {
    if !std::mem::replace(&mut connection.queued, true) {
        queue.push_back(id);
    }
}
