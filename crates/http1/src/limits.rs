//! Every limit by name.
//!
//! What one connection can make the server hold, at most: a head ([`REQUEST_LINE`] + [`FIELD_BLOCK`] = 72 KiB),
//! a body ([`BODY`], 1 MiB), replies not yet taken ([`OUTBOX`], 64 KiB and one head), and what one read of the
//! driver brought. Buffers that grow may be twice as large as what is in them, the body's apart. That is under
//! 1.5 MiB, and 1 MiB more in the moment in which an application repeats a whole body in its reply. Between two
//! requests it holds nothing: every buffer is given back as soon as it is empty (but see [`Server::keeping`](crate::Server::keeping)).
//!
//! How long it can hold it: a request's head must be whole [`PATIENCE`] (10 s) after its first byte. A body or a
//! reply may rest for no longer than that either, and over its whole length must move at [`RATE`] (16 KiB/s)
//! or faster once the first [`PATIENCE`] has passed.

use std::time::{Duration, Instant};

/// Bytes of a request line without its line ending; longer: 414.
pub const REQUEST_LINE: usize = 8 * 1024;
/// Bytes of all header lines together; more: 431.
pub const FIELD_BLOCK: usize = 64 * 1024;
/// Number of header lines; more: 431.
pub const FIELD_COUNT: usize = 100;
/// Bytes of a request's body after decoding; more: 413.
pub const BODY: u64 = 1024 * 1024;
/// Bytes of replies that wait to be sent before further requests are looked at, and of which a long body is cut.
pub const OUTBOX: usize = 64 * 1024;
/// Requests answered before what they were replied is sent. They may have arrived all at once, but a driver of many
/// connections gets to look after the others in between. Their replies are still one write.
pub const BATCH: u8 = 16;
/// Bytes of one chunk-size line with its extensions; more: 400. Real chunk sizes have a handful of digits.
pub const CHUNK_LINE: usize = 256;
/// How long a peer may be silent or stuck, and how long a head may take.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes per second that a body or a reply must reach on the whole.
pub const RATE: u64 = 16 * 1024;

/// The limits that one connection is held to: what a server lets a client do, or a client a server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// See [`REQUEST_LINE`], bytes; for a client, the limit of the status line.
    pub request_line: usize,
    /// See [`FIELD_BLOCK`], bytes.
    pub field_block: usize,
    /// See [`FIELD_COUNT`], lines.
    pub field_count: usize,
    /// See [`BODY`], bytes; for a client, of the whole body, however it is taken.
    pub body: u64,
    /// See [`PATIENCE`].
    pub patience: Duration,
    /// See [`RATE`], bytes per second.
    pub rate: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line: REQUEST_LINE,
            field_block: FIELD_BLOCK,
            field_count: FIELD_COUNT,
            body: BODY,
            patience: PATIENCE,
            rate: RATE,
        }
    }
}

/// Appends to a body that can have at most `most` bytes. Its memory doubles as it fills, but not beyond that.
pub(crate) fn append(body: &mut Vec<u8>, bytes: &[u8], most: u64) {
    let len = body.len() + bytes.len();
    if len > body.capacity() {
        let room = usize::try_from(most).unwrap_or(usize::MAX).min(len.saturating_mul(2));
        body.reserve_exact(room.max(len) - body.len());
    }
    body.extend_from_slice(bytes);
}

/// Bytes on their way to or from the peer, and how patient we are with them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    started: Instant,
    last: Instant,
    moved: u64,
}

impl Transfer {
    pub(crate) fn new(now: Instant) -> Self {
        Self { started: now, last: now, moved: 0 }
    }

    /// Notes that so many bytes moved.
    pub(crate) fn progress(&mut self, bytes: usize, now: Instant) {
        if bytes > 0 {
            self.last = now;
            self.moved += bytes as u64;
        }
    }

    /// When to give the peer up, if nothing more moves.
    pub(crate) fn until(&self, limits: &Limits) -> Instant {
        // Most messages are short, and move at once or not at all.
        if self.moved == 0 {
            return self.started + limits.patience;
        }
        let earned = Duration::from_secs_f64(self.moved as f64 / limits.rate.max(1) as f64);
        (self.last + limits.patience).min(self.started + limits.patience + earned)
    }
}
