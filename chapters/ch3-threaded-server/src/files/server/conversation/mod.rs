//! The conversation with a folder, as a session.
//!
//! It breaks one habit of the other sessions on purpose: `handle` reads and writes files, and so it may wait for a
//! disk. A thread can wait there as it waits for a socket; that is this chapter's answer. On an event loop the same
//! session would make every other client wait.

use crate::files::code::{Code, Refusal, count};
use crate::files::server::directory::{Directory, Entries};
use crate::files::server::download::Download;
use crate::files::server::output::Output;
use crate::files::server::upload::Upload;
use session::{Input, Session, Want};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

mod steps;

use steps::Waits;

/// How long a client may be silent, or take nothing.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One client's conversation with a [`Directory`].
#[derive(Debug)]
pub struct Conversation {
    directory: Arc<Directory>,
    patience: Duration,
    /// Received and not used yet: at most a line and what one read brings.
    input: Vec<u8>,
    output: Output,
    doing: Doing,
    /// Has the client ended its side, or the stop for it?
    ended: bool,
    /// When the client is given up.
    until: Instant,
    /// When there is work to do that waits for nobody.
    work: Option<Instant>,
}

#[derive(Debug)]
enum Doing {
    /// Waits for a command.
    Listening,
    Listing {
        entries: Entries,
        count: u64,
    },
    /// Hashes what the client has.
    Skipping(Download),
    Sending(Download),
    /// Hashes what we have.
    Checking(Upload),
    Receiving(Upload),
    Closing,
}

impl Conversation {
    /// Begins a conversation at `now`; a client that is silent or stuck for `patience` is dropped.
    pub fn new(directory: Arc<Directory>, patience: Duration, now: Instant) -> Self {
        Self {
            directory,
            patience,
            input: Vec::new(),
            output: Output::default(),
            doing: Doing::Listening,
            ended: false,
            until: now + patience,
            work: None,
        }
    }

    /// Goes on until something is owed, or must be waited for. One call handles one chunk of a file.
    fn go_on(&mut self, now: Instant) {
        self.work = None;
        while self.output.owed().is_empty() {
            let doing = mem::replace(&mut self.doing, Doing::Closing);
            let (next, waits) = self.step(doing);
            self.doing = next;
            match waits {
                Waits::No => {}
                Waits::ForPeer => return,
                // A moment later, so that whoever drives us can do something else in between.
                Waits::ForUs => {
                    self.work = Some(now + Duration::from_nanos(1));
                    self.until = now + self.patience;
                    return;
                }
            }
        }
    }

    /// The client was silent, or stuck, for the whole patience.
    fn give_up(&mut self) {
        let is_stuck = !self.output.owed().is_empty();
        self.output = Output::default();
        self.doing = Doing::Closing;
        if !is_stuck {
            let patience = count(self.patience.as_secs(), "second", "seconds");
            let text = format!("nothing came for {patience}");
            self.output.line(Refusal::new(Code::Timeout, text));
        }
    }
}

impl Session for Conversation {
    fn want(&self) -> Want<'_> {
        match (self.output.owed(), self.work, &self.doing) {
            ([], Some(until), _) => Want::Sleep { until },
            ([], None, Doing::Closing) => Want::Close,
            ([], None, _) => Want::Read { until: Some(self.until) },
            (bytes, ..) => Want::Write { bytes, until: Some(self.until) },
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Tick => match self.work {
                Some(work) if now >= work => self.go_on(now),
                None if now >= self.until => {
                    self.give_up();
                    self.until = now + self.patience;
                }
                _ => {}
            },
            Input::Received(bytes) => {
                // A command must come within the patience, however it is cut; of a file, each byte counts.
                if !matches!(self.doing, Doing::Listening) {
                    self.until = now + self.patience;
                }
                let rest = self.pass_on(bytes);
                self.input.extend_from_slice(rest);
                self.go_on(now);
            }
            Input::Eof => {
                self.ended = true;
                self.go_on(now);
            }
            Input::Wrote(n) => {
                self.output.sent(n);
                self.until = now + self.patience;
                self.go_on(now);
            }
        }
    }
}
