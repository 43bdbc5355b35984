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

/// At a stop, a peer is silent when so many looks in a row find nothing, and so long lies between two of them. Looks are
/// counted, and not time: on a busy machine a pause may be much longer than it should, and what came in it is not seen.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

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
    let mut empty = 0;
    while Instant::now() < deadline {
        match stream.read(buffer) {
            Ok(n) if n > 0 => empty = 0,
            Err(error)
                if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                return Err(error);
            }
            _ => empty += 1,
        }
        match empty {
            0 => {}
            LOOKS => break,
            _ => std::thread::sleep(BETWEEN_LOOKS),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// What each read brings, in turn; nothing after that. Each entry that was read is taken off.
    struct Late(RefCell<Vec<usize>>);

    impl Stream for Late {
        fn read(&self, _: &mut [u8]) -> io::Result<usize> {
            let mut script = self.0.borrow_mut();
            Ok(if script.is_empty() { 0 } else { script.remove(0) })
        }
        fn write(&self, _: &[u8]) -> io::Result<usize> {
            unreachable!("nothing is written any more")
        }
        fn set_read_timeout(&self, _: Option<Duration>) -> io::Result<()> {
            Ok(())
        }
        fn set_write_timeout(&self, _: Option<Duration>) -> io::Result<()> {
            Ok(())
        }
        fn shutdown(&self, how: Shutdown) -> io::Result<()> {
            unreachable!("{how:?} would have Linux answer late bytes with a reset")
        }
        fn reset_on_close(&self) -> io::Result<()> {
            unreachable!("the peer would lose its reply")
        }
    }

    #[test]
    fn at_a_stop_what_comes_late_is_still_read() {
        let almost = vec![0; LOOKS as usize - 1];
        let script = [&[5][..], &almost, &[7], &almost, &[1]].concat();
        let late = Late(RefCell::new(script));
        settle(&late, &mut [0; 8]).unwrap();
        assert!(late.0.borrow().is_empty(), "left unread: {:?}", late.0.borrow());
    }
}
