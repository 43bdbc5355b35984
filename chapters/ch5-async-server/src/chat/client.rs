//! One connection: what it says is read, and what it is told is written.

use crate::chat::lines::Lines;
use crate::chat::outbox::Outbox;
use crate::chat::protocol::FULL;
use crate::chat::reader::Reader;
use crate::chat::seat::SharedHall;
use crate::chat::socket::{self, End};
use common::Socket as _;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// What every connection is given.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Where everybody is.
    pub hall: SharedHall,
    /// Bytes that may wait for one client.
    pub outbox: usize,
    /// How long a client may take to say its name, or to take what is there for it.
    pub patience: Duration,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
}

/// Holds one conversation, from the greeting to the close. `unheard` is dropped when everything that had arrived before
/// a stop was read.
pub async fn converse(stream: TcpStream, mut shared: Shared, unheard: watch::Receiver<()>) {
    socket::prepare(&stream, shared.patience);
    let stream = Arc::new(stream);
    let outbox = Arc::new(Outbox::new(shared.outbox, Arc::clone(&stream)));
    let reading = async {
        let end = Reader::new(Lines::new(&stream), &shared, &outbox).read(unheard).await;
        // The reader is gone, and with it the seat in the hall: the others know. What is in the outbox is still sent.
        outbox.close("");
        end
    };
    let writing = async {
        let written = tokio::select! {
            written = write(&stream, &outbox, shared.patience) => written.is_ok(),
            () = too_late(&outbox, shared.patience) => false,
        };
        // Who cannot be told anything is not read any more.
        outbox.close("");
        written
    };
    match tokio::join!(reading, writing) {
        (End::Ours, true) => socket::close(&stream, &mut shared.stopping).await,
        (End::TheirSide, true) => {}
        // It does not take what is there for it, and the kernel need not keep that.
        (_, false) => drop(stream.reset_on_close()),
    }
}

/// Writes what is in the outbox, until it is closed and empty. Who takes nothing for the whole patience is given up.
async fn write(stream: &TcpStream, outbox: &Outbox, patience: Duration) -> io::Result<()> {
    while outbox.has_lines().await {
        // That it would have to wait is told to tokio, which then waits for the kernel.
        match stream.try_io(Interest::WRITABLE, || outbox.flush()) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                timeout(patience, stream.writable()).await??;
            }
            Err(error) => {
                // It is gone. What it has sent before is still read, up to the end that the one who reads will find.
                outbox.closed().await;
                return Err(error);
            }
            Ok(()) => {}
        }
    }
    Ok(())
}

/// Who is let go has the patience once to take what is left, however little they take at a time.
async fn too_late(outbox: &Outbox, patience: Duration) {
    outbox.closed().await;
    sleep(patience).await;
}

/// Says that there is no room. In the backlog a person would wait for hours, and wonder.
pub async fn refuse(stream: TcpStream, mut stopping: watch::Receiver<bool>) {
    socket::say_at_once(&stream, FULL);
    socket::close(&stream, &mut stopping).await;
}
