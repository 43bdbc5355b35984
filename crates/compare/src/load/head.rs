//! The head of a reply, read strictly: what two readers could understand in two ways is malformed.

use crate::results::Fault;
use std::ops::Range;

/// What a head says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The three digits.
    pub(super) status: u16,
    /// How the body ends.
    pub(super) framing: Framing,
    /// Will the server close the connection after the reply?
    pub(super) close: bool,
    /// Where the value of the field `Date` stands.
    pub(super) date: Option<Range<usize>>,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With an empty chunk.
    Chunked,
    /// With the connection.
    ToTheEnd,
}

/// Reads a head, from the status line to the blank line and with it.
///
/// ```text
/// status-line = HTTP-version SP status-code SP [ reason-phrase ]        RFC 9112, section 4
/// field-line  = field-name ":" OWS field-value OWS                      RFC 9112, section 5
/// ```
pub(super) fn read(bytes: &[u8]) -> Result<Head, Fault> {
    let end = memchr::memchr(b'\n', bytes).ok_or(Fault::Malformed)?;
    let (newer, status) = status(line(&bytes[..=end])?)?;
    let (mut length, mut chunked, mut date) = (None, false, None);
    let mut close = !newer;
    let mut at = end + 1;
    loop {
        let end = at + memchr::memchr(b'\n', &bytes[at..]).ok_or(Fault::Malformed)?;
        let field = line(&bytes[at..=end])?;
        if field.is_empty() {
            break;
        }
        let colon = memchr::memchr(b':', field).ok_or(Fault::Malformed)?;
        let (name, value) = (&field[..colon], field[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
            return Err(Fault::Malformed);
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            // The same length twice is one too many: somebody has added to what somebody else wrote.
            if length.replace(number(value)?).is_some() {
                return Err(Fault::Malformed);
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Fault::Malformed);
            }
            chunked = true;
        } else if name.eq_ignore_ascii_case(b"connection") {
            for option in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
                if option.eq_ignore_ascii_case(b"close") {
                    close = true;
                } else if option.eq_ignore_ascii_case(b"keep-alive") && !newer {
                    close = false;
                }
            }
        } else if name.eq_ignore_ascii_case(b"date") {
            let from = at + colon + 1;
            date = Some(from..from + (field.len() - colon - 1));
        }
        at = end + 1;
    }
    let framing = match (length, chunked) {
        (Some(_), true) => return Err(Fault::Malformed),
        (Some(length), false) => Framing::Length(length),
        (None, true) if newer => Framing::Chunked,
        (None, true) => return Err(Fault::Malformed),
        (None, false) => Framing::ToTheEnd,
    };
    close |= framing == Framing::ToTheEnd;
    Ok(Head { status, framing, close, date })
}

/// Is it HTTP/1.1 (else HTTP/1.0), and the status.
fn status(line: &[u8]) -> Result<(bool, u16), Fault> {
    let newer = match line.get(..9) {
        Some(b"HTTP/1.1 ") => true,
        Some(b"HTTP/1.0 ") => false,
        _ => return Err(Fault::Malformed),
    };
    match &line[9..] {
        // Servers that say nothing in the end often leave out the last space as well; RFC 9112 lets a reader be lenient.
        code if code.len() == 3 => Ok((newer, number(code)? as u16)),
        [a, b, c, b' ', ..] => Ok((newer, number(&[*a, *b, *c])? as u16)),
        _ => Err(Fault::Malformed),
    }
}

/// A line without its ending, which must be CRLF. No other control character than a tab may be in it.
pub(super) fn line(bytes: &[u8]) -> Result<&[u8], Fault> {
    let line = bytes.strip_suffix(b"\r\n").ok_or(Fault::Malformed)?;
    let allowed = |&byte: &u8| byte == b'\t' || (byte >= b' ' && byte != 127);
    if line.iter().all(allowed) { Ok(line) } else { Err(Fault::Malformed) }
}

/// Decimal digits and nothing else.
fn number(text: &[u8]) -> Result<u64, Fault> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(Fault::Malformed);
    }
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(Fault::Malformed)
}

/// `tchar` of RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_understood() {
        let head = |text: &str| read(text.replace('\n', "\r\n").as_bytes());
        let full = head("HTTP/1.1 200 OK\nDate: now\nContent-Length: 13\n\n").unwrap();
        assert_eq!((full.status, full.framing, full.close), (200, Framing::Length(13), false));
        assert_eq!(full.date, Some(22..26));
        let chunked = head("HTTP/1.1 200 \ntransfer-encoding: Chunked\nConnection: x, Close\n\n");
        let chunked = chunked.unwrap();
        assert_eq!((chunked.framing, chunked.close), (Framing::Chunked, true));
        let old = head("HTTP/1.0 404 no\n\n").unwrap();
        assert_eq!((old.status, old.framing, old.close), (404, Framing::ToTheEnd, true));
        let kept = head("HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 1\n\n").unwrap();
        assert!(!kept.close);
    }

    #[test]
    fn what_is_not_clear_is_malformed() {
        for wrong in [
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200 OK\n\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: x\ry\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert_eq!(read(wrong.as_bytes()), Err(Fault::Malformed), "{wrong:?}");
        }
    }
}
