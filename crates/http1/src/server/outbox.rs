//! What is owed to the peer.

use super::manner::Manner;
use crate::limits::{KEPT_BUFFER, OUTBOX, Transfer};
use crate::{Body, Limits, Reply, encode};
use std::time::Instant;

/// Replies on their way out, in order. A body longer than the outbox is put into it in parts.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// So many of the bytes are gone.
    sent: usize,
    /// The rest of a long body, and where it begins.
    rest: Option<(Body, u64)>,
    /// How the sending goes, while there is something to send.
    transfer: Option<Transfer>,
}

impl Outbox {
    /// Is there nothing to send?
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes of memory that are set aside for it.
    pub(super) fn held(&self) -> usize {
        self.bytes.capacity() + self.rest.as_ref().map_or(0, |(body, _)| body.held())
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
        encode::head(&reply, manner.connection, date, &mut self.bytes);
        if !manner.without_body && reply.status.has_body() {
            self.rest = Some((reply.body, 0));
            self.fill();
        }
    }

    /// Moves as much of a long body into the outbox as there is room for.
    fn fill(&mut self) {
        let room = OUTBOX.saturating_sub(self.bytes.len());
        if let Some((body, from)) = &mut self.rest {
            *from += body.copy(*from, room, &mut self.bytes) as u64;
            if *from == body.len() {
                self.rest = None;
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

    pub(super) fn wrote(&mut self, n: usize, now: Instant) {
        if let Some(transfer) = &mut self.transfer {
            transfer.progress(n, now);
        }
        self.sent += n;
        if self.sent < self.bytes.len() {
            return;
        }
        self.bytes.clear();
        self.sent = 0;
        self.fill();
        if self.bytes.is_empty() {
            self.transfer = None;
            // Between requests nothing large is held: an idle connection costs little more than its socket.
            if self.bytes.capacity() > KEPT_BUFFER {
                self.bytes = Vec::new();
            }
        }
    }
}
