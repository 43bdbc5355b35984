//! What can go wrong with an exchange, precisely.

use crate::{Reject, Status};
use std::fmt;

/// Why there is no whole response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientError {
    /// The connection ended too early.
    Closed {
        /// What had not come by then.
        missing: Missing,
    },
    /// The server was silent, or slow, for longer than the [limits](crate::Limits) allow.
    TimedOut {
        /// Where the exchange stood.
        stage: Stage,
    },
    /// The response breaks the rules of HTTP, so that nobody can say what it means or where it ends.
    Malformed {
        /// What is wrong, in words for a person.
        why: &'static str,
    },
    /// A part of the response is larger than the [limits](crate::Limits) allow.
    TooLarge {
        /// Which one.
        part: Part,
    },
}

/// What is missing from a response that ended too early (RFC 9112 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// All of it: not one byte of a final response came.
    Everything,
    /// The rest of the head.
    Head,
    /// So many bytes of a body whose length was announced.
    Body {
        /// How many.
        bytes: u64,
    },
    /// The end of a chunked body: at least so many bytes, and the last chunk.
    Chunks {
        /// How many bytes the chunk that had begun still lacks.
        bytes: u64,
    },
}

/// Where an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The request is being sent.
    Sending,
    /// The request is sent, and no byte of the response has come.
    Waiting,
    /// In the middle of the response's head.
    Head,
    /// In the middle of the response's body.
    Body,
}

/// A part of a response that has a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The status line: [`Limits::request_line`](crate::Limits).
    StatusLine,
    /// The header: [`Limits::field_block`](crate::Limits) and [`Limits::field_count`](crate::Limits).
    Fields,
    /// The body: [`Limits::body`](crate::Limits).
    Body,
    /// The number of interim responses: [`MOST_INTERIM`](super::MOST_INTERIM).
    Interim,
}

/// The parsers are the server's too, and say what a server would answer.
impl From<Reject> for ClientError {
    fn from(reject: Reject) -> Self {
        match reject.status {
            Status::URI_TOO_LONG => Self::TooLarge { part: Part::StatusLine },
            Status::FIELDS_TOO_LARGE => Self::TooLarge { part: Part::Fields },
            Status::CONTENT_TOO_LARGE => Self::TooLarge { part: Part::Body },
            _ => Self::Malformed { why: reject.why },
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { missing } => write!(f, "the connection ended before {missing}"),
            Self::TimedOut { stage } => f.write_str(match stage {
                Stage::Sending => "the server did not take the request in time",
                Stage::Waiting => "the server did not begin to respond in time",
                Stage::Head => "the head of the response did not come in time",
                Stage::Body => "the body of the response did not come in time",
            }),
            Self::Malformed { why } => write!(f, "the response is malformed: {why}"),
            Self::TooLarge { part } => f.write_str(match part {
                Part::StatusLine => "the status line of the response is too long",
                Part::Fields => "the header fields of the response are too many or too long",
                Part::Body => "the body of the response is too long",
                Part::Interim => "there are too many interim responses",
            }),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("a response began"),
            Self::Head => f.write_str("the head of the response was whole"),
            Self::Body { bytes } => write!(f, "the last {bytes} bytes of the body"),
            Self::Chunks { bytes: 0 } => f.write_str("the last chunk of the body"),
            Self::Chunks { bytes } => {
                write!(f, "{bytes} bytes of a chunk, and the last chunk of the body")
            }
        }
    }
}

impl std::error::Error for ClientError {}
