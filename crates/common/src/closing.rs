//! The close, so that the last reply arrives.
//!
//! When a socket is closed while bytes from the peer lie unread, or more of them arrive, the kernel answers with a
//! reset, and a reset destroys what is still on its way to the peer. So a close that follows a reply is staged
//! (RFC 9112 section 9.6): first our side ends, then what still comes is read and dropped, until the peer is silent for
//! [`LINGER`].
//!
//! A stop ends our reading first, and from then on Linux answers whatever comes after the end of our writing with a
//! reset. So at a stop the order is turned: what comes is dropped until the peer is silent, and then the socket is
//! closed.
//!
//! A peer that has ended its side sends nothing more, and one whose silence was waited for has long had its reply:
//! they are closed at once. A peer that took nothing for the session's whole patience gets the reset: there is no
//! reply it could lose, and the kernel need not keep one for it.

use crate::stream::Stream;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// How long a closing connection waits for the next bytes to drop, so that its last reply arrives.
pub const LINGER: Duration = Duration::from_secs(2);

/// How long it goes on so, with a peer that does not stop sending.
pub const LONGEST_LINGER: Duration = Duration::from_secs(5);

/// How long a peer must be silent at a stop.
const QUIET: Duration = Duration::from_millis(200);

/// Ends our side, and reads until the peer ends its own, or is silent.
pub(crate) fn linger(stream: &impl Stream, buffer: &mut [u8]) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER))?;
    let deadline = Instant::now() + LONGEST_LINGER;
    while Instant::now() < deadline {
        match stream.read(buffer) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Drops what comes until nothing has come for a moment. Once our reading has ended, a read does not wait: it brings
/// what is there, or end-of-file.
pub(crate) fn settle(stream: &impl Stream, buffer: &mut [u8]) -> io::Result<()> {
    let deadline = Instant::now() + LONGEST_LINGER;
    let mut last = Instant::now();
    while last.elapsed() < QUIET && Instant::now() < deadline {
        match stream.read(buffer) {
            Ok(0) => std::thread::sleep(QUIET / 20),
            Ok(_) => last = Instant::now(),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
