//! A connected socket, as far as a driver needs one.

use socket2::SockRef;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

/// A connected socket, as every driver needs it. In a program whatever has a descriptor; in tests something that fails
/// on demand.
pub trait Socket {
    /// One `shutdown(2)`.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;
    /// Makes the close that follows a reset: what was not sent is thrown away (`SO_LINGER` of zero).
    fn reset_on_close(&self) -> io::Result<()>;
}

impl<F: AsFd> Socket for F {
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        SockRef::from(self).shutdown(how)
    }
    fn reset_on_close(&self) -> io::Result<()> {
        SockRef::from(self).set_linger(Some(Duration::ZERO))
    }
}

/// A connected socket whose calls wait, as the blocking driver needs it.
pub trait Stream: Socket {
    /// One `read(2)`.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;
    /// One `write(2)`.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    /// How long a read may wait (`SO_RCVTIMEO`); `None` is for ever.
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// How long a write may wait (`SO_SNDTIMEO`); `None` is for ever.
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// Was our reading ended by ourselves, because the server stops?
    fn is_stopping(&self) -> bool {
        false
    }
}

impl Stream for TcpStream {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut &*self, buffer)
    }
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, bytes)
    }
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_read_timeout(self, timeout)
    }
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        Self::set_write_timeout(self, timeout)
    }
}
