//! A socket that is none, and an outbox in front of it.

use ch5_async_server::chat::outbox::{Outbox, Sink};
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// A socket that takes what it is given while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Socket(Arc<(AtomicBool, Mutex<Vec<u8>>)>);

impl Sink for Socket {
    fn take(&self, bytes: &[u8]) -> io::Result<usize> {
        if !self.0.0.load(Relaxed) {
            return Err(ErrorKind::WouldBlock.into());
        }
        // Some at a time, as sockets do.
        let n = bytes.len().min(1000);
        self.0.1.lock().unwrap().extend_from_slice(&bytes[..n]);
        Ok(n)
    }
}

impl Socket {
    pub(crate) fn open(&self, is_open: bool) {
        self.0.0.store(is_open, Relaxed);
    }
}

/// Room for so many bytes, in front of a socket that takes nothing yet.
pub(crate) fn outbox(room_for: usize) -> (Arc<Outbox>, Socket) {
    let socket = Socket::default();
    (Arc::new(Outbox::new(room_for, socket.clone())), socket)
}

/// What comes out when the socket takes something; the last line stands for a closed outbox.
pub(crate) fn drained(outbox: &Outbox, socket: &Socket) -> String {
    socket.open(true);
    outbox.flush().unwrap();
    socket.open(false);
    let lines = std::mem::take(&mut *socket.0.1.lock().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let is_closed = runtime.block_on(async {
        tokio::select! { biased; has_lines = outbox.has_lines() => !has_lines, () = async {} => false }
    });
    String::from_utf8(lines).unwrap() + if is_closed { "(closed)" } else { "" }
}
