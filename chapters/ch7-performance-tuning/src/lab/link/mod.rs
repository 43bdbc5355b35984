//! A slow line in userspace: a proxy that lets bytes through at a rate, and later.
//!
//! - [`shaper`] — when does each piece arrive? No I/O; time is an argument.
//! - `pipe` — one direction of one connection: a thread that reads, one that waits and writes.
//! - [`command`] — `lab link`, which puts it before any server.
//!
//! # What it imitates
//!
//! Each direction is a line of its own. A piece occupies the line for length/rate and then flies for the delay, and a
//! piece behind it waits until the line is free. Jitter makes a flight longer by chance, and what comes behind waits: a
//! stream keeps its order. A lost piece arrives later, as late as TCP would bring it again, and holds up what is behind
//! it (head-of-line blocking).
//!
//! # What it cannot imitate
//!
//! - **Congestion control.** There are two TCP connections, client to link and link to server, and to both of them the
//!   network is a perfect loopback. No window shrinks after a loss, and no slow start is slow.
//! - **The handshake.** The kernel completes it at once; only bytes are late. A connection through a real line costs a
//!   round trip more, and a name or a certificate costs further ones.
//! - **The windows of the kernels.** The link takes in what it can hold ([`MOST_HELD`] bytes a direction at most), however
//!   small the receiver's buffer. Beyond that it stops reading, and the sender has to wait.
//! - **A router's queue.** Nothing is dropped because a queue is full, and nobody else's packets are in it.
//! - **Packets.** Pieces are as large as `read` gave them. Acknowledgements take no room on the line.
//! - **Microseconds.** A sleeping thread wakes some tens of microseconds late, and on a busy machine later.
//!
//! For all of these Linux has `tc qdisc … netem` (tc-netem(8)), which delays the packets themselves and needs root.

pub mod command;

mod pipe;

pub mod shaper;
pub use shaper::{Shape, Shaper};

use common::{Connection, Connections, Incoming, listen, log};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Bytes that one direction of a connection may hold, however fast and long the line is.
pub const MOST_HELD: usize = 64 << 20;

/// Bytes that a whole link may hold: a long fat line has few connections.
pub const MOST_HELD_IN_ALL: usize = 1 << 30;

/// Connections at a time, if [`MOST_HELD_IN_ALL`] allows for so many; further clients wait. Each takes five threads: one
/// that leads it to the server and waits for its end, and two for each direction.
pub const MOST_CONNECTIONS: usize = 128;

/// How long a stop waits for threads that are about to write.
const GRACE: Duration = Duration::from_millis(500);

/// A link that listens. Dropping it cuts its connections.
#[derive(Debug)]
pub struct Link {
    addr: SocketAddr,
    listener: Arc<TcpListener>,
    clients: Connections,
    servers: Connections,
}

impl Link {
    /// Listens on `at`, and leads each connection to `to`.
    ///
    /// # Errors
    ///
    /// There is no socket or no thread to be had.
    pub fn start(at: SocketAddr, to: SocketAddr, shape: Shape) -> io::Result<Self> {
        let listener = listen::listen(at)?;
        let addr = listener.local_addr()?;
        // The ends towards the clients are counted. There are no more towards the server.
        let clients = Connections::at_most(shape.connections());
        let servers = Connections::at_most(shape.connections());
        let listener = Arc::new(listener);
        let link = Self {
            addr,
            listener: Arc::clone(&listener),
            clients: clients.clone(),
            servers: servers.clone(),
        };
        thread::Builder::new().name("link".into()).spawn(move || {
            for client in Incoming::new(&*listener, &clients) {
                let servers = servers.clone();
                // Whoever gets no thread sees its connection end.
                let _ = pipe::thread(move || {
                    if let Err(error) = carry(&client, to, shape, &servers) {
                        let reason = log::reason(&error);
                        log::err(format_args!("warning: the link cannot reach {to}: {reason}"));
                    }
                });
            }
        })?;
        Ok(link)
    }

    /// A link on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Like [`Link::start`].
    pub fn to(to: SocketAddr, shape: Shape) -> io::Result<Self> {
        Self::start(SocketAddr::from(([127, 0, 0, 1], 0)), to, shape)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.clients.stop();
        self.servers.stop();
        listen::close(&self.listener);
        self.clients.drain(GRACE);
        // Both ends of a connection end together.
        self.servers.drain(Duration::ZERO);
    }
}

/// Carries the bytes of one connection both ways, until both have ended.
fn carry(
    client: &Connection,
    to: SocketAddr,
    shape: Shape,
    servers: &Connections,
) -> io::Result<()> {
    let server = TcpStream::connect(to)?;
    server.set_nodelay(true)?;
    let server = servers.admit(server);
    if servers.is_stopping() {
        // The stop may have looked through the list already.
        return Ok(());
    }
    let back = pipe::run(server.clone(), client.clone(), shape)?;
    pipe::run(client.clone(), server, shape)?.wait();
    back.wait();
    Ok(())
}

#[cfg(test)]
mod tests;
