//! The lines of one client, as they arrive.

use crate::chat::splitter::{Heard, Splitter};
use socket2::SockRef;
use std::io::{self, ErrorKind, Read};
use tokio::net::TcpStream;
use tokio::task::coop::consume_budget;

/// Bytes that one `read(2)` may bring.
const READ: usize = 4096;

/// Reads lines from a socket. While it waits, it holds a line that has begun, and nothing else.
#[derive(Debug)]
pub struct Lines<'a> {
    stream: &'a TcpStream,
    splitter: Splitter,
    is_stopping: bool,
    has_ended: bool,
}

impl<'a> Lines<'a> {
    /// For a connection of which nothing was read yet.
    pub fn new(stream: &'a TcpStream) -> Self {
        Self { stream, splitter: Splitter::default(), is_stopping: false, has_ended: false }
    }

    /// The next line, if it was read already.
    pub fn cut(&mut self) -> Option<Heard> {
        self.splitter.next()
    }

    /// Is there no more to read?
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// From now on, what has not arrived is not waited for. A line that has not ended is none: its rest will not be read.
    pub fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// Waits for bytes, and returns how many there were. Whoever gives up waiting has lost nothing.
    pub async fn read(&mut self) -> usize {
        // A socket that always has bytes never makes this wait. Here the other coroutines of this thread have their turn.
        consume_budget().await;
        let ready = if self.is_stopping { Ok(()) } else { self.stream.readable().await };
        // It lives between two waits, so it is on the thread's stack and not in the coroutine.
        let mut buffer = [0; READ];
        let read = ready.and_then(|()| match self.is_stopping {
            false => self.stream.try_read(&mut buffer),
            // The kernel is asked directly. tokio knows what it was told last, and that may be older than the stop.
            true => (&*SockRef::from(self.stream)).read(&mut buffer),
        });
        self.take(&buffer, read)
    }

    fn take(&mut self, buffer: &[u8], read: io::Result<usize>) -> usize {
        match read {
            Ok(0) => self.splitter.end(),
            Ok(n) => {
                self.splitter.feed(&buffer[..n]);
                return n;
            }
            Err(error) if is_nothing_yet(&error) && !self.is_stopping => return 0,
            // The client is gone, by a reset for example; or it is the stop, and nothing more has arrived.
            Err(_) => {}
        }
        self.has_ended = true;
        0
    }
}

fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
