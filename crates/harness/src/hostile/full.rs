//! A server that listens, and has no room.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::queue::received;
use crate::{DEADLINE, eventually};

/// A listener that never accepts and whose backlog is full: the kernel ignores every further handshake, so connecting
/// takes for ever. (Linux only; elsewhere a full backlog may refuse.)
#[derive(Debug)]
pub struct Full {
    addr: SocketAddr,
    _listener: Socket,
    _filling: Vec<TcpStream>,
}

impl Full {
    /// Listens on a free port of 127.0.0.1.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_on(([127, 0, 0, 1], 0))
            .unwrap_or_else(|error| panic!("cannot fill a backlog: {error}"))
    }

    /// Listens on another address, which the machine may not have.
    pub fn start_on(addr: impl Into<SocketAddr>) -> io::Result<Self> {
        const BACKLOG: u8 = 1;
        let addr = addr.into();
        let listener = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
        listener.bind(&addr.into())?;
        listener.listen(BACKLOG.into())?;
        let addr = listener.local_addr()?.as_socket().ok_or(io::ErrorKind::Other)?;
        // Linux is full when there is one more than the backlog.
        let wanted = BACKLOG + 1;
        let fill = |_| TcpStream::connect_timeout(&addr, DEADLINE);
        let filling = (0..wanted).map(fill).collect::<io::Result<_>>()?;
        // A connection may be made for the client a moment before it is in the queue.
        let is_full = || received(addr, None) == Some(wanted.into());
        match received(addr, None) {
            Some(_) => eventually(DEADLINE, "the backlog is full", is_full),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
        Ok(Self { addr, _listener: listener, _filling: filling })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}
