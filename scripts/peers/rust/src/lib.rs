//! What the servers share: their flags, a listener, the ready line, and (for those without a parser) the search for the blank line.

mod flags;
#[cfg(any(feature = "mio", feature = "uring"))]
pub mod talk;

pub use flags::{Flags, run};

use socket2::{Domain, Socket, Type};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};

/// The body of every reply.
pub const HELLO: &str = "Hello, World!";
/// Its type, as our own models name it.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// Listens with the longest queue that the kernel grants.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(65_535)?;
    Ok(socket.into())
}

/// Says where the server listens, as its first line.
pub fn ready(listener: &TcpListener) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {}", listener.local_addr()?)?;
    out.flush()
}
