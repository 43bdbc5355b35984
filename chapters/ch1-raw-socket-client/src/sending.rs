//! The thread that sends, and what the one that receives knows of it.

use crate::failure::{self, Failure, Kind};
use crate::input::{CHUNK, Pace};
use crate::story::{Story, count, grouped, seconds};
use common::log::reason;
use socket2::Socket;
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the sending thread does.
#[derive(Clone, Debug)]
pub enum State {
    /// It waits for its input.
    Reading,
    /// It has something to send.
    Sending,
    /// The send buffer is full, and it waits for room.
    Full,
    /// It has ended: when, and how.
    Ended(Instant, Result<(), Failure>),
}

/// How far the sending thread is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What it does.
    pub state: State,
    /// How many calls of `send(2)` took something: with UDP, the number of datagrams.
    pub sends: u64,
    /// How many bytes they took.
    pub bytes: u64,
}

#[derive(Debug)]
struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

/// The sending thread, as it sees itself.
#[derive(Debug)]
pub struct Sender {
    /// Where the bytes go.
    pub peer: SocketAddr,
    /// How long the server may take nothing of what we send; nothing here if the user set `SO_SNDTIMEO`.
    pub patience: Option<Duration>,
    /// How the input comes.
    pub pace: Pace,
    /// What `--verbose` tells.
    pub story: Story,
    shared: Arc<Shared>,
}

impl Sender {
    /// Prepares to send to `peer`, which may take nothing for so long.
    pub fn new(peer: SocketAddr, patience: Option<Duration>, pace: Pace, story: Story) -> Self {
        let progress = Mutex::new(Progress { state: State::Sending, sends: 0, bytes: 0 });
        let shared = Arc::new(Shared { progress, changed: Condvar::new() });
        Self { peer, patience, pace, story, shared }
    }

    /// Starts the thread, which runs `send` to its end.
    ///
    /// # Errors
    ///
    /// The system has no thread to give.
    pub fn start(
        self,
        send: impl FnOnce(&Self) -> Result<(), Failure> + Send + 'static,
    ) -> Result<Sending, Failure> {
        let sending = Sending {
            shared: Arc::clone(&self.shared),
            pace: self.pace,
            story: self.story,
            order: ORDER,
        };
        let run = move || {
            let result = send(&self);
            self.set(State::Ended(Instant::now(), result));
        };
        let thread = thread::Builder::new().name("send".into()).spawn(run);
        thread.map_err(|error| failure::own("cannot start a thread", &error))?;
        Ok(sending)
    }

    /// Notes that the thread asks for more input, which may take its time.
    pub fn reads(&self) {
        if self.pace != Pace::Stored {
            self.set(State::Reading);
        }
    }

    /// Notes that the input has given something, or its end.
    pub fn has_read(&self) {
        self.set(State::Sending);
    }

    /// One `send(2)`: how many of these bytes the kernel took. It is counted and told here, and nowhere else.
    ///
    /// If the buffer is full, `send(2)` waits, but looks up many times a second (`SO_SNDTIMEO`), so that we can say
    /// how long it has taken nothing at all.
    ///
    /// # Errors
    ///
    /// It took nothing in time, or the connection is broken.
    pub fn send(&self, socket: &Socket, bytes: &[u8]) -> Result<usize, Failure> {
        let start = Instant::now();
        loop {
            match socket.send(bytes) {
                Ok(sent) => {
                    let (part, all) = (grouped(sent as u64), count(bytes.len(), "byte"));
                    self.story.tell(format_args!("sent {part} of {all}"));
                    self.shared.update(|progress| {
                        progress.state = State::Sending;
                        progress.sends += 1;
                        progress.bytes += sent as u64;
                    });
                    return Ok(sent);
                }
                // A signal came before the first byte was taken. Nothing is lost.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // EAGAIN, "try again": the look is over, and the buffer was full all the time.
                Err(error)
                    if error.kind() == ErrorKind::WouldBlock
                        && self.patience.is_some_and(|patience| start.elapsed() < patience) =>
                {
                    self.set(State::Full);
                }
                Err(error) => return Err(self.failed(&error)),
            }
        }
    }

    /// What a failing `send(2)` or `shutdown(2)` means.
    pub fn failed(&self, error: &io::Error) -> Failure {
        failed(self.peer, self.patience, error)
    }

    fn set(&self, state: State) {
        self.shared.update(|progress| progress.state = state);
    }
}

/// What an error means that came of sending.
pub fn failed(peer: SocketAddr, patience: Option<Duration>, error: &io::Error) -> Failure {
    let tried = format!("cannot send everything to {peer}");
    match error.kind() {
        ErrorKind::WouldBlock => match patience {
            Some(patience) => {
                let happened = format!("timed out after {}", seconds(patience));
                Failure::new(Kind::ReplyTimedOut, tried, happened)
                    .hint("the server takes nothing: is it busy, or stuck? see --read-timeout")
            }
            None => {
                let happened = format!("send timed out: {}, EAGAIN", reason(error));
                Failure::new(Kind::ReplyTimedOut, tried, happened)
                    .hint("SO_SNDTIMEO passed; without it, --read-timeout counts")
            }
        },
        // The server had closed its socket; when our bytes came for it, its kernel answered with a reset.
        ErrorKind::BrokenPipe | ErrorKind::NotConnected => {
            Failure::new(Kind::Closed, tried, "the server closed the connection")
        }
        ErrorKind::TimedOut => Failure::new(Kind::ReplyTimedOut, tried, reason(error))
            .hint("nothing acknowledges our packets: is the network still up?"),
        _ => failure::of(tried, error),
    }
}

/// The sending thread, as the receiving one sees it.
#[derive(Debug)]
pub struct Sending {
    shared: Arc<Shared>,
    /// How the input comes.
    pub pace: Pace,
    /// What `--verbose` tells.
    pub story: Story,
    /// How long we may still wait for the sake of the story.
    order: Duration,
}

/// How long the receiving thread waits for the order of the story, in all.
const ORDER: Duration = Duration::from_secs(5);

impl Sending {
    /// How far the thread is.
    pub fn progress(&self) -> Progress {
        self.shared.lock().clone()
    }

    /// When and how the thread ended, if it has: because the input did, or because sending failed.
    pub fn ended(&self) -> Option<(Instant, Result<(), Failure>)> {
        match self.progress().state {
            State::Ended(at, result) => Some((at, result)),
            _ => None,
        }
    }

    /// Waits until this holds of the thread, but no longer than that.
    pub fn wait(&self, within: Duration, holds: impl Fn(&Progress) -> bool) {
        let progress = self.shared.lock();
        // Whether it holds or the time is over: the caller looks again.
        let _ = self.shared.changed.wait_timeout_while(progress, within, |now| !holds(now));
    }

    /// Tells a step of the receiving thread. An answer may be here before the sending thread runs again to say that
    /// the question is sent, and a story in this order would be hard to believe. So that one may speak first, unless
    /// it waits for something itself, or sends so much that questions and answers are not in turn anyway.
    pub fn tell(&mut self, step: impl Display) {
        if !self.story.is_told {
            return;
        }
        let start = Instant::now();
        self.wait(self.order, |progress| {
            !matches!(progress.state, State::Sending) || progress.bytes >= CHUNK as u64
        });
        self.order = self.order.saturating_sub(start.elapsed());
        self.story.tell(step);
    }
}
