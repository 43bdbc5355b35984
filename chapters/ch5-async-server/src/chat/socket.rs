//! One socket: how it is set up, its writes, and its close.

use crate::chat::outbox::Sink;
use common::Socket;
use common::conversation::{LINGER, LONGEST_LINGER};
use socket2::{SockRef, TcpKeepalive};
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, timeout};

/// What the kernel may keep for a client that does not read. It would keep 4 MiB, and most of our limit would be its.
const SEND_BUFFER: usize = 64 * 1024;

/// What the kernel may keep of what a client sends and we have not read. At their pace we would read 6 MiB in minutes.
const RECEIVE_BUFFER: usize = 64 * 1024;

/// After so long a silence, the kernel asks the other machine whether it is there; and so often before it gives up.
const ASK_AFTER: Duration = Duration::from_secs(60);
const ASK_EVERY: Duration = Duration::from_secs(15);
const ASK: u32 = 4;

/// How long a close waits for more of what it drops, so that the last line arrives; and how long in all.
const LINGERS: [Duration; 2] = [LINGER, LONGEST_LINGER];

/// The same when the server stops, within its grace.
const LINGERS_AT_STOP: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client has ended its side, or is gone.
    TheirSide,
    /// We let it go.
    Ours,
}

/// Sets up a connection that may be silent for hours. What the kernel refuses is not needed to go on.
pub fn prepare(stream: &TcpStream, patience: Duration) {
    let socket = SockRef::from(stream);
    // What waits in an outbox is written at once, so Nagle's algorithm has nothing to gather.
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_send_buffer_size(SEND_BUFFER);
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    let keepalive = TcpKeepalive::new().with_time(ASK_AFTER).with_interval(ASK_EVERY);
    let _ = socket.set_tcp_keepalive(&keepalive.with_retries(ASK));
    // The kernel asks only while nothing is on its way. A line on its way to a machine that was switched off would
    // otherwise be sent again and again for a quarter of an hour. It also gives up a client that is there and takes
    // nothing (tcp(7)), so it must not be done before the patience is.
    let give_up = (ASK_AFTER + ASK_EVERY * ASK).max(patience + ASK_EVERY);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(give_up));
    // Elsewhere the system decides.
    #[cfg(not(target_os = "linux"))]
    let _ = give_up;
}

/// One `send(2)`. The kernel is asked directly: tokio knows what it was told last, and that may be long ago.
impl Sink for Arc<TcpStream> {
    fn take(&self, bytes: &[u8]) -> io::Result<usize> {
        SockRef::from(&**self).send(bytes)
    }
}

/// Writes one line to a new connection, whose buffer has room for it.
pub fn say_at_once(stream: &TcpStream, line: &str) {
    let _ = SockRef::from(stream).send(format!("{line}\n").as_bytes());
}

/// Closes a connection so that the last line arrives: with bytes unread, the kernel would close it by a reset, and a
/// reset destroys what is on its way (RFC 9112 section 9.6). So our side ends first, and what comes is dropped, until
/// the client has ended its own or is silent.
pub async fn close(stream: &TcpStream, stopping: &mut watch::Receiver<bool>) {
    // An error says that the client is gone, and so does each read.
    let _ = Socket::shutdown(stream, Shutdown::Write);
    tokio::select! {
        () = drain(stream, LINGERS) => {}
        () = begun(stopping) => drain(stream, LINGERS_AT_STOP).await,
    }
}

async fn drain(stream: &TcpStream, [silence, longest]: [Duration; 2]) {
    let until = Instant::now() + longest;
    while Instant::now() < until && timeout(silence, stream.readable()).await.is_ok() {
        match stream.try_read(&mut [0; 4096]) {
            Ok(0) => return,
            Err(error) if error.kind() != ErrorKind::WouldBlock => return,
            _ => consume_budget().await,
        }
    }
}

/// Waits until the stop has begun.
pub async fn begun(stopping: &mut watch::Receiver<bool>) {
    // An error says that the server is gone, which is a stop as well.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}
