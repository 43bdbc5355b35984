//! A response, as a client sees it.

use crate::fields::{self, scan};
use crate::framing::{Framing, FramingFields};
use crate::token::is_field;
use crate::{Fields, Limits, Reject, Scan, Status, Version};
use std::ops::Range;

/// A response, or as much of it as has arrived.
#[derive(Clone, Debug)]
pub struct Response {
    /// The version that the server speaks.
    pub version: Version,
    /// The status.
    pub status: Status,
    /// The body, decoded: what has arrived of it and was not [taken](crate::Client::take_body).
    pub body: Vec<u8>,
    head: Vec<u8>,
    reason: Range<usize>,
    fields: usize,
}

impl Response {
    /// The words after the status code. They mean nothing to a program, and may be any bytes, or none.
    pub fn reason(&self) -> &[u8] {
        &self.head[self.reason.clone()]
    }

    /// The header.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(&self.head[self.fields..self.head.len() - 2])
    }

    /// Status line and header as they came, up to and with the empty line.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Does the server keep the connection? In HTTP/1.1 it does unless it says `close` (RFC 9112 section 9.3); of
    /// HTTP/1.0's `keep-alive` nothing is made here.
    pub fn keeps_alive(&self) -> bool {
        let is_connection = |name: &[u8]| name.eq_ignore_ascii_case(b"connection");
        let lines = self.fields().iter().filter(|(name, _)| is_connection(name));
        let mut options = lines.flat_map(|(_, value)| fields::list(value));
        self.version == Version::Http11
            && !options.any(|option| option.eq_ignore_ascii_case(b"close"))
    }

    /// Bytes of memory that are set aside for it.
    pub(crate) fn held(&self) -> usize {
        self.head.capacity() + self.body.capacity()
    }
}

/// Reads a head from the front of `bytes`: the response without its body, and how the body is delimited.
///
/// The reply to a HEAD request has no body, whatever its header says; nor has one whose status forbids it
/// (RFC 9112 section 6.3, points 1 and 2).
pub(crate) fn parse(
    bytes: &[u8],
    limits: &Limits,
    answers_head: bool,
) -> Result<Scan<(Response, Framing)>, Reject> {
    let Scan::Complete(line) = status_line(bytes, limits)? else { return Ok(Scan::Partial) };
    let mut framing = FramingFields::default();
    let header = fields::parse(&bytes[line.len..], limits, |name, value| {
        if name.eq_ignore_ascii_case(b"content-length") {
            framing.content_length(value)
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            framing.transfer_encoding(value)
        } else {
            Ok(())
        }
    })?;
    let Scan::Complete(header) = header else { return Ok(Scan::Partial) };
    let framing = match answers_head || !line.status.has_body() {
        true => Framing::Length(0),
        false => framing.response(line.version == Version::Http10)?,
    };
    let response = Response {
        version: line.version,
        status: line.status,
        body: Vec::new(),
        head: bytes[..line.len + header].to_vec(),
        reason: line.reason,
        fields: line.len,
    };
    Ok(Scan::Complete((response, framing)))
}

struct StatusLine {
    /// The whole line with its CRLF.
    len: usize,
    version: Version,
    status: Status,
    reason: Range<usize>,
}

/// ```text
/// status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF      RFC 9112 section 4
/// ```
///
/// The second space may be missing, as it is from many servers that have no reason to give: nothing hangs on it.
fn status_line(bytes: &[u8], limits: &Limits) -> Result<Scan<StatusLine>, Reject> {
    const PATTERN: &[u8] = b"HTTP/#.# ###";
    let fits = bytes.iter().zip(PATTERN).all(|(byte, pattern)| match pattern {
        b'#' => byte.is_ascii_digit(),
        _ => byte == pattern,
    });
    if !fits {
        return Err(Reject::bad("the response does not begin with HTTP/1.1 and a status code"));
    }
    let Some(after) = bytes.get(PATTERN.len()) else { return Ok(Scan::Partial) };
    let version = match (bytes[5], bytes[7]) {
        (b'1', b'0') => Version::Http10,
        (b'1', _) => Version::Http11,
        _ => return Err(Reject::bad("the server speaks neither HTTP/1.1 nor HTTP/1.0")),
    };
    let code = bytes[9..12].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    if code < 100 {
        return Err(Reject::bad("the status code is below 100"));
    }
    let start = match after {
        b' ' => PATTERN.len() + 1,
        b'\r' => PATTERN.len(),
        _ => return Err(Reject::bad("the status code is followed by rubbish")),
    };
    let end = start + scan(&bytes[start..], is_field);
    if end > limits.request_line {
        return Err(Reject::new(Status::URI_TOO_LONG, "the status line is too long"));
    }
    match &bytes[end..] {
        [] | [b'\r'] => Ok(Scan::Partial),
        [b'\r', b'\n', ..] => {
            let (status, reason) = (Status(code), start..end);
            Ok(Scan::Complete(StatusLine { len: end + 2, version, status, reason }))
        }
        _ => Err(Reject::bad("the status line ends with something other than CR LF")),
    }
}
