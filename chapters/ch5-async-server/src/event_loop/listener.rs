//! The listening socket, watched.

use common::Backlog;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use std::io;
use std::time::Instant;

/// The listening socket, and what is known of the clients behind it.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    pub(super) backlog: Backlog,
}

impl Listener {
    /// Takes over a socket that listens, and has its clients reported.
    pub(super) fn new(
        listener: &std::net::TcpListener,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        // A clone is another descriptor of the same open socket, so this holds for both.
        listener.set_nonblocking(true)?;
        let mut socket = TcpListener::from_std(listener.try_clone()?);
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self { socket, backlog: Backlog::default() })
    }

    /// The next client, unless there is none, or none to be had now.
    pub(super) fn accept(&mut self, now: Instant) -> Option<TcpStream> {
        let (stream, _) = self.backlog.accept(now, || self.socket.accept())?;
        // A reply is written whole, so Nagle's algorithm has nothing to gather; it could only delay the tail of a long
        // one.
        let _ = stream.set_nodelay(true);
        Some(stream)
    }

    /// Has nothing reported any more. The socket stays open in the one that it was taken from.
    pub(super) fn close(mut self, registry: &Registry) {
        let _ = registry.deregister(&mut self.socket);
    }
}
