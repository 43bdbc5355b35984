//! A response's body, on its way in.

use super::{ClientError, Missing, Part};
use crate::chunked::Chunked;
use crate::framing::Framing;
use crate::limits::{Transfer, append};
use crate::{Limits, Reject};
use std::time::Instant;

/// In the middle of a response's body.
#[derive(Debug)]
pub(super) struct Receiving {
    framing: Framing,
    /// Used for a chunked body.
    chunked: Chunked,
    /// Bytes of the body so far, those that were taken away included.
    received: u64,
    transfer: Transfer,
}

impl Receiving {
    /// Expects a body of this framing, unless it is known already to be too long.
    pub(super) fn new(
        framing: Framing,
        limits: &Limits,
        now: Instant,
    ) -> Result<Self, ClientError> {
        if matches!(framing, Framing::Length(length) if length > limits.body) {
            return Err(ClientError::TooLarge { part: Part::Body });
        }
        let (chunked, transfer) = (Chunked::default(), Transfer::new(now));
        Ok(Self { framing, chunked, received: 0, transfer })
    }

    /// Has a body of known length come to its end?
    pub(super) fn is_whole(&self) -> bool {
        self.framing == Framing::Length(self.received)
    }

    pub(super) fn ends_with_the_connection(&self) -> bool {
        self.framing == Framing::UntilClose
    }

    pub(super) fn until(&self, limits: &Limits) -> Instant {
        self.transfer.until(limits)
    }

    /// What would be missing if the connection ended now.
    pub(super) fn missing(&self) -> Missing {
        match self.framing {
            Framing::Length(length) => Missing::Body { bytes: length - self.received },
            Framing::Chunked | Framing::UntilClose => {
                Missing::Chunks { bytes: self.chunked.missing() }
            }
        }
    }

    /// Takes what belongs to the body from the front of `input`: how much that was, and whether the body is whole.
    pub(super) fn take(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        limits: &Limits,
        now: Instant,
    ) -> Result<(usize, bool), ClientError> {
        let (before, room) = (body.len(), limits.body - self.received);
        let taken = match self.framing {
            Framing::Chunked => {
                // The decoder counts what is in `body`; what was taken away counts too.
                let limits = Limits { body: room.saturating_add(before as u64), ..*limits };
                self.chunked.decode(input, body, &limits).map_err(ClientError::from)
            }
            Framing::Length(length) => {
                let used = fitting(length - self.received, input);
                append(body, &input[..used], length);
                Ok((used, length - self.received == used as u64))
            }
            Framing::UntilClose => {
                let used = fitting(room, input);
                append(body, &input[..used], limits.body);
                match used < input.len() {
                    true => Err(ClientError::TooLarge { part: Part::Body }),
                    false => Ok((used, false)),
                }
            }
        };
        self.received += (body.len() - before) as u64;
        self.transfer.progress(body.len() - before, now);
        taken
    }

    /// Is there something wrong with the frame of a chunk that did not come whole?
    pub(super) fn malformed(&mut self, inbox: &[u8], limits: &Limits) -> Option<Reject> {
        match self.framing {
            Framing::Chunked => self.chunked.malformed(inbox, limits),
            Framing::Length(_) | Framing::UntilClose => None,
        }
    }
}

/// How much of `input` fits into `room`.
fn fitting(room: u64, input: &[u8]) -> usize {
    usize::try_from(room).unwrap_or(usize::MAX).min(input.len())
}
