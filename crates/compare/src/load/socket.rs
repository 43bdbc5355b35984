//! Opening and closing a client's connection.

use crate::results::Fault;
use mio::net::TcpStream;
use socket2::{Domain, SockRef, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Room in our kernel for what a slow reader has not read. With the usual megabytes, the kernel would be the reader.
const NARROW: usize = 16 * 1024;

/// Why there is no connection.
pub(super) enum Failed {
    /// The server's matter.
    Fault(Fault),
    /// Ours: no descriptors, no ports, no memory.
    Own(io::Error),
}

/// Begins to connect. One `socket(2)` and one `connect(2)`, neither of which waits.
pub(super) fn connect(addr: SocketAddr, narrow: bool) -> Result<TcpStream, Failed> {
    // On Linux a socket can be made non-blocking as it is made, which saves a call for each connection.
    #[cfg(target_os = "linux")]
    let kind = Type::STREAM.nonblocking();
    #[cfg(not(target_os = "linux"))]
    let kind = Type::STREAM;
    let socket = Socket::new(Domain::for_address(addr), kind, None).map_err(Failed::Own)?;
    #[cfg(not(target_os = "linux"))]
    socket.set_nonblocking(true).map_err(Failed::Own)?;
    if narrow {
        // Before the connection: the window is agreed on with the first packet.
        socket.set_recv_buffer_size(NARROW).map_err(Failed::Own)?;
    }
    match socket.connect(&addr.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::EINPROGRESS as i32) => {}
        // No free port, or no room in the kernel.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory
            ) =>
        {
            return Err(Failed::Own(error));
        }
        Err(error) => return Err(Failed::Fault(fault(&error))),
    }
    Ok(TcpStream::from_std(socket.into()))
}

/// What an error of a socket says about the server.
pub(super) fn fault(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::ConnectionReset => Fault::Reset,
        io::ErrorKind::BrokenPipe => Fault::Closed,
        // The kernel has given up: nobody has answered for so long.
        io::ErrorKind::TimedOut => Fault::Timeout,
        _ => Fault::Refused,
    }
}

/// Closes a connection whose other side is still open.
///
/// Who closes first keeps the pair of ports in TIME-WAIT, for a minute (RFC 9293, section 3.6). 5,000 clients a few
/// times in a row would use up all ports of the machine. A close without lingering sends a reset, and nothing stays.
pub(super) fn abort(stream: TcpStream) {
    // Where this fails the connection has gone, and nothing would stay anyway.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}
