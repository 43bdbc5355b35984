//! What an application answers.

use crate::{Reject, Status};
use std::time::Duration;

/// The body of a reply.
#[derive(Clone, Debug)]
pub enum Body {
    /// Bytes that are part of the program.
    Static(&'static [u8]),
    /// Bytes made for this reply.
    Owned(Vec<u8>),
    /// `len` bytes that repeat a pattern: as long as you like, and never held whole.
    Cycle {
        /// What is repeated; not empty.
        pattern: &'static [u8],
        /// The length of the body in bytes.
        len: u64,
    },
}

impl Body {
    /// The length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Static(bytes) => bytes.len() as u64,
            Self::Owned(bytes) => bytes.len() as u64,
            Self::Cycle { len, .. } => *len,
        }
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that were set aside for it.
    pub(crate) fn held(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.capacity(),
            Self::Static(_) | Self::Cycle { .. } => 0,
        }
    }

    /// Appends at most `most` bytes, from offset `from` of the body, to `out`. Returns how many.
    pub(crate) fn copy(&self, from: u64, most: usize, out: &mut Vec<u8>) -> usize {
        let (bytes, from, len) = match self {
            Self::Static(bytes) => (*bytes, from, bytes.len() as u64),
            Self::Owned(bytes) => (&bytes[..], from, bytes.len() as u64),
            Self::Cycle { pattern, len } => {
                let at = from % pattern.len() as u64;
                (*pattern, at, at + (len - from))
            }
        };
        let (mut at, n) = (from as usize, most.min((len - from) as usize));
        let mut left = n;
        while left > 0 {
            let part = left.min(bytes.len() - at);
            out.extend_from_slice(&bytes[at..at + part]);
            left -= part;
            at = 0;
        }
        n
    }
}

/// A reply to one request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: Status,
    /// The value of `Content-Type`; left out of a reply that has no body.
    pub content_type: &'static str,
    /// Further fields. `Date`, `Content-Length` and `Connection` are the server's business.
    pub fields: Vec<(&'static str, String)>,
    /// The body. A reply to HEAD is made as for GET: the server leaves the body away.
    pub body: Body,
    /// How long after the request was read the reply is due.
    pub after: Duration,
}

impl Reply {
    /// A reply with a body and its type.
    pub fn new(status: Status, content_type: &'static str, body: Body) -> Self {
        Self { status, content_type, fields: Vec::new(), body, after: Duration::ZERO }
    }

    /// 200 with plain text that is part of the program.
    pub fn text(text: &'static str) -> Self {
        Self::new(Status::OK, "text/plain; charset=utf-8", Body::Static(text.as_bytes()))
    }

    /// A status with one line that explains it to a person.
    pub fn explain(status: Status, why: &str) -> Self {
        let text = format!("{} {}: {why}\n", status.0, status.reason());
        Self::new(status, "text/plain; charset=utf-8", Body::Owned(text.into_bytes()))
    }

    /// The same reply with one more field.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The same reply, due later.
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }
}

impl From<Reject> for Reply {
    fn from(reject: Reject) -> Self {
        Self::explain(reject.status, reject.why)
    }
}
