//! The thread that sends, and what the one that receives knows of it.

use crate::failure::{Failure, Kind};
use crate::patience::Patience;
use crate::story::{Story, seconds};
use common::log::reason;
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The sending thread, as it sees itself.
#[derive(Debug)]
pub struct Sender {
    /// Where the bytes go.
    pub peer: SocketAddr,
    /// How long the server may take nothing of what we send; nothing here if the user set `SO_SNDTIMEO`.
    pub patience: Option<Duration>,
    /// What `--verbose` tells.
    pub story: Story,
    progress: Arc<Progress>,
}

/// What the two threads share.
#[derive(Debug, Default)]
struct Progress {
    /// Does the sending thread wait for somebody who types, or has it ended?
    idle: AtomicBool,
    datagrams: AtomicU64,
}

/// When the sending thread ended, and how.
type Outcome = (Instant, Result<(), Failure>);

impl Sender {
    /// Prepares to send to `peer`, which may take nothing for so long.
    pub fn new(peer: SocketAddr, patience: Option<Duration>, story: Story) -> Self {
        Self { peer, patience, story, progress: Arc::default() }
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
        let (tell, outcome) = mpsc::channel();
        let (story, progress) = (self.story, Arc::clone(&self.progress));
        let run = move || {
            let result = send(&self);
            self.set_idle(true);
            // If the receiver has gone, the program is about to end.
            let _ = tell.send((Instant::now(), result));
        };
        let thread = thread::Builder::new().name("send".into()).spawn(run);
        thread.map_err(|error| Failure::own("cannot start a thread", &error))?;
        Ok(Sending { outcome, progress, ended: None, story, yields: YIELDS })
    }

    /// Notes whether the thread waits for somebody who types.
    pub fn set_idle(&self, idle: bool) {
        self.progress.idle.store(idle, Ordering::SeqCst);
    }

    /// Notes that one more datagram is sent.
    pub fn sent_datagram(&self) {
        self.progress.datagrams.fetch_add(1, Ordering::SeqCst);
    }

    /// What a failing `send(2)` means.
    pub fn failed(&self, error: &io::Error) -> Failure {
        let tried = format!("cannot send everything to {}", self.peer);
        match error.kind() {
            // EAGAIN, "try again": SO_SNDTIMEO has passed, and the buffer was full all the time.
            ErrorKind::WouldBlock => match self.patience {
                Some(patience) => {
                    let happened = format!("timed out after {}", seconds(patience));
                    Failure::new(Kind::ReplyTimedOut, tried, happened)
                        .hint("the server takes nothing: is it busy, or stuck? see --read-timeout")
                }
                None => {
                    let happened = format!("send timed out: {}, EAGAIN", reason(error));
                    Failure::new(Kind::ReplyTimedOut, tried, happened)
                        .hint("SO_SNDTIMEO passed; without it, send waits for ever")
                }
            },
            // The server had closed its socket; when our bytes came for it, its kernel answered with a reset.
            ErrorKind::BrokenPipe => {
                Failure::new(Kind::Closed, tried, "the server closed the connection")
            }
            ErrorKind::TimedOut => Failure::new(Kind::ReplyTimedOut, tried, reason(error))
                .hint("nothing acknowledges our packets: is the network still up?"),
            _ => Failure::of(tried, error),
        }
    }
}

/// The sending thread, as the receiving one sees it.
#[derive(Debug)]
pub struct Sending {
    outcome: Receiver<Outcome>,
    progress: Arc<Progress>,
    ended: Option<Outcome>,
    story: Story,
    /// How long we may still wait for the sake of the story.
    yields: Duration,
}

/// How long the receiving thread holds back its part of the story, in all.
const YIELDS: Duration = Duration::from_secs(1);

/// How long the input may pause, once the server has ended, before we take it that no more of it matters.
const PAUSE: Duration = Duration::from_millis(250);

impl Sending {
    /// Tells a step, but lets the sending thread tell its own first. An answer may be here before the sending thread
    /// runs again to say that the question is sent, and a story in this order would be hard to believe.
    pub fn tell(&mut self, step: impl Display) {
        let start = Instant::now();
        while self.story.is_told && !self.is_idle() && start.elapsed() < self.yields {
            thread::sleep(Duration::from_micros(100));
        }
        // A sender that is busy for long waits for the server, not for the processor: then there is no order to keep.
        self.yields = self.yields.saturating_sub(start.elapsed());
        self.story.tell(step);
    }

    /// When the thread ended, if it has: because the input did, or because sending failed.
    pub fn ended(&mut self) -> Option<Instant> {
        if self.ended.is_none() {
            self.ended = self.outcome.try_recv().ok();
        }
        self.ended.as_ref().map(|(at, _)| *at)
    }

    /// Has sending gone well so far?
    ///
    /// # Errors
    ///
    /// It has failed.
    pub fn check(&mut self) -> Result<(), Failure> {
        self.ended();
        self.ended.as_ref().map_or(Ok(()), |(_, result)| result.clone())
    }

    /// How many datagrams are sent so far.
    pub fn datagrams(&self) -> u64 {
        self.progress.datagrams.load(Ordering::SeqCst)
    }

    /// Waits until everything is sent, now that nothing more will come. A person who may type for hours is not waited
    /// for: what they typed is sent, and nobody would answer the rest.
    ///
    /// # Errors
    ///
    /// Sending has failed, or takes too long.
    pub fn finish(&mut self, patience: &Patience) -> Result<(), Failure> {
        while self.ended.is_none() {
            match self.outcome.recv_timeout(PAUSE) {
                Ok(outcome) => self.ended = Some(outcome),
                Err(RecvTimeoutError::Timeout) if !self.is_idle() => patience.check(None)?,
                Err(_) => break,
            }
        }
        self.check()
    }

    fn is_idle(&self) -> bool {
        self.progress.idle.load(Ordering::SeqCst)
    }
}
