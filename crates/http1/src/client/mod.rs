//! One exchange, on the client's side: a request goes out, its response comes in, and the conversation ends. The
//! connection may serve a further one: [`Client::is_reusable`].
//!
//! ```text
//!              the request is sent         a head arrives            the body is whole
//!   Sending ──────────────────────▶ Head ─────────────────▶ Body ──────────────────────▶ Done
//!      │                             │ ▲                     │
//!      │                             │ └─ 1xx: passed over   │
//!      └───────── too slow · closed too early · malformed · too large ──────────────────▶ Failed
//! ```
//!
//! The session itself cannot fail, it wants [`Close`](session::Want::Close) in the end in any case.
//! [`Client::finish`] says what came of it:
//!
//! ```
//! use http1::client::{Call, Client};
//! use http1::{Limits, Status};
//! use session::simulate::{Pace, Step, simulate};
//! use std::time::Instant;
//!
//! let start = Instant::now();
//! let call = Call::get("example.com", "/greeting")?;
//! let mut client = Client::new(&call, Limits::default(), start);
//!
//! // A scripted server instead of a socket.
//! let script = [Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")];
//! let sent = simulate(&mut client, &script, &Pace::whole(), start);
//! assert_eq!(
//!     sent.bytes,
//!     b"GET /greeting HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"
//! );
//!
//! let response = client.finish()?;
//! assert_eq!(response.status, Status::OK);
//! assert_eq!(response.fields().first("content-length"), Some(&b"5"[..]));
//! assert_eq!(response.body, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A driver need not wait for the end. After any input, [`Client::response`] shows the head if it has come, and as
//! much of the body as there is; [`Client::take_body`] takes that away, so that a body of any length passes
//! through in parts.

mod call;
mod error;
mod receiving;
mod steps;

pub use call::{Call, Unsendable};
pub use error::{ClientError, Missing, Part, Stage};

use crate::framing::Framing;
use crate::limits::Transfer;
use crate::{Limits, Response};
use receiving::Receiving;
use std::time::Instant;

/// Interim responses (1xx) that are passed over; more: [`Part::Interim`]. Nobody has a use for more than two.
pub const MOST_INTERIM: u32 = 10;

/// One connection's conversation in HTTP/1.1, on the client's side.
#[derive(Debug)]
pub struct Client {
    limits: Limits,
    /// Does the response go without a body, because the request is HEAD?
    is_head: bool,
    phase: Phase,
    /// Received and not understood yet: part of a head or of a chunk's frame.
    inbox: Vec<u8>,
    /// The final response, from when its head is there.
    response: Option<Response>,
    /// How its body is delimited.
    framing: Option<Framing>,
    /// Can the connection serve again, as far as is known?
    reusable: bool,
}

#[derive(Debug)]
enum Phase {
    Sending { bytes: Vec<u8>, sent: usize, transfer: Transfer },
    Head(Waiting),
    Body(Receiving),
    Done,
    Failed(ClientError),
}

/// For a response, or in the middle of its head.
#[derive(Debug)]
struct Waiting {
    /// When the head began, or the wait for it.
    since: Instant,
    /// Bytes that were looked at without finding the head's end.
    seen: usize,
    /// Interim responses so far.
    interim: u32,
}

impl Client {
    /// Starts a conversation at `now` that makes this call.
    pub fn new(call: &Call, limits: Limits, now: Instant) -> Self {
        let (bytes, transfer) = (call.encode(), Transfer::new(now));
        Self {
            limits,
            is_head: call.is_head(),
            phase: Phase::Sending { bytes, sent: 0, transfer },
            inbox: Vec::new(),
            response: None,
            framing: None,
            reusable: call.keeps_alive(),
        }
    }

    /// The response as far as it is there: nothing until its head is whole, then the body as it grows.
    pub fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }

    /// Takes away what has arrived of the body since the last time.
    pub fn take_body(&mut self) -> Vec<u8> {
        self.response
            .as_mut()
            .map(|response| std::mem::take(&mut response.body))
            .unwrap_or_default()
    }

    /// How the response's body is delimited, from when its head is there.
    pub fn framing(&self) -> Option<Framing> {
        self.framing
    }

    /// Can the connection serve a further exchange? (RFC 9112 section 9.3.) It can when the response is whole and ended
    /// before the connection did, both sides want to keep it, and nothing that nobody asked for came behind it.
    pub fn is_reusable(&self) -> bool {
        self.reusable && matches!(self.phase, Phase::Done)
    }

    /// What came of the exchange; nothing while it goes on.
    pub fn outcome(&self) -> Option<Result<&Response, ClientError>> {
        match &self.phase {
            Phase::Done => self.response.as_ref().map(Ok),
            Phase::Failed(error) => Some(Err(*error)),
            _ => None,
        }
    }

    /// What came of the exchange, at its end. A conversation that is cut off earlier counts as closed.
    ///
    /// # Errors
    ///
    /// What went wrong. [`Client::response`] shows what had come by then.
    pub fn finish(self) -> Result<Response, ClientError> {
        match (self.phase, self.response) {
            (Phase::Done, Some(response)) => Ok(response),
            (Phase::Failed(error), _) => Err(error),
            (Phase::Body(receiving), _) => {
                Err(ClientError::Closed { missing: receiving.missing() })
            }
            (Phase::Head(_), _) if !self.inbox.is_empty() => {
                Err(ClientError::Closed { missing: Missing::Head })
            }
            _ => Err(ClientError::Closed { missing: Missing::Everything }),
        }
    }

    /// Bytes of memory that the conversation holds at the moment.
    pub fn held(&self) -> usize {
        let sending = match &self.phase {
            Phase::Sending { bytes, .. } => bytes.capacity(),
            _ => 0,
        };
        sending + self.inbox.capacity() + self.response.as_ref().map_or(0, Response::held)
    }
}
