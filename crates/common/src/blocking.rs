//! `drive` for one thread that waits: each [`Want`] is one system call that blocks.

use session::{Input, Session, Want};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// Bytes that one `read(2)` may bring.
pub const READ: usize = 16 * 1024;

/// How long a closing connection waits for the next bytes to drop, so that its last reply arrives (see [`drive`]).
pub const LINGER: Duration = Duration::from_secs(2);

/// How long it goes on so, with a peer that does not stop sending.
pub const LONGEST_LINGER: Duration = Duration::from_secs(5);

/// A connected stream socket. In a program a [`TcpStream`]; in tests something that fails on demand.
pub trait Stream {
    /// One `read(2)`.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;
    /// One `write(2)`.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    /// How long a read may wait (`SO_RCVTIMEO`); `None` is for ever.
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// How long a write may wait (`SO_SNDTIMEO`); `None` is for ever.
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// One `shutdown(2)`.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;
    /// Makes the close that follows a reset: what was not sent is thrown away (`SO_LINGER` of zero).
    fn reset_on_close(&self) -> io::Result<()>;
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
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        Self::shutdown(self, how)
    }
    fn reset_on_close(&self) -> io::Result<()> {
        socket2::SockRef::from(self).set_linger(Some(Duration::ZERO))
    }
}

/// Holds one conversation, from its first byte to its close.
///
/// # The close
///
/// When a socket is closed while bytes from the peer lie unread, or more of them arrive, the kernel answers with a
/// reset, and a reset can destroy the last reply before the peer has read it. So a close that follows a reply is staged
/// (RFC 9112 section 9.6): first our side ends, then what still comes is read and dropped, until the peer is silent
/// for [`LINGER`].
/// A peer that has ended its side sends nothing more, and one whose silence was waited for has long had its reply:
/// they are closed at once. A peer that took nothing for the session's whole patience gets the reset: there is no
/// reply it could lose, and the kernel need not keep one for it.
///
/// # Errors
///
/// What the kernel reported about this one connection: mostly that the peer is gone. The caller has
/// nothing to do but to drop the stream.
pub fn drive(stream: &impl Stream, session: &mut (impl Session + ?Sized)) -> io::Result<()> {
    let mut buffer = vec![0; READ];
    let (mut reading, mut writing) = (Timer::default(), Timer::default());
    let (mut peer_ended, mut gave_up) = (false, None);
    let mut now = Instant::now();
    loop {
        let (gave_up_before, began) = (gave_up.take(), now);
        let mut cut_short = false;
        let input = match session.want() {
            // A peer that moves a byte just in time, again and again, never lets a timeout pass. Its time is over
            // all the same.
            Want::Write { until, .. } if is_due(until, now) => {
                gave_up = Some(Waiting::ToWrite);
                Input::Tick
            }
            Want::Read { until } if is_due(until, now) => {
                gave_up = Some(Waiting::ToRead);
                Input::Tick
            }
            Want::Write { bytes, until } => {
                writing.arm(until, now, |timeout| stream.set_write_timeout(timeout))?;
                match in_time(stream.write(bytes))? {
                    Some(0) => return Err(ErrorKind::WriteZero.into()),
                    Some(n) => {
                        cut_short = n < bytes.len();
                        Input::Wrote(n)
                    }
                    None => {
                        gave_up = Some(Waiting::ToWrite);
                        Input::Tick
                    }
                }
            }
            Want::Read { until } => {
                reading.arm(until, now, |timeout| stream.set_read_timeout(timeout))?;
                match in_time(stream.read(&mut buffer))? {
                    Some(0) => {
                        peer_ended = true;
                        Input::Eof
                    }
                    Some(n) => Input::Received(&buffer[..n]),
                    None => {
                        gave_up = Some(Waiting::ToRead);
                        Input::Tick
                    }
                }
            }
            Want::Sleep { until } => {
                std::thread::sleep(until.saturating_duration_since(now));
                Input::Tick
            }
            Want::Close => {
                return match gave_up_before {
                    Some(Waiting::ToWrite) => stream.reset_on_close(),
                    Some(Waiting::ToRead) => Ok(()),
                    None if peer_ended => Ok(()),
                    None => linger(stream, &mut buffer),
                };
            }
        };
        now = Instant::now();
        // A write that its timeout cut short may have moved its bytes at once and then waited: the wait is no progress.
        session.handle(input, if cut_short { began } else { now });
    }
}

/// What the driver waited for, in vain.
enum Waiting {
    ToRead,
    ToWrite,
}

/// Ends our side, and reads until the peer ends its own, or is silent.
fn linger(stream: &impl Stream, buffer: &mut [u8]) -> io::Result<()> {
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

fn is_due(until: Option<Instant>, now: Instant) -> bool {
    until.is_some_and(|until| until <= now)
}

/// `None`: the socket's timeout passed, or a signal came (`EAGAIN`, `EINTR`). `ETIMEDOUT` is neither: the kernel has
/// sent the same bytes again and again, nobody acknowledged them, and the connection is no more.
fn in_time(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(n) => Ok(Some(n)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}

/// A socket's timeout, set as seldom as possible: one `setsockopt(2)` for each wait would cost about a tenth of a
/// small request. Waking too early is harmless, because an early [`Input::Tick`] is; so a timeout is left as it is
/// while it is not longer than the wait at hand, and not so short that it would wake us for nothing again and again.
#[derive(Debug, Default)]
struct Timer {
    set: Option<Duration>,
}

impl Timer {
    /// The kernel counts in ticks of some milliseconds, and std refuses a timeout of zero.
    const SHORTEST: Duration = Duration::from_millis(1);

    fn arm(
        &mut self,
        until: Option<Instant>,
        now: Instant,
        set_timeout: impl FnOnce(Option<Duration>) -> io::Result<()>,
    ) -> io::Result<()> {
        let left = until.map(|until| until.saturating_duration_since(now).max(Self::SHORTEST));
        let fits = match (self.set, left) {
            (Some(set), Some(left)) => set <= left && left < set * 4,
            (set, left) => set == left,
        };
        if !fits {
            self.set = left.map(|left| (left / 2).max(Self::SHORTEST));
            set_timeout(self.set)?;
        }
        Ok(())
    }
}
