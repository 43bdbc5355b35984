//! `drive` for one thread that waits: each [`Step`] is one system call that blocks.

use crate::conversation::{Conversation, Step};
pub use crate::conversation::{LINGER, LONGEST_LINGER};
pub use crate::stream::Stream;
use crate::timer::Timer;
use session::{Input, Session};
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// Bytes that one `read(2)` may bring.
pub const READ: usize = 16 * 1024;

/// Bytes that it may bring at first. Most clients never send more at once, and so few have room on the stack, which is
/// in use anyway. For each page of the heap that a forked child writes to, the kernel has to make a copy first.
const AT_FIRST: usize = 1024;

/// Holds one conversation, from its first byte to its close.
///
/// How the close is staged is told in [`conversation`](crate::conversation).
///
/// # Errors
///
/// What the kernel reported about this one connection: mostly that the peer is gone. The caller has
/// nothing to do but to drop the stream.
pub fn drive(stream: &impl Stream, session: &mut (impl Session + ?Sized)) -> io::Result<()> {
    let mut conversation = Conversation::new(session);
    let mut socket = Socket::new(stream);
    let mut now = Instant::now();
    loop {
        let input = match conversation.next(now, || stream.is_stopping()) {
            Step::Write { bytes, until } => socket.write(bytes, until, now)?,
            Step::Read { until } => socket.read(until, now)?,
            Step::Sleep { until } => {
                std::thread::sleep(until.saturating_duration_since(now));
                Input::Tick
            }
            Step::EndWriting => {
                stream.shutdown(Shutdown::Write)?;
                continue;
            }
            Step::Close { reset: true } => return stream.reset_on_close(),
            Step::Close { reset: false } => return Ok(()),
        };
        now = Instant::now();
        conversation.handle(input, now);
    }
}

/// A stream, what was read last, and the timeouts that are set.
struct Socket<'s, S> {
    stream: &'s S,
    first: [u8; AT_FIRST],
    /// Has a read filled it?
    filled: bool,
    /// Used in its place from then on.
    large: Vec<u8>,
    reading: Timer,
    writing: Timer,
}

impl<'s, S: Stream> Socket<'s, S> {
    fn new(stream: &'s S) -> Self {
        // A write that its timeout cuts short tells how much it moved and not when; so it is not left alone for long.
        let (reading, writing) = (Timer::new(Duration::MAX), Timer::new(Duration::from_secs(1)));
        Self { stream, first: [0; AT_FIRST], filled: false, large: Vec::new(), reading, writing }
    }

    fn read(&mut self, until: Option<Instant>, now: Instant) -> io::Result<Input<'_>> {
        let stream = self.stream;
        let buffer = if self.filled {
            self.large.resize(READ, 0);
            &mut self.large[..]
        } else {
            &mut self.first[..]
        };
        let set = |timeout| stream.set_read_timeout(timeout);
        Ok(match in_time(&mut self.reading, until, now, set, || stream.read(buffer))? {
            None => Input::Tick,
            Some(0) => Input::Eof,
            Some(n) => {
                self.filled |= n == buffer.len();
                Input::Received(&buffer[..n])
            }
        })
    }

    fn write(
        &mut self,
        bytes: &[u8],
        until: Option<Instant>,
        now: Instant,
    ) -> io::Result<Input<'static>> {
        let stream = self.stream;
        let set = |timeout| stream.set_write_timeout(timeout);
        match in_time(&mut self.writing, until, now, set, || stream.write(bytes))? {
            None => Ok(Input::Tick),
            Some(0) => Err(ErrorKind::WriteZero.into()),
            Some(n) => Ok(Input::Wrote(n)),
        }
    }
}

/// One call that waits until a moment at the latest. `None`: it was in vain, because the socket's timeout passed or a
/// signal came (`EAGAIN`, `EINTR`). `ETIMEDOUT` is neither: the kernel has sent the same bytes again and again, nobody
/// acknowledged them, and the connection is no more.
///
/// If it has become too late meanwhile, there is one more call, a short one: when it was this process that was held up
/// (Ctrl-Z, a busy machine), what the peer did in time lies there.
fn in_time(
    timer: &mut Timer,
    until: Option<Instant>,
    now: Instant,
    set_timeout: impl Fn(Option<Duration>) -> io::Result<()>,
    mut call: impl FnMut() -> io::Result<usize>,
) -> io::Result<Option<usize>> {
    let mut now = now;
    loop {
        let is_last = until.is_some_and(|until| until <= now);
        timer.arm(until, now, &set_timeout)?;
        match call() {
            Ok(n) => return Ok(Some(n)),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
        now = Instant::now();
        if is_last || until.is_none_or(|until| now < until) {
            return Ok(None);
        }
    }
}
