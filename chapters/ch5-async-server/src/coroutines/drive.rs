//! `drive` for a coroutine: the blocking driver, with `.await` where that one waits.

use common::blocking::READ;
use common::connections::Connection;
use common::{Conversation, Socket as _, Step};
use session::{Input, Session};
use socket2::SockRef;
use std::cell::Cell;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::mem;
use std::net::Shutdown;
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{sleep_until, timeout_at};

/// So many steps in a row a coroutine may do without having waited, and one write. Then the others on its thread have
/// their turn: nobody can take the thread away from a coroutine, so it has to give it away.
const STEPS: u32 = 4;

thread_local! {
    /// The buffer of whoever waits. A thread resumes one coroutine at a time, so one buffer is enough for it.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Holds one conversation, from its first byte to its close.
///
/// # Errors
///
/// What the kernel reported about this one connection: mostly that the peer is gone.
pub async fn drive(connection: &Connection<TcpStream>, session: impl Session) -> io::Result<()> {
    let mut conversation = Conversation::new(session);
    let mut socket = Socket { stream: connection, buffer: Vec::new(), steps: 0, wrote: false };
    let mut now = Instant::now();
    loop {
        let input = match conversation.next(now, || connection.is_stopping()) {
            Step::Write { bytes, until } => socket.write(bytes, until).await?,
            Step::Read { until } => socket.read(until).await?,
            Step::Sleep { until } => {
                socket.rest();
                sleep_until(until.into()).await;
                Input::Tick
            }
            Step::EndWriting => {
                connection.shutdown(Shutdown::Write)?;
                continue;
            }
            Step::Close { reset: true } => return connection.reset_on_close(),
            Step::Close { reset: false } => return Ok(()),
        };
        now = Instant::now();
        conversation.handle(input, now);
    }
}

/// A stream, and what a conversation needs while it does not wait.
struct Socket<'s> {
    stream: &'s TcpStream,
    /// Empty while the coroutine waits: a thousand idle connections hold no buffer at all.
    buffer: Vec<u8>,
    /// Steps since the last wait.
    steps: u32,
    /// Was one of them a write?
    wrote: bool,
}

impl Socket<'_> {
    async fn read(&mut self, until: Option<Instant>) -> io::Result<Input<'_>> {
        self.take_turns(self.steps == STEPS).await;
        loop {
            self.provide_buffer();
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(0) => return Ok(Input::Eof),
                Ok(_) => return Ok(Input::Received(&self.buffer)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.rest(),
                Err(error) => return Err(error),
            }
            if !in_time(until, self.stream.readable()).await? {
                return self.look_once_more();
            }
        }
    }

    async fn write(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<Input<'static>> {
        self.take_turns(self.wrote || self.steps == STEPS).await;
        loop {
            match self.stream.try_write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(n) => {
                    self.wrote = true;
                    return Ok(Input::Wrote(n));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.rest(),
                Err(error) => return Err(error),
            }
            if !in_time(until, self.stream.writable()).await? {
                // As in `look_once_more`, of which this is the other half.
                let late = (&*SockRef::from(self.stream)).write(bytes);
                return Ok(unless_it_waits(late)?.map_or(Input::Tick, Input::Wrote));
            }
        }
    }

    /// The time is over. But when it was this process that was held up, what the peer did in time lies in the socket,
    /// and tokio may not have heard of it yet: so the kernel is asked, and not tokio.
    fn look_once_more(&mut self) -> io::Result<Input<'_>> {
        self.provide_buffer();
        self.buffer.resize(READ, 0);
        let late = (&*SockRef::from(self.stream)).read(&mut self.buffer);
        Ok(match unless_it_waits(late)? {
            None => Input::Tick,
            Some(0) => Input::Eof,
            Some(n) => Input::Received(&self.buffer[..n]),
        })
    }

    fn provide_buffer(&mut self) {
        if self.buffer.capacity() == 0 {
            self.buffer = SPARE.take();
        }
        // In this order: what is to be read next is never added to what was read last.
        self.buffer.clear();
        self.buffer.reserve_exact(READ);
    }

    /// The coroutine is about to wait: it gives back what it needs only while it runs.
    fn rest(&mut self) {
        (self.steps, self.wrote) = (0, false);
        if self.buffer.capacity() > 0 {
            SPARE.set(mem::take(&mut self.buffer));
        }
    }

    async fn take_turns(&mut self, had_mine: bool) {
        if had_mine {
            self.rest();
            yield_now().await;
        }
        self.steps += 1;
    }
}

/// `None`: the call would have to wait.
fn unless_it_waits(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(n) => Ok(Some(n)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Waits until the socket is ready. False: the time is over.
async fn in_time(
    until: Option<Instant>,
    ready: impl Future<Output = io::Result<()>>,
) -> io::Result<bool> {
    match until {
        None => ready.await.map(|()| true),
        Some(until) => match timeout_at(until.into(), ready).await {
            Ok(end) => end.map(|()| true),
            Err(_elapsed) => Ok(false),
        },
    }
}
