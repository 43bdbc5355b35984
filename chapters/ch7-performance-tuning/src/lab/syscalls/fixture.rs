//! Connections with both ends in this process, and a session: what prices and servers are measured with.

use common::service::{Kind, Standard};
use common::{Demo, Service as _};
use session::{Input, Session, Want};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Instant;

/// How many clients an event loop has here.
pub const CLIENTS: usize = 64;

/// What they ask for.
pub const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// A listener on a free port.
pub fn listener() -> io::Result<TcpListener> {
    common::listen::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
}

/// A connection: the client's end and the server's. The kernel completes it before anybody accepts, so one thread can do
/// both.
pub fn connect(listener: &TcpListener) -> io::Result<(TcpStream, TcpStream)> {
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    Ok((client, server))
}

/// A connection on which nobody gathers small writes.
pub fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let (client, server) = connect(&listener()?)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    Ok((client, server))
}

/// [`CLIENTS`] connections, whose servers' ends never wait.
pub fn crowd() -> io::Result<Vec<(TcpStream, mio::net::TcpStream)>> {
    let wait_never = |(client, server): (TcpStream, TcpStream)| {
        server.set_nonblocking(true)?;
        Ok((client, mio::net::TcpStream::from_std(server)))
    };
    (0..CLIENTS).map(|_| pair().and_then(wait_never)).collect()
}

/// A conversation of the demo application.
pub fn session() -> Box<dyn Session + Send> {
    Standard { kind: Kind::Http, patience: None, demo: Demo::default() }.session()
}

/// Lets a session answer [`REQUEST`], and hands its reply over.
pub fn answer(
    session: &mut (impl Session + ?Sized),
    mut send: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    session.handle(Input::Received(REQUEST), Instant::now());
    while let Want::Write { bytes, .. } = session.want() {
        let len = bytes.len();
        send(bytes)?;
        session.handle(Input::Wrote(len), Instant::now());
    }
    Ok(())
}
