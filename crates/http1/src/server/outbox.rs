//! What is owed to the peer.

use super::manner::Manner;
use crate::limits::{OUTBOX, Transfer};
use crate::{Body, Limits, Reply, encode};
use std::time::Instant;

/// Replies on their way out, in order. A body longer than the outbox is put into it in parts.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// So many of the bytes are gone.
    sent: usize,
    /// The rest of a long body; boxed, because most replies have none.
    rest: Option<Box<Rest>>,
    /// How the sending goes, while there is something to send.
    transfer: Option<Transfer>,
}

/// What follows of a body.
#[derive(Debug)]
struct Rest {
    body: Body,
    /// Where it begins.
    from: u64,
}

/// Bytes of buffer for the first reply: most need no more, and so cost the allocator one call to take and one to
/// give back.
const USUAL_REPLY: usize = 256;

impl Outbox {
    /// Is there nothing to send?
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes of memory that are set aside for it.
    pub(super) fn held(&self) -> usize {
        self.bytes.capacity()
            + self.rest.as_ref().map_or(0, |rest| size_of::<Rest>() + rest.body.held())
    }

    /// Must further requests wait?
    pub(super) fn is_full(&self) -> bool {
        self.rest.is_some() || self.bytes.len() >= OUTBOX
    }

    /// What is to be sent next.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Puts a reply behind those that are there.
    pub(super) fn reply(&mut self, reply: Reply, manner: Manner, date: &[u8]) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(USUAL_REPLY);
        }
        encode::head(&reply, manner.connection, date, &mut self.bytes);
        if !manner.without_body && reply.status.has_body() {
            let from = self.put(&reply.body, 0);
            if from < reply.body.len() {
                self.rest = Some(Box::new(Rest { body: reply.body, from }));
            }
        }
    }

    /// Puts as much of a body, from an offset, into the outbox as there is room for, and says how far it got.
    fn put(&mut self, body: &Body, from: u64) -> u64 {
        let room = OUTBOX.saturating_sub(self.bytes.len());
        from + body.copy(from, room, &mut self.bytes) as u64
    }

    /// Goes on with a long body.
    fn refill(&mut self) {
        if let Some(mut rest) = self.rest.take() {
            rest.from = self.put(&rest.body, rest.from);
            if rest.from < rest.body.len() {
                self.rest = Some(rest);
            }
        }
    }

    /// The peer's patience is measured from the first byte that waits for it.
    pub(super) fn begin(&mut self, now: Instant) {
        if !self.bytes.is_empty() && self.transfer.is_none() {
            self.transfer = Some(Transfer::new(now));
        }
    }

    /// When to give up a peer that takes nothing.
    pub(super) fn until(&self, limits: &Limits) -> Option<Instant> {
        self.transfer.map(|transfer| transfer.until(limits))
    }

    pub(super) fn wrote(&mut self, n: usize, kept: usize, now: Instant) {
        if let Some(transfer) = &mut self.transfer {
            transfer.progress(n, now);
        }
        self.sent += n;
        if self.sent < self.bytes.len() {
            return;
        }
        self.bytes.clear();
        self.sent = 0;
        self.refill();
        if self.bytes.is_empty() {
            // Nothing is owed, so nothing is held: an idle connection costs little more than its socket. Unless it is to
            // have its buffer for the next reply.
            let bytes = std::mem::take(self).bytes;
            if bytes.capacity() <= kept {
                self.bytes = bytes;
            }
        }
    }
}
