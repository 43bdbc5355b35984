//! The hostile servers do what their names say, seen by a plain socket.

mod datagrams;
mod program;
mod streams;

use std::net::TcpStream;
use std::time::Duration;

/// Bounds a failure.
const DEADLINE: Duration = Duration::from_secs(15);

/// A plain client that does not wait for ever.
fn connect(addr: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    stream
}
