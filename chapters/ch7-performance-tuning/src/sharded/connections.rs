//! The connections of one loop, and what a turn of one comes to.

use super::steps::Steps;
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

/// What is asked of the kernel for each socket, once and for all.
const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);
/// And urgent data, where it can be asked for: a short read may have stopped before it.
#[cfg(any(target_os = "android", target_os = "linux"))]
const URGENT: Option<Interest> = Some(Interest::PRIORITY);
#[cfg(not(any(target_os = "android", target_os = "linux")))]
const URGENT: Option<Interest> = None;

/// The connections of a loop, each with a number that the next one gets when it is closed.
pub(super) struct Connections {
    registry: Registry,
    open: Slab<Watched>,
    /// Who could go on after its turn, and who has come and had none yet.
    unfinished: VecDeque<usize>,
    /// What came of the last attempt to have a new client watched.
    watching: Option<io::Result<()>>,
    timers: Timers,
    /// One for all: what a read has brought is handled before the next read.
    buffer: Vec<u8>,
    steps: Steps,
    is_stopping: bool,
}

/// A connection, and whether its socket is reported already.
struct Watched {
    connection: Connection<TcpStream>,
    is_watched: bool,
}

impl Connections {
    /// None yet, and it is `now`.
    pub(super) fn new(registry: Registry, steps: Steps, now: Instant) -> Self {
        Self {
            registry,
            open: Slab::new(),
            unfinished: VecDeque::new(),
            watching: None,
            timers: Timers::new(now),
            buffer: vec![0; READ],
            steps,
            is_stopping: false,
        }
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Takes in a client. It is in line for its first turn, and with that its socket is watched.
    pub(super) fn admit(
        &mut self,
        stream: TcpStream,
        session: Box<dyn Session + Send>,
        now: Instant,
    ) {
        let mut connection = Connection::new(stream, session, now);
        if self.steps.serves_before_watching {
            // Nothing was reported, so nothing is known of what has come.
            connection.expired();
        }
        let id = self.open.insert(Watched { connection, is_watched: false });
        self.enqueue(id);
    }

    /// What came of the attempt to have a new client watched, if there was one since this was asked last.
    pub(super) fn watching(&mut self) -> Option<io::Result<()>> {
        self.watching.take()
    }

    /// Has the socket of a connection reported by its number from now on, and what has come before as well. False: that
    /// failed, and it would be forgotten.
    fn watch(&mut self, id: usize) -> bool {
        let interest = URGENT.filter(|_| self.steps.short_read_is_last);
        let interest = interest.map_or(INTEREST, |urgent| INTEREST.add(urgent));
        let watched = &mut self.open[id];
        let result = self.registry.register(watched.connection.socket(), Token(id), interest);
        watched.is_watched = true;
        self.watching.insert(result).is_ok()
    }

    /// A turn for one that the kernel has reported. Returns when it last went on.
    pub(super) fn reported(&mut self, id: usize, event: &Event, now: Instant) -> Instant {
        let Some(Watched { connection, .. }) = self.open.get_mut(id) else { return now };
        let is_over = event.is_read_closed() || event.is_write_closed() || event.is_error();
        let bytes_alone = !is_over && !event.is_priority() && URGENT.is_some();
        connection.reported(Report {
            readable: event.is_readable() || event.is_read_closed() || event.is_error(),
            writable: event.is_writable() || event.is_write_closed() || event.is_error(),
            bytes_alone: self.steps.short_read_is_last && bytes_alone,
        });
        self.take_turn(id, now)
    }

    /// Those whose deadline has come are in line for a turn.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(id) = self.timers.expired(now) {
            self.open[id].connection.expired();
            self.enqueue(id);
        }
    }

    /// When there is something to do, unless the kernel reports something first. It may be now.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        if self.unfinished.is_empty() { self.timers.next() } else { Some(now) }
    }

    /// How many are in line.
    pub(super) fn unfinished(&self) -> usize {
        self.unfinished.len()
    }

    /// A turn for the first in line. Returns when it last went on.
    pub(super) fn take_next_turn(&mut self, now: Instant) -> Instant {
        match self.unfinished.pop_front() {
            Some(id) => {
                self.open[id].connection.queued = false;
                self.take_turn(id, now)
            }
            None => now,
        }
    }

    fn take_turn(&mut self, id: usize, now: Instant) -> Instant {
        // Who is in line has its turn when it comes to it there.
        if self.open[id].connection.queued {
            return now;
        }
        let turn = match self.open[id].is_watched {
            true => self.go_on(id, now),
            false => self.begin(id, now),
        };
        let last = self.open[id].connection.last();
        match turn {
            Turn::Unfinished => self.enqueue(id),
            Turn::Waiting { until: Some(until) } => self.timers.arm(id, until),
            Turn::Waiting { until: None } => {}
            Turn::Over => {
                self.timers.disarm(id);
                self.open.remove(id);
            }
        }
        last
    }

    fn go_on(&mut self, id: usize, now: Instant) -> Turn {
        self.open[id].connection.turn(now, &mut self.buffer, self.is_stopping)
    }

    /// The first turn, and having the socket watched. Who cannot be watched would be forgotten, and so it is closed.
    fn begin(&mut self, id: usize, now: Instant) -> Turn {
        if !self.steps.serves_before_watching {
            return if self.watch(id) { self.go_on(id, now) } else { Turn::Over };
        }
        match self.go_on(id, now) {
            Turn::Over => {
                self.watching = Some(Ok(()));
                Turn::Over
            }
            turn if self.watch(id) => turn,
            _ => Turn::Over,
        }
    }

    fn enqueue(&mut self, id: usize) {
        if !std::mem::replace(&mut self.open[id].connection.queued, true) {
            self.unfinished.push_back(id);
        }
    }

    /// Lets every session meet end-of-file.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
        let ids: Vec<_> = self.open.iter().map(|(id, _)| id).collect();
        for id in ids {
            self.open[id].connection.end_reading();
            self.enqueue(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::Settings;
    use mio::Poll;
    use session::Echo;
    use std::net::{TcpListener, TcpStream as Client};
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// The end of a client, and a socket of ours that is registered with `poll` already, and so cannot be once more.
    fn unwatchable(poll: &Poll) -> (Client, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::connect(listener.local_addr().unwrap()).unwrap();
        let stream = listener.accept().unwrap().0;
        stream.set_nonblocking(true).unwrap();
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(0), INTEREST).unwrap();
        (client, stream)
    }

    #[test]
    fn who_cannot_be_watched_is_closed_and_nothing_of_it_is_left() {
        for serves_before_watching in [true, false] {
            let (poll, now) = (Poll::new().unwrap(), Instant::now());
            let steps = Steps { serves_before_watching, ..Steps::wanted(&Settings::default()) };
            let registry = poll.registry().try_clone().unwrap();
            let mut connections = Connections::new(registry, steps, now);
            // It is silent, so its first turn ends in a wait with a deadline.
            let (_client, stream) = unwatchable(&poll);
            connections.admit(stream, Box::new(Echo::new(now, PATIENCE)), now);
            assert_eq!((connections.len(), connections.unfinished()), (1, 1));
            connections.take_next_turn(now);
            assert!(connections.watching().is_some_and(|result| result.is_err()));
            connections.expire(now + PATIENCE * 2);
            assert_eq!((connections.len(), connections.unfinished()), (0, 0));
            assert_eq!(connections.next(now), None);
        }
    }
}
