//! What the peer is sending: a head, or a body.

use crate::chunked::Chunked;
use crate::framing::Framing;
use crate::limits::{Transfer, append};
use crate::request::{self, Head};
use crate::{Limits, Reject, Scan, fields};
use std::time::Instant;

/// Between requests, or in the middle of a head.
#[derive(Debug)]
pub(super) struct Waiting {
    /// When the head began, or the wait for it.
    since: Instant,
    /// Has any of it arrived?
    begun: bool,
    /// Bytes that were looked at without finding the head's end.
    seen: usize,
    /// Empty lines that were passed over.
    skipped: u32,
}

impl Waiting {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, begun: false, seen: 0, skipped: 0 }
    }

    /// Counts the patience anew: until now it was us who kept the peer waiting.
    pub(super) fn restart(&mut self, now: Instant) {
        self.since = now;
    }

    pub(super) fn until(&self, limits: &Limits) -> Instant {
        self.since + limits.patience
    }

    /// Looks for a head at the front of `bytes`. What it finds instead may be an empty line, which is passed over
    /// (RFC 9112 section 2.2) but does not win the peer any time.
    pub(super) fn look(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
        now: Instant,
    ) -> Result<Scan<(usize, Option<Head>)>, Reject> {
        match bytes {
            [] => return Ok(Scan::Partial),
            _ if !self.begun => (self.since, self.begun) = (now, true),
            _ => {}
        }
        match bytes {
            [b'\r', b'\n', ..] => {
                self.skipped = self.skipped.saturating_add(1);
                if self.skipped as usize > limits.request_line / 2 {
                    return Err(Reject::bad("too many empty lines before a request"));
                }
                return Ok(Scan::Complete((2, None)));
            }
            [b'\r'] => return Ok(Scan::Partial),
            _ => {}
        }
        let seen = std::mem::replace(&mut self.seen, bytes.len());
        if !fields::worth_parsing(bytes, seen, limits) {
            return Ok(Scan::Partial);
        }
        match request::parse(bytes, limits)? {
            Scan::Partial => Ok(Scan::Partial),
            Scan::Complete(head) => Ok(Scan::Complete((head.len, Some(head)))),
        }
    }
}

/// In the middle of a request's body.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) head: Head,
    /// The bytes of the head.
    pub(super) bytes: Vec<u8>,
    /// As much of the body as has arrived, decoded. It grows with what arrives, never with what was announced.
    pub(super) body: Vec<u8>,
    /// Present for a chunked body.
    chunked: Option<Chunked>,
    transfer: Transfer,
}

impl Receiving {
    /// The body of the request whose head stands at the front of `bytes`.
    pub(super) fn new(head: Head, bytes: &[u8], now: Instant) -> Self {
        let bytes = bytes[..head.len].to_vec();
        let chunked = (head.framing == Framing::Chunked).then(Chunked::default);
        Self { head, bytes, body: Vec::new(), chunked, transfer: Transfer::new(now) }
    }

    pub(super) fn until(&self, limits: &Limits) -> Instant {
        self.transfer.until(limits)
    }

    /// Takes what belongs to the body from the front of `input`: how much that was, and whether the body is whole.
    pub(super) fn take(
        &mut self,
        input: &[u8],
        limits: &Limits,
        now: Instant,
    ) -> Result<(usize, bool), Reject> {
        let before = self.body.len();
        let (used, whole) = match (&mut self.chunked, self.head.framing) {
            (Some(chunked), _) => chunked.decode(input, &mut self.body, limits)?,
            (None, Framing::Length(length)) => {
                let left = usize::try_from(length).unwrap_or(usize::MAX) - before;
                let used = left.min(input.len());
                append(&mut self.body, &input[..used], length);
                (used, used == left)
            }
            (None, Framing::Chunked | Framing::UntilClose) => (0, true),
        };
        // Only the body itself counts as progress, not the frames around it: one byte in a frame of 200 is slow.
        self.transfer.progress(self.body.len() - before, now);
        Ok((used, whole))
    }

    /// Is there something wrong with the frame of a chunk that did not come whole?
    pub(super) fn malformed(&self, inbox: &[u8], limits: &Limits) -> Option<Reject> {
        self.chunked.as_ref().and_then(|chunked| chunked.malformed(inbox, limits))
    }

    /// Bytes of memory that are set aside for it.
    pub(super) fn held(&self) -> usize {
        size_of::<Self>() + self.bytes.capacity() + self.body.capacity()
    }
}
