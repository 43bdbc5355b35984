//! The next connection, and what to do when there is none to be had.

use crate::connections::{Connection, Connections};
use crate::log;
use socket2::SockRef;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Where connections come from. In a program a listener; in tests something that fails on demand.
pub trait Acceptor {
    /// What a connection is.
    type Stream: crate::Stream;

    /// Waits for the next connection.
    ///
    /// # Errors
    ///
    /// Whatever `accept(2)` reports. None of it means that the listener is done for: some are about one connection
    /// that is gone again (`ECONNABORTED`, `EPROTO`), some about a shortage that will pass (`EMFILE`, `ENFILE`,
    /// `ENOBUFS`, `ENOMEM`).
    fn accept(&self) -> io::Result<Self::Stream>;
}

impl Acceptor for TcpListener {
    type Stream = TcpStream;

    /// One `accept(2)`. Not std's, which would begin again by itself after `EINTR`, with no pause in between.
    fn accept(&self) -> io::Result<TcpStream> {
        let (socket, _) = SockRef::from(self).accept()?;
        let stream = TcpStream::from(socket);
        // A reply is written whole, so Nagle's algorithm has nothing to gather; it could only delay the tail of a
        // long one. A refusal here concerns a connection that is already gone, and reading will say so.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

/// Yields connections until the server stops: each is admitted, and waits in the backlog while there is no room.
#[derive(Debug)]
pub struct Incoming<'a, A: Acceptor> {
    acceptor: &'a A,
    connections: &'a Connections<A::Stream>,
}

impl<'a, A: Acceptor> Incoming<'a, A> {
    /// The connections that `acceptor` brings, as many at a time as `connections` has room for.
    pub fn new(acceptor: &'a A, connections: &'a Connections<A::Stream>) -> Self {
        Self { acceptor, connections }
    }
}

impl<A: Acceptor> Iterator for Incoming<'_, A> {
    type Item = Connection<A::Stream>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut backoff = Backoff::default();
        while self.connections.wait_for_room() {
            match self.acceptor.accept() {
                Ok(stream) => return Some(self.connections.admit(stream)),
                Err(_) if self.connections.is_stopping() => return None,
                Err(error) => backoff.wait("accept a connection", &error, self.connections),
            }
        }
        None
    }
}

/// Waits longer after each failure in a row: 1 ms, 2 ms … [`Backoff::LONGEST`].
///
/// A failing `accept(2)` leaves the connection in the backlog, so the next call fails at once: without a pause the
/// loop would burn a core until somebody else gives a descriptor back.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The longest pause: service resumes within it once the shortage is over.
    pub const LONGEST: Duration = Duration::from_millis(256);

    /// Pauses after a failure, or until the server stops.
    pub fn wait<S: crate::Socket>(
        &mut self,
        what: &str,
        error: &io::Error,
        connections: &Connections<S>,
    ) {
        connections.pause(self.failed(what, error));
    }

    /// How long to pause after this failure. Says so at the first one in a row.
    pub fn failed(&mut self, what: &str, error: &io::Error) -> Duration {
        if self.failures == 0 && is_news() {
            let reason = log::reason(error);
            log::err(format_args!("warning: cannot {what}: {reason} (trying again, clients wait)"));
        }
        self.pause()
    }

    /// How long to pause after one more failure.
    pub fn pause(&mut self) -> Duration {
        let pause = Duration::from_millis(1 << self.failures.min(8)).min(Self::LONGEST);
        self.failures += 1;
        pause
    }
}

/// At most one warning a second, in each process: a server at the limit of its descriptors fails and succeeds in turn,
/// with each connection that another one makes room for.
fn is_news() -> bool {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let is_news = last.is_none_or(|last| now.duration_since(last) >= Duration::from_secs(1));
    if is_news {
        *last = Some(now);
    }
    is_news
}
