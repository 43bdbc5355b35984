//! One connection: what is known of its socket, and how far its conversation is.

use common::Socket as _;
use common::conversation::{Conversation, Step};
use mio::event::Event;
use mio::net::TcpStream;
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
pub(super) struct Connection {
    stream: TcpStream,
    conversation: Conversation<Box<dyn Session + Send>>,
    /// When the conversation last went on.
    last: Instant,
    /// May a read succeed? The kernel reports it once, when it becomes so; we remember it until a read would wait.
    readable: bool,
    /// Likewise for a write.
    writable: bool,
    /// Has our side of the connection ended? What the client still sends is only read and dropped.
    has_ended: bool,
    /// Does it stand in the queue for a turn?
    pub(super) queued: bool,
}

/// How a turn has ended.
pub(super) enum Turn {
    /// It has done its share, and could go on.
    Unfinished,
    /// It waits: for the kernel's report, and until this moment at the latest.
    Waiting { until: Option<Instant> },
    /// The conversation is over, or broken off.
    Over,
}

impl Connection {
    /// Begins a conversation. What the client has sent already is still to be reported; room to write there is.
    pub(super) fn new(stream: TcpStream, session: Box<dyn Session + Send>, now: Instant) -> Self {
        let conversation = Conversation::new(session);
        Self {
            stream,
            conversation,
            last: now,
            readable: false,
            writable: true,
            has_ended: false,
            queued: false,
        }
    }

    /// Remembers what the kernel has reported. An end and an error are met by reading and by writing alike.
    pub(super) fn reported(&mut self, event: &Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
    }

    /// A deadline has come. Whether the peer is late the socket knows better than we do: its report may be in the next
    /// batch, behind those of a thousand others.
    pub(super) fn expired(&mut self) {
        (self.readable, self.writable) = (true, true);
    }

    /// The server stops: what has arrived is still read, and then comes end-of-file.
    ///
    /// Not so where our own side has ended: Linux would answer whatever the client still sends with a reset, and that
    /// destroys a reply on its way. Such a connection is about to close anyway.
    pub(super) fn end_reading(&mut self) {
        if self.has_ended {
            return;
        }
        // An error means that the peer is gone, which reading will say as well.
        let _ = self.stream.shutdown(Shutdown::Read);
        self.readable = true;
    }

    /// Goes on with the conversation, until it has to wait, has done its share, or is over. What a handler
    /// computes cannot be interrupted: until it is done, all others wait, and so does the stop.
    pub(super) fn turn(&mut self, now: Instant, buffer: &mut [u8], is_stopping: bool) -> Turn {
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
                        Some(n) => Input::Received(&buffer[..n]),
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
/// was room for does not: a read stops before urgent data, for one, and what lies behind it is never reported again.
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
