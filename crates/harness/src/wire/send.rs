//! The sending half.

use std::io::{self, Write};
use std::net::Shutdown;
use std::time::Duration;

use socket2::SockRef;

use super::Wire;

impl Wire {
    /// Sends all bytes.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        if let Err(error) = self.try_send(bytes) {
            self.fail(format!("cannot send: {error}"));
        }
    }

    /// Sends all bytes, or says why not: for servers that may have closed.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.transcript.sent(bytes.as_ref());
        self.stream.write_all(bytes.as_ref())
    }

    /// Sends the bytes in pieces of `size`, each a segment of its own.
    #[track_caller]
    pub fn send_pieces(&mut self, bytes: impl AsRef<[u8]>, size: usize) {
        self.transcript.sent_in_pieces(bytes.as_ref(), size);
        for piece in bytes.as_ref().chunks(size) {
            if let Err(error) = self.stream.write_all(piece) {
                self.fail(format!("cannot send: {error}"));
            }
        }
    }

    /// Sends one byte as TCP urgent data.
    #[track_caller]
    pub fn send_urgent(&mut self, byte: u8) {
        self.transcript.note(format!("sent urgent data {:?}", char::from(byte)));
        if let Err(error) = SockRef::from(&self.stream).send_out_of_band(&[byte]) {
            self.fail(format!("cannot send urgent data: {error}"));
        }
    }

    /// Says that nothing more will be sent (FIN); replies can still come.
    #[track_caller]
    pub fn half_close(&mut self) {
        self.transcript.note("half-closed: nothing more will be sent");
        // A peer that has already reset the connection is found by the read that follows.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Closes by RST instead of FIN, and forgets what is unread.
    #[track_caller]
    pub fn reset(self) {
        if let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)) {
            self.fail(format!("cannot set SO_LINGER: {error}"));
        }
    }
}
