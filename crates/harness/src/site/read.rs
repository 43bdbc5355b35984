//! Reading requests: strict, bounded, and by no parser that is under test.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use super::request::Request;

/// A head longer than this is refused: no honest client sends one.
const HEAD: usize = 64 << 10;
/// A body longer than this is refused: a site keeps all of them.
const BODY: usize = 16 << 20;

/// Reads the requests of one connection.
pub(super) struct Reader<'a> {
    stream: &'a TcpStream,
    number: usize,
    /// Came, and is not used yet.
    ahead: Vec<u8>,
}

/// Why there is no request.
pub(super) enum Failure {
    /// The connection failed, or ended within a request.
    Io(io::Error),
    /// It is not what RFC 9112 permits.
    Wrong(&'static str),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

type Result<T> = std::result::Result<T, Failure>;

impl<'a> Reader<'a> {
    pub(super) fn new(stream: &'a TcpStream, number: usize) -> Self {
        Self { stream, number, ahead: Vec::new() }
    }

    /// The next request; none if the client ended the connection before it.
    pub(super) fn request(&mut self) -> Result<Option<Request>> {
        let Some(head) = self.head()? else { return Ok(None) };
        let mut request = parse(&head, self.number)?;
        if request.version == "HTTP/1.1" && request.all("host").len() != 1 {
            return Err(Failure::Wrong("a request of HTTP/1.1 has one Host"));
        }
        let chunked = request.lists("transfer-encoding", "chunked");
        let length = match request.all("content-length")[..] {
            [] => None,
            [length] => {
                Some(number(length, 10).ok_or(Failure::Wrong("Content-Length is no number"))?)
            }
            _ => return Err(Failure::Wrong("Content-Length stands there twice")),
        };
        if chunked && length.is_some() {
            return Err(Failure::Wrong("Transfer-Encoding and Content-Length stand side by side"));
        }
        if request.lists("expect", "100-continue") && (chunked || length > Some(0)) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.body = if chunked { self.chunks()? } else { self.exactly(length.unwrap_or(0))? };
        request.at = Instant::now();
        Ok(Some(request))
    }

    fn head(&mut self) -> Result<Option<Vec<u8>>> {
        let mut seen = 0;
        loop {
            let end = self.ahead[seen..].windows(4).position(|four| four == b"\r\n\r\n");
            if end.map_or(self.ahead.len(), |end| seen + end) > HEAD {
                return Err(Failure::Wrong("a head of more than 64 KiB"));
            }
            if let Some(end) = end {
                return Ok(Some(self.ahead.drain(..seen + end + 4).collect()));
            }
            // The end may be cut anywhere.
            seen = self.ahead.len().saturating_sub(3);
            if self.more()? == 0 {
                return match self.ahead.is_empty() {
                    true => Ok(None),
                    false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                };
            }
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            // What stands behind a semicolon is an extension, of which we know none.
            let size = line.split(|&byte| byte == b';').next().unwrap_or_default();
            let size = number(size, 16).ok_or(Failure::Wrong("a chunk size that is no number"))?;
            if size == 0 {
                break;
            }
            if body.len() + size > BODY {
                return Err(Failure::Wrong("a body of more than 16 MiB"));
            }
            body.extend(self.exactly(size)?);
            if !self.line()?.is_empty() {
                return Err(Failure::Wrong("a chunk that is longer than its size"));
            }
        }
        while !self.line()?.is_empty() {}
        Ok(body)
    }

    /// A line, without its ending.
    fn line(&mut self) -> Result<Vec<u8>> {
        let end = loop {
            match self.ahead.windows(2).position(|two| two == b"\r\n") {
                Some(end) => break end,
                None if self.ahead.len() > HEAD => {
                    return Err(Failure::Wrong("a line without end"));
                }
                None => self.some()?,
            }
        };
        let mut line: Vec<u8> = self.ahead.drain(..end + 2).collect();
        line.truncate(end);
        Ok(line)
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        if length > BODY {
            return Err(Failure::Wrong("a body of more than 16 MiB"));
        }
        while self.ahead.len() < length {
            self.some()?;
        }
        Ok(self.ahead.drain(..length).collect())
    }

    /// Reads at least a byte.
    fn some(&mut self) -> Result<()> {
        match self.more()? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            _ => Ok(()),
        }
    }

    fn more(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 << 10];
        loop {
            match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    let n = result?;
                    self.ahead.extend_from_slice(&buffer[..n]);
                    return Ok(n);
                }
            }
        }
    }
}

/// RFC 9112 3: `request-line = method SP request-target SP HTTP-version`; and 5: `field-line = field-name ":" OWS field-value OWS`.
fn parse(head: &[u8], connection: usize) -> Result<Request> {
    let mut lines = lines(&head[..head.len() - 4]).into_iter();
    let first = lines.next().unwrap_or_default();
    let plain = first.iter().all(|&byte| byte == b' ' || byte.is_ascii_graphic());
    let first = std::str::from_utf8(first).ok().filter(|_| plain);
    let first = first.ok_or(Failure::Wrong("a request line of odd bytes"))?;
    let [method, target, version] = first.split(' ').collect::<Vec<_>>()[..] else {
        return Err(Failure::Wrong("a request line has a method, a target and a version"));
    };
    if method.is_empty() || target.is_empty() || !["HTTP/1.0", "HTTP/1.1"].contains(&version) {
        return Err(Failure::Wrong("a request line has a method, a target and a version"));
    }
    let fields = lines.map(field).collect::<Result<_>>()?;
    let (method, target, version) = (method.into(), target.into(), version.into());
    Ok(Request {
        method,
        target,
        version,
        fields,
        body: Vec::new(),
        connection,
        at: Instant::now(),
    })
}

/// The lines between each CRLF. One of the two alone stays in its line, which then is none.
fn lines(mut head: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    while let Some(end) = head.windows(2).position(|two| two == b"\r\n") {
        lines.push(&head[..end]);
        head = &head[end + 2..];
    }
    lines.push(head);
    lines
}

fn field(line: &[u8]) -> Result<(String, Vec<u8>)> {
    let colon = line.iter().position(|&byte| byte == b':');
    let colon = colon.ok_or(Failure::Wrong("a field has a colon"))?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Err(Failure::Wrong("the name of a field has no spaces"));
    }
    if value.iter().any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
        return Err(Failure::Wrong("a control character in the value of a field"));
    }
    Ok((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}

/// Digits only: no sign, no space, and no more than fits.
fn number(digits: &[u8], radix: u32) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok()?;
    let plain = digits.chars().all(|digit| digit.is_digit(radix));
    usize::from_str_radix(digits, radix).ok().filter(|_| plain)
}
