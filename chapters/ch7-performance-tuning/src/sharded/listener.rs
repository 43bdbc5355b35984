//! The listening socket of one loop.

use super::steps::Steps;
use common::Backlog;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use socket2::SockRef;
use std::io;
use std::time::Instant;

/// A listening socket, and what is known of the clients behind it.
#[derive(Debug)]
pub(super) struct Listener<'s> {
    shared: &'s std::net::TcpListener,
    socket: TcpListener,
    has_nodelay: bool,
    pub(super) backlog: Backlog,
}

impl<'s> Listener<'s> {
    /// Takes over a socket that listens, and has its clients reported.
    pub(super) fn new(
        shared: &'s std::net::TcpListener,
        steps: Steps,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        shared.set_nonblocking(true)?;
        let has_nodelay =
            steps.nodelay_is_inherited && SockRef::from(shared).set_tcp_nodelay(true).is_ok();
        let mut socket = TcpListener::from_std(shared.try_clone()?);
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self { shared, socket, has_nodelay, backlog: Backlog::default() })
    }

    /// The next client, unless there is none, or none to be had now.
    pub(super) fn accept(&mut self, now: Instant) -> Option<TcpStream> {
        let (stream, _) = self.backlog.accept(now, || self.socket.accept())?;
        if !self.has_nodelay {
            let _ = stream.set_nodelay(true);
        }
        Some(stream)
    }
}

impl Drop for Listener<'_> {
    /// Nobody accepts here any more. Clients that still wait are refused, and the kernel sends further ones to the other
    /// sockets at this address.
    fn drop(&mut self) {
        common::listen::close(self.shared);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use common::Settings;
    use mio::Poll;

    #[test]
    fn each_client_has_nodelay_whoever_has_set_it() {
        let poll = Poll::new().unwrap();
        let wanted = Steps::wanted(&Settings::default());
        for nodelay_is_inherited in [true, false] {
            let shared = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let steps = Steps { nodelay_is_inherited, ..wanted };
            let mut listener = Listener::new(&shared, steps, poll.registry(), Token(0)).unwrap();
            let _client = std::net::TcpStream::connect(shared.local_addr().unwrap()).unwrap();
            listener.backlog.reported();
            let stream = listener.accept(Instant::now()).unwrap();
            assert!(stream.nodelay().unwrap());
        }
    }
}
