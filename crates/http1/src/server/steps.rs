//! What a server does with each input.

use super::manner::Manner;
use super::outbox::Outbox;
use super::receiving::{Receiving, Waiting};
use super::{App, Due, Phase, Server};
use crate::encode::Connection;
use crate::limits::BATCH;
use crate::request::Head;
use crate::{Reject, Reply, Scan, Status};
use std::time::Instant;

impl<A: App> Server<A> {
    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) {
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
        if !inbox.is_empty() {
            self.inbox = inbox;
        }
    }

    pub(super) fn end_of_file(&mut self, now: Instant) {
        match &self.phase {
            Phase::Head(_) if self.inbox.is_empty() => self.phase = Phase::Closing,
            Phase::Head(_) | Phase::Body(_) => {
                self.give_up(Reject::bad("the connection ended before the request did"), now);
            }
            Phase::Due(_) | Phase::Closing => {}
        }
    }

    pub(super) fn wrote(&mut self, n: usize, now: Instant) {
        self.outbox.wrote(n, self.kept.into(), now);
        if self.outbox.is_empty() {
            self.replies = 0;
            if let Phase::Head(waiting) = &mut self.phase {
                waiting.restart(now);
            }
            self.resume(now);
        }
    }

    pub(super) fn tick(&mut self, now: Instant) {
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
            Phase::Due(due) if now >= due.at => {
                if let Phase::Due(due) = std::mem::replace(&mut self.phase, Phase::Closing) {
                    self.reply(due.reply, due.manner, now);
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

    /// Takes as much of `bytes` as can be understood now, and says how much that was.
    fn advance(&mut self, bytes: &[u8], now: Instant) -> usize {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let used = match &mut self.phase {
                // Nothing that follows the last request is answered, whatever it is (RFC 9112 section 9.6).
                Phase::Closing => {
                    self.heard_all &= rest.is_empty();
                    rest.len()
                }
                Phase::Due(_) => 0,
                _ if self.replies >= BATCH || self.outbox.is_full() => 0,
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
            self.heard_all = !head.keep_alive;
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
            self.phase = Phase::Due(Box::new(Due { at: now + reply.after, reply, manner }));
        }
    }

    fn reply(&mut self, reply: Reply, manner: Manner, now: Instant) {
        self.phase = match manner.connection {
            Connection::Close => Phase::Closing,
            _ => Phase::Head(Waiting::new(now)),
        };
        self.replies += 1;
        self.outbox.reply(reply, manner, self.calendar.date(now));
    }
}

const TOO_SLOW: Reject =
    Reject::new(Status::REQUEST_TIMEOUT, "the request took too long to arrive");
