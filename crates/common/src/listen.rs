//! A socket that listens.

use crate::log;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// How many connections the kernel completes and keeps for us until we accept them (listen(2)); Linux caps it at
/// `net.core.somaxconn`. A burst of this size is served, late perhaps, and none of it refused.
pub const BACKLOG: i32 = 1024;

/// Descriptors of a server beside those of its connections and listeners: standard ones, signals, what a chapter may need.
const OTHER_DESCRIPTORS: u64 = 32;
/// Descriptors for each listener: the socket twice, an event queue and its waker.
pub(crate) const OF_A_LISTENER: usize = 4;

/// Makes a listening socket: `socket(2)`, `setsockopt(2)`, `bind(2)`, `listen(2)`. Port 0 takes a free port.
///
/// `SO_REUSEADDR` lets a server that is started again bind at once, although connections of its former life are
/// still in TIME_WAIT. On Linux it does not let two servers listen on one port.
///
/// # Errors
///
/// What the kernel said: the address is in use, is not this machine's, or is not ours to take.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Several sockets that listen at one address, the first one apart.
///
/// With `SO_REUSEPORT` Linux lets the sockets of one user share a port. Each client gets into the backlog of one of them,
/// chosen by a hash of its address and port (socket(7)): a client stays where it is, though another thread be idle. One
/// socket alone does not ask for it, and so nobody else can listen at its port.
///
/// # Errors
///
/// As for [`listen`].
pub fn several(addr: SocketAddr, count: usize) -> io::Result<(TcpListener, Vec<TcpListener>)> {
    // A second server that shares its port would be let in beside the first one, and take half of its clients. So it must
    // be had without sharing first.
    let alone = listen(addr)?;
    if count <= 1 {
        return Ok((alone, Vec::new()));
    }
    drop(alone);
    let first = listen_beside_others(addr)?;
    let addr = first.local_addr()?;
    let further = (1..count).map(|_| listen_beside_others(addr)).collect::<io::Result<_>>()?;
    Ok((first, further))
}

fn listen_beside_others(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Ends the listening, and wakes the thread that waits in `accept(2)`.
///
/// On Linux `shutdown(2)` of a listening socket does both: `accept` fails with `EINVAL`, and new connections are
/// refused. Where a listener cannot be shut down, a connection to ourselves wakes the thread.
pub fn close(listener: &TcpListener) {
    if SockRef::from(listener).shutdown(Shutdown::Both).is_err()
        && let Ok(addr) = listener.local_addr()
    {
        let _ = TcpStream::connect_timeout(&addr, Duration::from_millis(100));
    }
}

/// Ends the receiving, and wakes the thread that waits in `recvfrom(2)`.
///
/// A datagram socket has no connection that could end, and `shutdown(2)` says so (`ENOTCONN`). Linux marks its receiving
/// as ended all the same and wakes who waits for it. Elsewhere an empty datagram to ourselves does.
pub(crate) fn close_datagrams(socket: &UdpSocket) {
    let _ = SockRef::from(socket).shutdown(Shutdown::Read);
    if !cfg!(target_os = "linux")
        && let Ok(addr) = socket.local_addr()
    {
        let _ = socket.send_to(&[], addr);
    }
}

/// What to tell the user when a socket cannot have the address.
pub fn cannot(addr: SocketAddr, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 are not for everyone: try --addr 127.0.0.1:8080"
        }
        _ if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
            "raise the limit of descriptors: ulimit -n"
        }
        _ => "try --addr 127.0.0.1:0",
    };
    format!("cannot listen on {addr}: {} ({hint})", log::reason(error))
}

/// Raises the limit of open descriptors, if it is too low for so many connections and may be raised: the soft limit
/// is often 1,024, for the sake of programs that use `select(2)`. Without it, clients wait in the backlog.
pub fn allow_descriptors(connections: usize) {
    let needed = connections as u64 + OTHER_DESCRIPTORS;
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < needed
    {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, needed.min(hard), hard);
    }
}
