//! `drive` for one thread that waits: each [`Want`] is one system call that blocks.

use crate::closing;
pub use crate::closing::{LINGER, LONGEST_LINGER};
pub use crate::stream::Stream;
use crate::timer::Timer;
use session::{Input, Session, Want};
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

/// Bytes that one `read(2)` may bring.
pub const READ: usize = 16 * 1024;

/// Holds one conversation, from its first byte to its close.
///
/// How the close is staged is told in [`closing`].
///
/// # Errors
///
/// What the kernel reported about this one connection: mostly that the peer is gone. The caller has
/// nothing to do but to drop the stream.
pub fn drive(stream: &impl Stream, session: &mut (impl Session + ?Sized)) -> io::Result<()> {
    let mut socket = Socket::new(stream);
    let mut now = Instant::now();
    loop {
        let input = match session.want() {
            Want::Write { bytes, until } => socket.write(bytes, until, now)?,
            Want::Read { until } => socket.read(until, now)?,
            Want::Sleep { until } => {
                std::thread::sleep(until.saturating_duration_since(now));
                Input::Tick
            }
            Want::Close => return socket.close(now),
        };
        now = Instant::now();
        session.handle(input, now);
    }
}

/// A stream, and what the driver has to remember of it.
struct Socket<'s, S> {
    stream: &'s S,
    buffer: Vec<u8>,
    reading: Timer,
    writing: Timer,
    /// When bytes were last sent.
    wrote: Option<Instant>,
    /// Has the peer ended its side, or the stop for it?
    ended: bool,
    /// What the last wait was for, if it was in vain.
    in_vain: Option<Waiting>,
}

/// What one can wait for.
#[derive(Clone, Copy)]
enum Waiting {
    ToRead,
    ToWrite,
}

impl<'s, S: Stream> Socket<'s, S> {
    fn new(stream: &'s S) -> Self {
        // A write that its timeout cuts short tells how much it moved and not when; so it is not left alone for long.
        let (reading, writing) = (Timer::new(Duration::MAX), Timer::new(Duration::from_secs(1)));
        let buffer = vec![0; READ];
        Self { stream, buffer, reading, writing, wrote: None, ended: false, in_vain: None }
    }

    fn read(&mut self, until: Option<Instant>, now: Instant) -> io::Result<Input<'_>> {
        if is_over(until, now) {
            return Ok(self.give_up(Waiting::ToRead));
        }
        self.reading.arm(until, now, |timeout| self.stream.set_read_timeout(timeout))?;
        match in_time(self.stream.read(&mut self.buffer))? {
            None => Ok(self.give_up(Waiting::ToRead)),
            Some(0) => {
                (self.ended, self.in_vain) = (true, None);
                Ok(Input::Eof)
            }
            Some(n) => {
                self.in_vain = None;
                Ok(Input::Received(&self.buffer[..n]))
            }
        }
    }

    fn write(
        &mut self,
        bytes: &[u8],
        until: Option<Instant>,
        now: Instant,
    ) -> io::Result<Input<'static>> {
        if is_over(until, now) {
            return Ok(self.give_up(Waiting::ToWrite));
        }
        self.writing.arm(until, now, |timeout| self.stream.set_write_timeout(timeout))?;
        match in_time(self.stream.write(bytes))? {
            None => Ok(self.give_up(Waiting::ToWrite)),
            Some(0) => Err(ErrorKind::WriteZero.into()),
            Some(n) => {
                (self.wrote, self.in_vain) = (Some(now), None);
                Ok(Input::Wrote(n))
            }
        }
    }

    fn give_up(&mut self, waiting: Waiting) -> Input<'static> {
        self.in_vain = Some(waiting);
        Input::Tick
    }

    fn close(mut self, now: Instant) -> io::Result<()> {
        let has_said = self.wrote.is_some_and(|wrote| now.duration_since(wrote) < LINGER);
        match self.in_vain {
            Some(Waiting::ToWrite) => self.stream.reset_on_close(),
            Some(Waiting::ToRead) => Ok(()),
            None if has_said && self.stream.is_stopping() => {
                closing::settle(self.stream, &mut self.buffer)
            }
            None if self.ended => Ok(()),
            None => closing::linger(self.stream, &mut self.buffer),
        }
    }
}

/// Is the wait over before it begins? A peer that moves a byte just in time, again and again, never lets a timeout
/// pass; its time ends all the same.
fn is_over(until: Option<Instant>, now: Instant) -> bool {
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
