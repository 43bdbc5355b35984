//! One connection, served.
//!
//! ```text
//!            a head arrives           its body arrives
//!   Head ───────────────────▶ Body ────────────────────▶ the application answers
//!    ▲                          │                           │
//!    │                          │ refused                   │ due later? ──▶ Due
//!    │                          ▼                           ▼                 │
//!    └── kept ─────────── the reply goes into the outbox ◀────────────────────┘
//!                               │
//!                               └── refused, or told to close ──▶ Closing
//! ```
//!
//! Requests that arrive together are answered together, in order, up to a [batch](crate::limits::BATCH) of them and as
//! long as the replies fit the [outbox](crate::limits::OUTBOX). The rest waits until these are sent, and so does the peer.

mod manner;
mod outbox;
mod receiving;
mod steps;

use crate::encode::Calendar;
use crate::{Limits, Reply, Request};
use manner::Manner;
use outbox::Outbox;
use receiving::{Receiving, Waiting};
use session::{Input, Session, Want};
use std::time::{Instant, SystemTime};

/// Answers requests: the part of a server that is not HTTP.
pub trait App {
    /// Answers one request. It is called with the whole request, one at a time for each connection.
    fn answer(&self, request: &Request<'_>) -> Reply;
}

impl<F: Fn(&Request<'_>) -> Reply> App for F {
    fn answer(&self, request: &Request<'_>) -> Reply {
        self(request)
    }
}

/// One connection's conversation in HTTP/1.1, on the server's side.
#[derive(Debug)]
pub struct Server<A> {
    app: A,
    limits: Limits,
    calendar: Calendar,
    phase: Phase,
    /// Received and not understood yet: part of a head or of a chunk's frame, or requests that must wait.
    inbox: Vec<u8>,
    outbox: Outbox,
    /// Replies that were put into the outbox since it was last empty.
    replies: u8,
    /// Bytes of the largest buffer that is kept for the next reply.
    kept: u16,
    /// Has the client said that its request was the last, and sent nothing after it?
    heard_all: bool,
}

#[derive(Debug)]
enum Phase {
    /// Between requests, or in the middle of a head.
    Head(Waiting),
    /// In the middle of a request's body.
    Body(Box<Receiving>),
    /// A reply waits for its time.
    Due(Box<Due>),
    /// What is in the outbox is the last.
    Closing,
}

/// A reply that waits for its time.
#[derive(Debug)]
struct Due {
    at: Instant,
    reply: Reply,
    manner: Manner,
}

impl<A: App> Server<A> {
    /// Starts a conversation at `now`, when the wall clock reads `wall`.
    pub fn new(app: A, limits: Limits, now: Instant, wall: SystemTime) -> Self {
        Self {
            app,
            limits,
            calendar: Calendar::new(now, wall),
            phase: Phase::Head(Waiting::new(now)),
            inbox: Vec::new(),
            outbox: Outbox::default(),
            replies: 0,
            kept: 0,
            heard_all: false,
        }
    }

    /// The same, but the conversation keeps its buffer for the next reply, if that has at most so many bytes. Otherwise each
    /// reply costs the allocator a call to take one and a call to give it back, and an idle connection holds nothing.
    #[must_use]
    pub fn keeping(mut self, bytes: u16) -> Self {
        self.kept = bytes;
        self
    }

    /// Bytes of memory that the conversation holds at the moment, `self` apart: none between two requests, or a buffer
    /// that is [kept](Self::keeping).
    pub fn held(&self) -> usize {
        let body = match &self.phase {
            Phase::Body(receiving) => receiving.held(),
            Phase::Due(due) => size_of::<Due>() + due.reply.body.held(),
            Phase::Head(_) | Phase::Closing => 0,
        };
        self.inbox.capacity() + self.outbox.held() + body
    }
}

impl<A: App> Session for Server<A> {
    fn want(&self) -> Want<'_> {
        if !self.outbox.is_empty() {
            return Want::Write {
                bytes: self.outbox.bytes(),
                until: self.outbox.until(&self.limits),
            };
        }
        match &self.phase {
            Phase::Head(waiting) => Want::Read { until: Some(waiting.until(&self.limits)) },
            Phase::Body(receiving) => Want::Read { until: Some(receiving.until(&self.limits)) },
            Phase::Due(due) => Want::Sleep { until: due.at },
            Phase::Closing => Want::Close,
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Received(bytes) => self.received(bytes, now),
            Input::Eof => self.end_of_file(now),
            Input::Wrote(n) => self.wrote(n, now),
            Input::Tick => self.tick(now),
        }
        self.outbox.begin(now);
    }

    /// A client that says `Connection: close` must not send anything after that request (RFC 9112 section 9.6). One that
    /// has sent a body is not believed: some put a line ending behind it (section 2.2).
    fn expects_more(&self) -> bool {
        !self.heard_all
    }
}
