//! Where does the body end? (RFC 9112 section 6.)
//!
//! The one question on which two parsers must never disagree: a proxy and a server that see different ends in the
//! same bytes let an attacker hide a request inside another. So every doubt is refused.

use crate::fields::list;
use crate::{Reject, Status};

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By a number of bytes; 0 where there is no body.
    Length(u64),
    /// By chunks.
    Chunked,
    /// By the end of the connection: only a response can be.
    UntilClose,
}

/// What the framing fields of one message said, gathered while its header is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FramingFields {
    length: Option<u64>,
    coding: Option<Coding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Chunked,
    /// Chunked, after other codings that we do not know.
    Unknown,
    /// Anything whose end cannot be found.
    Endless,
}

impl FramingFields {
    /// Looks at a `Content-Length` value: `1*DIGIT`, and only one of them (RFC 9110 section 8.6 allows a list of
    /// equal numbers to be refused).
    pub(crate) fn content_length(&mut self, value: &[u8]) -> Result<(), Reject> {
        if self.length.is_some() {
            return Err(Reject::bad("more than one Content-Length"));
        }
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(Reject::bad("Content-Length is not a number"));
        }
        let number = value.iter().try_fold(0u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        // A number that does not fit is a length all the same, and too large for any limit.
        self.length = Some(number.unwrap_or(u64::MAX));
        Ok(())
    }

    /// Looks at a `Transfer-Encoding` value (RFC 9112 section 6.1).
    pub(crate) fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Reject> {
        if self.coding.is_some() {
            return Err(Reject::bad("more than one Transfer-Encoding"));
        }
        let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
        let mut codings = list(value);
        self.coding = Some(match (codings.next(), codings.last()) {
            // Of the value as a whole: `, chunked` is a list of one as well, but not every parser reads it so.
            _ if is_chunked(value) => Coding::Chunked,
            (Some(first), Some(last)) if is_chunked(last) && !is_chunked(first) => Coding::Unknown,
            _ => Coding::Endless,
        });
        Ok(())
    }

    /// Decides for a request (RFC 9112 section 6.3, points 3 to 6).
    pub(crate) fn request(self, http_1_0: bool) -> Result<Framing, Reject> {
        match (self.coding, self.length) {
            (None, length) => Ok(Framing::Length(length.unwrap_or(0))),
            (Some(_), Some(_)) => Err(Reject::bad(
                "both Content-Length and Transfer-Encoding: where does the body end?",
            )),
            (Some(_), None) if http_1_0 => {
                Err(Reject::bad("HTTP/1.0 has no Transfer-Encoding: where does the body end?"))
            }
            (Some(Coding::Chunked), None) => Ok(Framing::Chunked),
            (Some(Coding::Unknown), None) => Err(Reject::new(
                Status::NOT_IMPLEMENTED,
                "the only transfer coding known here is chunked",
            )),
            (Some(Coding::Endless), None) => Err(Reject::bad(
                "the last transfer coding is not chunked: where does the body end?",
            )),
        }
    }

    /// Decides for a response that may have a body (RFC 9112 section 6.3, points 4 to 8).
    pub(crate) fn response(self, http_1_0: bool) -> Result<Framing, Reject> {
        match (self.coding, self.length) {
            (None, Some(length)) => Ok(Framing::Length(length)),
            (None, None) => Ok(Framing::UntilClose),
            (Some(_), Some(_)) => Err(Reject::bad("both Content-Length and Transfer-Encoding")),
            (Some(Coding::Chunked), None) if !http_1_0 => Ok(Framing::Chunked),
            (Some(_), None) => Err(Reject::bad("a Transfer-Encoding that is not chunked alone")),
        }
    }
}
