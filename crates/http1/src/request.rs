//! The head of a request: request line and header.

use crate::fields::{self, list, scan};
use crate::framing::{Framing, FramingFields};
use crate::token::{is_target, is_token, percent_encoding_is_whole};
use crate::{Fields, Limits, Reject, Scan, Status, host};
use std::ops::Range;

/// A method longer than this is none that anybody implements: 501 (RFC 9112 section 3).
const LONGEST_METHOD: usize = 32;

/// The minor version of HTTP/1 that a peer speaks; anything above 1.1 is spoken to as 1.1 (RFC 9110 section 2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0: no chunks, no `Expect`, and a connection that closes unless both sides ask to keep it.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// A whole request, as an application sees it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in the case in which it came: methods are case-sensitive.
    pub method: &'a str,
    /// The path, as it came: not decoded; `*` for a request about the server as a whole.
    pub path: &'a str,
    /// What follows the first `?` of the target, without it.
    pub query: Option<&'a str>,
    /// The version.
    pub version: Version,
    /// The header.
    pub fields: Fields<'a>,
    /// The body, decoded.
    pub body: &'a [u8],
}

/// A head that has been checked: offsets into its bytes, so that it can outlive the buffer that it came in.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Bytes of the whole head, the empty line included.
    pub(crate) len: usize,
    method: usize,
    target: Range<usize>,
    fields: usize,
    version: Version,
    /// How the body is delimited.
    pub(crate) framing: Framing,
    /// Does the client wait for `100 Continue` before it sends its body?
    pub(crate) expects_continue: bool,
    /// Will the connection be kept after the reply (RFC 9112 section 9.3)?
    pub(crate) keep_alive: bool,
}

impl Head {
    /// Does a body follow?
    pub(crate) fn has_body(&self) -> bool {
        self.framing != Framing::Length(0)
    }

    /// Must the reply to this request go without a body?
    pub(crate) fn is_head(&self, bytes: &[u8]) -> bool {
        &bytes[..self.method] == b"HEAD"
    }

    /// Does the client speak HTTP/1.0?
    pub(crate) fn is_http_1_0(&self) -> bool {
        self.version == Version::Http10
    }

    /// Shows the head in `bytes` (the same that it was parsed from) and `body` as a request.
    pub(crate) fn request<'a>(&self, bytes: &'a [u8], body: &'a [u8]) -> Request<'a> {
        let text = |range| std::str::from_utf8(range).expect("tokens and targets are ASCII");
        let target = text(&bytes[self.target.clone()]);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        Request {
            method: text(&bytes[..self.method]),
            path: if path.is_empty() { "/" } else { path },
            query,
            version: self.version,
            fields: Fields::new(&bytes[self.fields..self.len - 2]),
            body,
        }
    }
}

/// Reads a head from the front of `bytes`.
///
/// # Errors
///
/// The refusal that the peer is to be sent. After one, where the next request begins is anybody's guess: the
/// connection must be closed.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Scan<Head>, Reject> {
    let Scan::Complete(line) = request_line(bytes, limits)? else { return Ok(Scan::Partial) };
    let mut seen = Seen::default();
    let header = fields::parse(&bytes[line.len..], limits, |name, value| seen.field(name, value))?;
    let Scan::Complete(header) = header else { return Ok(Scan::Partial) };

    let http_1_0 = line.version == Version::Http10;
    if seen.hosts == 0 && !http_1_0 {
        return Err(Reject::bad("HTTP/1.1 demands a Host header"));
    }
    let framing = seen.framing.request(http_1_0)?;
    if matches!(framing, Framing::Length(length) if length > limits.body) {
        return Err(crate::chunked::TOO_LARGE);
    }
    if seen.unknown_expectation && !http_1_0 {
        return Err(Reject::new(
            Status::EXPECTATION_FAILED,
            "the only expectation known here is 100-continue",
        ));
    }
    Ok(Scan::Complete(Head {
        len: line.len + header,
        method: line.method,
        target: line.target,
        fields: line.len,
        version: line.version,
        framing,
        expects_continue: seen.expects_continue && !http_1_0,
        keep_alive: !seen.close && (!http_1_0 || seen.keep_alive),
    }))
}

struct RequestLine {
    /// The whole line with its CRLF.
    len: usize,
    method: usize,
    target: Range<usize>,
    version: Version,
}

/// ```text
/// request-line = method SP request-target SP HTTP-version CRLF      RFC 9112 section 3
/// ```
fn request_line(bytes: &[u8], limits: &Limits) -> Result<Scan<RequestLine>, Reject> {
    let method = scan(bytes, is_token);
    if method > LONGEST_METHOD {
        return Err(Reject::new(Status::NOT_IMPLEMENTED, "no method has a name that long"));
    }
    match bytes.get(method) {
        None => return Ok(Scan::Partial),
        Some(b' ') if method > 0 => {}
        Some(_) => return Err(Reject::bad("the request does not begin with a method")),
    }
    let start = method + 1;
    let end = start + scan(&bytes[start..], is_target);
    // Nine bytes follow the target on a good line: a space and the version.
    if end + " HTTP/1.1".len() > limits.request_line {
        return Err(Reject::new(Status::URI_TOO_LONG, "the request line is too long"));
    }
    match bytes.get(end) {
        None => return Ok(Scan::Partial),
        Some(b' ') if end > start => {}
        Some(b'\r' | b'\n') => return Err(Reject::bad("the request line has no HTTP version")),
        Some(_) => return Err(Reject::bad("the request target contains a byte it may not")),
    }
    let Scan::Complete(version) = version(&bytes[end + 1..])? else { return Ok(Scan::Partial) };
    let target = target(&bytes[..method], bytes, start..end)?;
    Ok(Scan::Complete(RequestLine { len: end + 1 + VERSION_LEN, method, target, version }))
}

/// The length of `HTTP/1.1` and CRLF.
const VERSION_LEN: usize = 10;

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`, and the end of the line (RFC 9112 section 2.3).
fn version(bytes: &[u8]) -> Result<Scan<Version>, Reject> {
    if bytes.starts_with(b"HTTP/1.1\r\n") {
        return Ok(Scan::Complete(Version::Http11));
    }
    let line = &bytes[..bytes.len().min(VERSION_LEN)];
    let fits = line.iter().zip(b"HTTP/#.#\r\n").all(|(byte, pattern)| match pattern {
        b'#' => byte.is_ascii_digit(),
        _ => byte == pattern,
    });
    if !fits {
        return Err(Reject::bad("the request line does not end with HTTP/1.1 and CR LF"));
    }
    match line {
        _ if line.len() < VERSION_LEN => Ok(Scan::Partial),
        [_, _, _, _, _, b'1', _, b'0', ..] => Ok(Scan::Complete(Version::Http10)),
        [_, _, _, _, _, b'1', ..] => Ok(Scan::Complete(Version::Http11)),
        _ => Err(Reject::new(
            Status::VERSION_NOT_SUPPORTED,
            "this server speaks HTTP/1.1 and HTTP/1.0",
        )),
    }
}

/// Checks the target and finds its path and query in it (RFC 9112 section 3.2).
fn target(method: &[u8], bytes: &[u8], range: Range<usize>) -> Result<Range<usize>, Reject> {
    let target = &bytes[range.clone()];
    match target {
        [b'/', ..] if method != b"CONNECT" => {
            if !percent_encoding_is_whole(target) {
                return Err(Reject::bad("a % in the target is not followed by two hex digits"));
            }
            Ok(range)
        }
        b"*" if method == b"OPTIONS" => Ok(range),
        _ if method == b"CONNECT" => {
            let has_port = target.iter().rposition(|byte| *byte == b':');
            if has_port.is_some_and(|at| at > 0 && at + 1 < target.len()) && host::is_valid(target)
            {
                return Err(Reject::new(Status::NOT_IMPLEMENTED, "this server is no proxy"));
            }
            Err(Reject::bad("CONNECT wants a host and a port"))
        }
        _ => absolute_form(target).map(|path| range.start + path..range.end),
    }
}

/// Checks `http://authority/path?query` and says where the path begins. The authority wins over the `Host` field,
/// and an origin server has no use for either (RFC 9112 section 3.2.2).
fn absolute_form(target: &[u8]) -> Result<usize, Reject> {
    const BAD: Reject = Reject::bad("the request target is neither a path nor an http URL");
    let scheme = target.iter().position(|byte| *byte == b':').ok_or(BAD)?;
    let known = [&b"http"[..], b"https"].iter().any(|s| s.eq_ignore_ascii_case(&target[..scheme]));
    if !known || !target[scheme..].starts_with(b"://") {
        return Err(BAD);
    }
    let start = scheme + 3;
    let authority = scan(&target[start..], |byte| byte != b'/' && byte != b'?');
    let path = start + authority;
    if authority == 0
        || target[start] == b':'
        || !host::is_valid(&target[start..path])
        || !percent_encoding_is_whole(target)
    {
        return Err(BAD);
    }
    Ok(path)
}

/// What the header said about the message as a whole.
#[derive(Default)]
struct Seen {
    framing: FramingFields,
    hosts: u32,
    close: bool,
    keep_alive: bool,
    expects_continue: bool,
    unknown_expectation: bool,
}

impl Seen {
    #[inline]
    fn field(&mut self, name: &[u8], value: &[u8]) -> Result<(), Reject> {
        // Most fields are none of ours: their length tells before their bytes are looked at.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                self.hosts += 1;
                if self.hosts > 1 {
                    return Err(Reject::bad("more than one Host"));
                }
                if !host::is_valid(value) {
                    return Err(Reject::bad("Host is not a host and a port"));
                }
            }
            6 if name.eq_ignore_ascii_case(b"expect") => {
                if value.eq_ignore_ascii_case(b"100-continue") {
                    self.expects_continue = true;
                } else {
                    self.unknown_expectation = true;
                }
            }
            10 if name.eq_ignore_ascii_case(b"connection") => {
                for option in list(value) {
                    self.close |= option.eq_ignore_ascii_case(b"close");
                    self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.framing.content_length(value)?;
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.framing.transfer_encoding(value)?;
            }
            _ => {}
        }
        Ok(())
    }
}
