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
//! Requests that arrive together are answered together, in order, as long as the replies fit the
//! [outbox](crate::limits::OUTBOX); beyond it the rest waits unread, and so does the peer.

mod manner;
mod outbox;
mod receiving;

use crate::encode::{Calendar, Connection};
use crate::limits::KEPT_BUFFER;
use crate::request::Head;
use crate::{Limits, Reject, Reply, Request, Scan, Status};
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
}

#[derive(Debug)]
enum Phase {
    /// Between requests, or in the middle of a head.
    Head(Waiting),
    /// In the middle of a request's body.
    Body(Box<Receiving>),
    /// A reply waits for its time.
    Due { at: Instant, reply: Box<Reply>, manner: Manner },
    /// What is in the outbox is the last.
    Closing,
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
        }
    }

    /// Takes as much of `bytes` as can be understood now, and says how much that was.
    fn advance(&mut self, bytes: &[u8], now: Instant) -> usize {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let used = match &mut self.phase {
                // Nothing that follows the last request is answered, whatever it is (RFC 9112 section 9.6).
                Phase::Closing => bytes.len() - at,
                Phase::Due { .. } => 0,
                _ if self.outbox.is_full() => 0,
                Phase::Head(waiting) => match waiting.look(rest, &self.limits, now) {
                    Ok(Scan::Partial) => 0,
                    Ok(Scan::Complete((used, None))) => used,
                    Ok(Scan::Complete((used, Some(head)))) => {
                        self.headed(head, rest, now);
                        used
                    }
                    Err(reject) => {
                        self.reply(reject.into(), Manner::refusal(rest), now);
                        0
                    }
                },
                Phase::Body(receiving) => match receiving.take(rest, &self.limits, now) {
                    Ok((used, false)) => used,
                    Ok((used, true)) => {
                        self.received_whole(now);
                        used
                    }
                    Err(reject) => {
                        let manner = Manner::refusal(&receiving.bytes);
                        self.reply(reject.into(), manner, now);
                        0
                    }
                },
            };
            at += used;
            if used == 0 && !matches!(self.phase, Phase::Closing) || at == bytes.len() {
                return at;
            }
        }
    }

    /// A head is complete: answers the request, or goes on to its body.
    fn headed(&mut self, head: Head, bytes: &[u8], now: Instant) {
        if head.has_body() {
            // A client whose body is on its way already did not wait (RFC 9110 section 10.1.1).
            if head.expects_continue && bytes.len() == head.len {
                self.outbox.push(b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            self.phase = Phase::Body(Box::new(Receiving::new(head, bytes, now)));
        } else {
            let reply = self.app.answer(&head.request(bytes, &[]));
            self.answer(reply, Manner::of(&head, bytes), now);
        }
    }

    fn received_whole(&mut self, now: Instant) {
        let body = std::mem::replace(&mut self.phase, Phase::Closing);
        if let Phase::Body(receiving) = body {
            let reply = self.app.answer(&receiving.head.request(&receiving.bytes, &receiving.body));
            self.answer(reply, Manner::of(&receiving.head, &receiving.bytes), now);
        }
    }

    fn answer(&mut self, reply: Reply, manner: Manner, now: Instant) {
        if reply.after.is_zero() {
            self.reply(reply, manner, now);
        } else {
            let (at, reply) = (now + reply.after, Box::new(reply));
            self.phase = Phase::Due { at, reply, manner };
        }
    }

    fn reply(&mut self, reply: Reply, manner: Manner, now: Instant) {
        self.phase = match manner.connection {
            Connection::Close => Phase::Closing,
            _ => Phase::Head(Waiting::new(now)),
        };
        self.outbox.reply(reply, manner, self.calendar.date(now));
    }

    fn received(&mut self, bytes: &[u8], now: Instant) {
        if self.inbox.is_empty() {
            let used = self.advance(bytes, now);
            self.inbox.extend_from_slice(&bytes[used..]);
        } else {
            self.inbox.extend_from_slice(bytes);
            self.resume(now);
        }
    }

    /// Goes on with what had to wait in the inbox.
    fn resume(&mut self, now: Instant) {
        let mut inbox = std::mem::take(&mut self.inbox);
        let used = self.advance(&inbox, now);
        inbox.drain(..used);
        if !inbox.is_empty() || inbox.capacity() <= KEPT_BUFFER {
            self.inbox = inbox;
        }
    }

    fn end_of_file(&mut self, now: Instant) {
        match &self.phase {
            Phase::Head(_) if self.inbox.is_empty() => self.phase = Phase::Closing,
            Phase::Head(_) | Phase::Body(_) => {
                self.give_up(Reject::bad("the connection ended before the request did"), now);
            }
            Phase::Due { .. } | Phase::Closing => {}
        }
    }

    fn wrote(&mut self, n: usize, now: Instant) {
        self.outbox.wrote(n, now);
        if self.outbox.is_empty() {
            if let Phase::Head(waiting) = &mut self.phase {
                waiting.restart(now);
            }
            self.resume(now);
        }
    }

    fn tick(&mut self, now: Instant) {
        match &self.phase {
            _ if !self.outbox.is_empty() => {
                // Nothing can be said to a peer that does not listen.
                let until = self.outbox.until(&self.limits);
                if until.is_some_and(|until| now >= until) {
                    self.outbox = Outbox::default();
                    self.phase = Phase::Closing;
                }
            }
            Phase::Head(waiting) if now >= waiting.until(&self.limits) => {
                // A connection that is merely idle is closed without a word: a client that is about to use it
                // again must not take a 408 for the answer to its next request (RFC 9110 section 15.5.9).
                match self.inbox.is_empty() {
                    true => self.phase = Phase::Closing,
                    false => self.give_up(TOO_SLOW, now),
                }
            }
            Phase::Body(receiving) if now >= receiving.until(&self.limits) => {
                self.give_up(TOO_SLOW, now);
            }
            Phase::Due { at, .. } if now >= *at => {
                let due = std::mem::replace(&mut self.phase, Phase::Closing);
                if let Phase::Due { reply, manner, .. } = due {
                    self.reply(*reply, manner, now);
                    self.resume(now);
                }
            }
            _ => {}
        }
    }

    /// Refuses a request of which the rest will not come.
    fn give_up(&mut self, reject: Reject, now: Instant) {
        let manner = match &self.phase {
            Phase::Body(receiving) => Manner::refusal(&receiving.bytes),
            _ => Manner::refusal(&self.inbox),
        };
        // What is there may be refused for a better reason, which must not depend on how the bytes were cut.
        let inbox = std::mem::take(&mut self.inbox);
        let better = match &self.phase {
            Phase::Body(receiving) => receiving.malformed(&inbox, &self.limits),
            _ => Waiting::new(now).look(&inbox, &self.limits, now).err(),
        };
        self.reply(better.unwrap_or(reject).into(), manner, now);
    }

    /// Bytes of memory that the conversation holds at the moment.
    pub fn held(&self) -> usize {
        let body = match &self.phase {
            Phase::Body(receiving) => receiving.held(),
            Phase::Due { reply, .. } => reply.body.held(),
            Phase::Head(_) | Phase::Closing => 0,
        };
        self.inbox.capacity() + self.outbox.held() + body
    }
}

const TOO_SLOW: Reject =
    Reject::new(Status::REQUEST_TIMEOUT, "the request took too long to arrive");

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
            Phase::Due { at, .. } => Want::Sleep { until: *at },
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
}
