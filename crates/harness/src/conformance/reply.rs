//! A strict reader of replies: what the grammar does not permit is an error, never skipped.

use super::octets::{is_imf_fixdate_near_now, is_token, is_value, list};

/// One reply.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) version: String,
    pub(super) status: u16,
    pub(super) fields: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The value of the first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Whether a member of the comma-separated field is this token, in any case.
    pub(super) fn lists(&self, name: &str, token: &str) -> bool {
        let mut values = self.fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        values.any(|(_, value)| {
            list(value).any(|member| member.eq_ignore_ascii_case(token.as_bytes()))
        })
    }

    /// Whether the connection ends with this reply (RFC 9112 9.3).
    pub(super) fn is_last(&self) -> bool {
        self.lists("Connection", "close")
            || (self.version == "HTTP/1.0" && !self.lists("Connection", "keep-alive"))
    }
}

/// Reads one reply from the front of `bytes`: the reply and its length, or `None` if more bytes are needed.
///
/// `head` says that the request was HEAD, `ended` that no more bytes will come.
pub(super) fn read(
    bytes: &[u8],
    head: bool,
    ended: bool,
) -> Result<Option<(Reply, usize)>, String> {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        // What is no reply shall not have to be awaited to its end.
        let start = |version: &[u8]| bytes.iter().zip(version).all(|(a, b)| a == b);
        if !start(b"HTTP/1.1 ") && !start(b"HTTP/1.0 ") {
            return Err("it does not start with a version".to_owned());
        }
        return Ok(None);
    };
    let mut reply = read_head(&bytes[..end])?;
    check_head(&reply)?;
    let rest = &bytes[end + 4..];
    let Some(length) = read_body(&mut reply, rest, head, ended)? else { return Ok(None) };
    Ok(Some((reply, end + 4 + length)))
}

/// `status-line = HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 4), then field lines.
fn read_head(head: &[u8]) -> Result<Reply, String> {
    if head
        .iter()
        .enumerate()
        .any(|(at, &byte)| byte == b'\n' && (at == 0 || head[at - 1] != b'\r'))
    {
        return Err(format!("its head has a bare LF: {:?}", String::from_utf8_lossy(head)));
    }
    let mut lines =
        head.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let line = lines.next().unwrap_or_default();
    let malformed = || format!("its status line is malformed: {:?}", String::from_utf8_lossy(line));
    let (version, rest) = line.split_at_checked(9).ok_or_else(malformed)?;
    let (code, reason) = rest.split_at_checked(4).ok_or_else(malformed)?;
    let status =
        std::str::from_utf8(&code[..3]).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let status = status.and_then(|digits| digits.parse().ok()).filter(|s| (100..600).contains(s));
    if !matches!(version, b"HTTP/1.1 " | b"HTTP/1.0 ") || code[3] != b' ' || !is_value(reason) {
        return Err(malformed());
    }
    let version = String::from_utf8_lossy(&version[..8]).into_owned();
    let status: u16 = status.ok_or_else(malformed)?;
    let mut fields = Vec::new();
    for line in lines {
        let malformed =
            || format!("a field line is malformed: {:?}", String::from_utf8_lossy(line));
        let colon = line.iter().position(|&b| b == b':').ok_or_else(malformed)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if !is_token(name) || !is_value(value) {
            return Err(malformed());
        }
        fields.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
    }
    Ok(Reply { version, status, fields, body: Vec::new() })
}

/// What every reply must keep to, whatever the case is about.
fn check_head(reply: &Reply) -> Result<(), String> {
    let count =
        |name: &str| reply.fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count();
    for name in
        ["Content-Length", "Transfer-Encoding", "Content-Type", "Date", "Server", "Location"]
    {
        if count(name) > 1 {
            return Err(format!("it has {name} twice"));
        }
    }
    let framed = [reply.field("Content-Length"), reply.field("Transfer-Encoding")];
    if framed.iter().all(Option::is_some) {
        return Err("it has both Content-Length and Transfer-Encoding (RFC 9112 6.2)".to_owned());
    }
    if reply.version == "HTTP/1.0" && framed[1].is_some() {
        return Err("an HTTP/1.0 reply has Transfer-Encoding (RFC 9112 6.1)".to_owned());
    }
    if (reply.status < 200 || reply.status == 204) && framed.iter().any(Option::is_some) {
        return Err(format!("a {} has a framing field (RFC 9110 8.6, RFC 9112 6.1)", reply.status));
    }
    match reply.field("Date") {
        Some(date) if !is_imf_fixdate_near_now(date) => Err(format!(
            "its Date is not the time as IMF-fixdate: {:?}",
            String::from_utf8_lossy(date)
        )),
        None if (200..500).contains(&reply.status) => {
            Err(format!("a {} has no Date (RFC 9110 6.6.1)", reply.status))
        }
        _ => Ok(()),
    }
}

/// The rules of RFC 9112 6.3: returns how many bytes the body takes, or `None` if it is not all there.
fn read_body(
    reply: &mut Reply,
    rest: &[u8],
    head: bool,
    ended: bool,
) -> Result<Option<usize>, String> {
    let declared = match reply.field("Content-Length") {
        Some(digits) => {
            let length =
                std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
            Some(
                length
                    .and_then(|d| d.parse::<usize>().ok())
                    .ok_or("its Content-Length is not a number")?,
            )
        }
        None => None,
    };
    let chunked = match reply.field("Transfer-Encoding") {
        Some(coding) if coding.eq_ignore_ascii_case(b"chunked") => true,
        Some(_) => return Err("its Transfer-Encoding is not chunked".to_owned()),
        None => false,
    };
    if head || reply.status < 200 || matches!(reply.status, 204 | 304) {
        return Ok(Some(0));
    }
    if chunked {
        return read_chunks(reply, rest);
    }
    let length = match declared {
        Some(length) if rest.len() < length => return Ok(None),
        Some(length) => length,
        None if !ended => return Ok(None),
        None => rest.len(),
    };
    reply.body = rest[..length].to_vec();
    Ok(Some(length))
}

/// `chunked-body = *chunk last-chunk trailer-section CRLF` (RFC 9112 7.1), without extensions or trailers.
fn read_chunks(reply: &mut Reply, rest: &[u8]) -> Result<Option<usize>, String> {
    let mut at = 0;
    loop {
        let Some(line) = rest[at..].windows(2).position(|w| w == b"\r\n") else { return Ok(None) };
        let digits = std::str::from_utf8(&rest[at..at + line]).unwrap_or_default();
        let hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let size = usize::from_str_radix(digits, 16).ok().filter(|&s| hex && s < 1 << 30);
        let size = size.ok_or(format!("a chunk size is malformed: {digits:?}"))?;
        at += line + 2;
        let Some(data) = rest.get(at..at + size + 2) else { return Ok(None) };
        if &data[size..] != b"\r\n" {
            return Err("a chunk does not end with CRLF".to_owned());
        }
        reply.body.extend_from_slice(&data[..size]);
        at += size + 2;
        if size == 0 {
            return Ok(Some(at));
        }
    }
}
