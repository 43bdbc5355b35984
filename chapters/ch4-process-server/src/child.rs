//! What a forked child does: it serves one client, and then perhaps another.

use crate::process;
use common::{Socket, Stream, blocking};
use session::Session;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Holds one conversation. A handler that panics costs this client its connection, and nobody else anything.
pub(crate) fn serve(stream: &TcpStream, session: &mut dyn Session) {
    let client = Client::new(stream);
    // An error is the end of this one connection, and closing it is all that can be done about it.
    let _ = catch_unwind(AssertUnwindSafe(|| blocking::drive(&client, session)));
}

/// The client of this process: its reading ends when the process is told to stop.
struct Client<'s>(&'s TcpStream);

impl<'s> Client<'s> {
    fn new(stream: &'s TcpStream) -> Self {
        process::serves(Some(stream.as_fd()));
        Self(stream)
    }
}

impl Drop for Client<'_> {
    /// Before the descriptor is closed, and its number is another's.
    fn drop(&mut self) {
        process::serves(None);
    }
}

impl Socket for Client<'_> {
    /// Once our own side has ended, the signal leaves the reading alone: Linux would answer whatever the client still
    /// sends with a reset, and that destroys a reply on its way.
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if how == Shutdown::Write {
            process::serves(None);
        }
        Socket::shutdown(self.0, how)
    }
    fn reset_on_close(&self) -> io::Result<()> {
        self.0.reset_on_close()
    }
}

impl Stream for Client<'_> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Stream::read(self.0, buffer)
    }
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Stream::write(self.0, bytes)
    }
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(timeout)
    }
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(timeout)
    }
    fn is_stopping(&self) -> bool {
        process::is_stopping()
    }
}
