//! `drive` for a thread that looks after many connections, and waits for none of them: each [`Step`] is one system call
//! that does what it can at once.
//!
//! A [`Connection`] is what is known of its socket, and how far its conversation is.

use crate::conversation::{Conversation, Step};
use crate::stream::Socket;
use session::{Input, Session};
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// What a connection may do before others have their turn: so many steps that succeed, and one write among them. This is
/// a request and its reply, 64 KiB of a body, or the next piece of a long reply. A session that has sent its replies
/// answers what it has received besides, another batch of requests; so a second write would be a third batch.
const STEPS: u32 = 4;

/// A socket and its conversation. What a thread keeps on its stack is here in a few words, so an idle connection costs
/// some hundred bytes.
pub struct Connection<S> {
    stream: S,
    conversation: Conversation<Box<dyn Session + Send>>,
    /// When the conversation last went on.
    last: Instant,
    /// May a read succeed? The kernel reports it once, when it becomes so; we remember it until a read would wait.
    readable: bool,
    /// Likewise for a write.
    writable: bool,
    /// Is all that has arrived read when a read brings less than there was room for?
    short_read_is_last: bool,
    /// Has our side of the connection ended? What the client still sends is only read and dropped.
    has_ended: bool,
    /// Does it stand in its loop's queue for a turn?
    pub queued: bool,
}

/// What the kernel has reported of a socket.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// There is something to read, or an end or an error to be met by reading.
    pub readable: bool,
    /// There is room to write, or an error to be met by writing.
    pub writable: bool,
    /// The report shows that nothing but bytes has come: no end, no error, no urgent data (`EPOLLRDHUP`, `EPOLLPRI` and
    /// their kin). Then a read that brings less than there was room for has brought all, and whatever comes after it is
    /// reported anew. A loop that does not ask for these reports says false.
    pub bytes_alone: bool,
}

/// How a turn has ended.
#[derive(Debug)]
pub enum Turn {
    /// It has done its share, and could go on.
    Unfinished,
    /// It waits: for the kernel's report, and until this moment at the latest.
    Waiting {
        /// `None` waits for ever.
        until: Option<Instant>,
    },
    /// The conversation is over, or broken off.
    Over,
}

impl<S: Socket + Read + Write> Connection<S> {
    /// Begins a conversation. What the client has sent already is still to be reported; room to write there is.
    pub fn new(stream: S, session: Box<dyn Session + Send>, now: Instant) -> Self {
        let conversation = Conversation::new(session);
        Self {
            stream,
            conversation,
            last: now,
            readable: false,
            writable: true,
            short_read_is_last: false,
            has_ended: false,
            queued: false,
        }
    }

    /// Remembers what the kernel has reported. An end and an error are met by reading and by writing alike.
    pub fn reported(&mut self, report: Report) {
        self.readable |= report.readable;
        self.writable |= report.writable;
        self.short_read_is_last = report.bytes_alone;
    }

    /// The socket, to have it watched.
    pub fn socket(&mut self) -> &mut S {
        &mut self.stream
    }

    /// When it last went on.
    pub fn last(&self) -> Instant {
        self.last
    }

    /// A deadline has come. Whether the peer is late the socket knows better than we do: its report may be in the next
    /// batch, behind those of a thousand others.
    pub fn expired(&mut self) {
        (self.readable, self.writable, self.short_read_is_last) = (true, true, false);
    }

    /// The server stops: what has arrived is still read, and then comes end-of-file.
    ///
    /// Not so where our own side has ended: Linux would answer whatever the client still sends with a reset, and that
    /// destroys a reply on its way. Such a connection is about to close anyway.
    pub fn end_reading(&mut self) {
        if self.has_ended {
            return;
        }
        // An error means that the peer is gone, which reading will say as well.
        let _ = self.stream.shutdown(Shutdown::Read);
        (self.readable, self.short_read_is_last) = (true, false);
    }

    /// Goes on with the conversation, until it has to wait, has done its share, or is over. What a handler
    /// computes cannot be interrupted: until it is done, all others wait, and so does the stop.
    pub fn turn(&mut self, now: Instant, buffer: &mut [u8], is_stopping: bool) -> Turn {
        // A handler that panics leaves a broken session behind, which nobody will look at again.
        let turn = catch_unwind(AssertUnwindSafe(|| {
            // If the handler of another client held us all up, then it was not this peer that was late. So first we
            // look whether it has moved, and only then at the clock.
            match self.steps(self.last, buffer, is_stopping)? {
                Turn::Waiting { until: Some(until) } if until <= now => {
                    self.steps(now, buffer, is_stopping)
                }
                turn => Ok(turn),
            }
        }));
        match turn {
            Ok(Ok(turn)) => turn,
            // The peer is gone, or our handler is: this one connection ends.
            Ok(Err(_)) | Err(_) => Turn::Over,
        }
    }

    /// The driver: like the one that blocks, but that it returns where that one would wait.
    fn steps(
        &mut self,
        mut now: Instant,
        buffer: &mut [u8],
        is_stopping: bool,
    ) -> io::Result<Turn> {
        let mut steps = 0;
        let mut has_written = false;
        while steps < STEPS {
            let input = match self.conversation.next(now, || is_stopping) {
                Step::Write { .. } if has_written => break,
                Step::Write { bytes, until } => {
                    match unless_it_waits(&mut self.writable, || self.stream.write(bytes))? {
                        Some(0) => return Err(ErrorKind::WriteZero.into()),
                        Some(n) => {
                            has_written = true;
                            Input::Wrote(n)
                        }
                        None => return Ok(Turn::Waiting { until }),
                    }
                }
                Step::Read { until } => {
                    match unless_it_waits(&mut self.readable, || self.stream.read(buffer))? {
                        Some(0) => Input::Eof,
                        Some(n) => {
                            self.readable = n == buffer.len() || !self.short_read_is_last;
                            Input::Received(&buffer[..n])
                        }
                        None => return Ok(Turn::Waiting { until }),
                    }
                }
                Step::Sleep { until } => return Ok(Turn::Waiting { until: Some(until) }),
                Step::EndWriting => {
                    self.stream.shutdown(Shutdown::Write)?;
                    self.has_ended = true;
                    continue;
                }
                Step::Close { reset } => {
                    if reset {
                        self.stream.reset_on_close()?;
                    }
                    return Ok(Turn::Over);
                }
            };
            // The handler before this one may have taken seconds, and a patience that is counted from before it would
            // be short. To read the clock takes no system call (vdso(7)).
            now = Instant::now();
            self.conversation.handle(input, now);
            self.last = now;
            steps += 1;
        }
        Ok(Turn::Unfinished)
    }
}

/// One `read(2)` or `write(2)`, if it may succeed. `None`: it would have to wait.
///
/// Only the kernel's word that it would have to (`EAGAIN`) makes us wait for a report. That fewer bytes came than there
/// was room for does not, by itself: a read stops before urgent data, for one, and what lies behind it is never reported
/// again.
fn unless_it_waits(
    is_ready: &mut bool,
    mut call: impl FnMut() -> io::Result<usize>,
) -> io::Result<Option<usize>> {
    while *is_ready {
        match call() {
            Ok(n) => return Ok(Some(n)),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => *is_ready = false,
                ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
