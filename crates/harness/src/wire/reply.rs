//! A reader of HTTP/1.1 replies that forgives nothing.

use super::Wire;
use super::transcript::pointed;

/// One reply, exactly as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// Names and values in their order, with their exact bytes (but without the white space around a value).
    pub fields: Vec<(String, Vec<u8>)>,
    /// The head, from the status line to the empty line.
    pub head: Vec<u8>,
    /// The content, without its framing.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a field that may occur once at most; a second one is `None` too, for it has no single value.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let (_, value) = found.next()?;
        if found.next().is_some() { None } else { str::from_utf8(value).ok() }
    }

    /// Whether the server says that it closes after this reply.
    pub fn closes(&self) -> bool {
        self.has("connection", "close")
    }

    fn has(&self, name: &str, token: &str) -> bool {
        let values = self.fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let mut tokens = values.flat_map(|(_, value)| value.split(|&byte| byte == b','));
        tokens.any(|other| other.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }
}

impl Wire {
    /// Reads the one reply to a request of this method, to the last byte of its content.
    ///
    /// What comes after it stays for the next call, or for [`Wire::expect_end`].
    #[track_caller]
    pub fn reply(&mut self, method: &str) -> Reply {
        let mut reply = self.head();
        let lengths: Vec<_> = reply
            .fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .collect();
        let codings = reply
            .fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"))
            .count();
        let bodiless = matches!(reply.status, 100..=199 | 204);
        if lengths.len() + codings > 1 || bodiless && lengths.len() + codings > 0 {
            self.fail_head(
                &reply,
                "one Content-Length or one Transfer-Encoding at most, and none in a 1xx or 204",
            );
        }
        reply.body = if method == "HEAD" || bodiless || reply.status == 304 {
            Vec::new()
        } else if codings == 1 {
            if !reply.has("transfer-encoding", "chunked") {
                self.fail_head(&reply, "no transfer coding but chunked");
            }
            self.chunks()
        } else if let Some((_, digits)) = lengths.first() {
            match number(digits, 10) {
                Some(length) => self.read_exact(length),
                None => self.fail_head(&reply, "a Content-Length of digits"),
            }
        } else if reply.closes() {
            self.read_to_end()
        } else {
            self.fail_head(
                &reply,
                "a Content-Length, Transfer-Encoding: chunked, or Connection: close",
            )
        };
        reply
    }

    /// `status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF`, then the fields.
    #[track_caller]
    fn head(&mut self) -> Reply {
        let line = self.line("a status line");
        let code = line.strip_prefix(b"HTTP/1.1 ").filter(|rest| rest.get(3) == Some(&b' '));
        let status = code.and_then(|rest| number(&rest[..3], 10));
        let Some(status @ 100..=599) = status else {
            self.fail_line(&line, 0, "a status line like \"HTTP/1.1 200 OK\"")
        };
        let mut head = [&line[..], b"\r\n"].concat();
        let reason = String::from_utf8_lossy(&line[13..]).into_owned();
        let fields = self.fields(&mut head);
        Reply { status: status as u16, reason, fields, head, body: Vec::new() }
    }

    /// `field-line = field-name ":" OWS field-value OWS`, up to the empty line.
    #[track_caller]
    fn fields(&mut self, head: &mut Vec<u8>) -> Vec<(String, Vec<u8>)> {
        let mut fields = Vec::new();
        loop {
            let line = self.line("a field or an empty line");
            head.extend_from_slice(&line);
            head.extend_from_slice(b"\r\n");
            if line.is_empty() {
                return fields;
            }
            let token =
                |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
            let name = line.iter().take_while(|byte| token(byte)).count();
            if name == 0 || line.get(name) != Some(&b':') {
                self.fail_line(&line, name, "a field name and a colon");
            }
            let control = |&byte: &u8| byte != b'\t' && byte.is_ascii_control();
            if let Some(at) = line.iter().position(control) {
                self.fail_line(&line, at, "a field value without control bytes");
            }
            fields.push((
                String::from_utf8_lossy(&line[..name]).into_owned(),
                line[name + 1..].trim_ascii().to_vec(),
            ));
        }
    }

    /// `chunked-body = *chunk last-chunk trailer-section CRLF`
    #[track_caller]
    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = self.line("the size of a chunk");
            // `chunk = chunk-size [ chunk-ext ] CRLF`; extensions are allowed, and mean nothing to us.
            let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
            let Some(size) = number(digits, 16) else {
                self.fail_line(&line, 0, "the size of a chunk in hex digits")
            };
            if size == 0 {
                self.fields(&mut Vec::new());
                return body;
            }
            body.extend(self.read_exact(size));
            self.expect("\r\n");
        }
    }

    /// One line without its CRLF; no CR or LF may stand alone.
    #[track_caller]
    fn line(&mut self, what: &str) -> Vec<u8> {
        let mut line = Vec::new();
        loop {
            let byte = self.read_exactly(1, what)[0];
            match (line.last(), byte) {
                (Some(b'\r'), b'\n') => break,
                (Some(b'\r'), _) | (_, b'\n') => {
                    line.push(byte);
                    self.fail_line(
                        &line,
                        line.len() - 1,
                        "lines that end in CR LF, and no CR or LF elsewhere",
                    );
                }
                _ => line.push(byte),
            }
        }
        line.pop();
        line
    }

    #[track_caller]
    fn fail_line(&self, line: &[u8], at: usize, expected: &str) -> ! {
        self.fail(format!("malformed reply: expected {expected}\n{}", pointed(line, at)))
    }

    #[track_caller]
    fn fail_head(&self, reply: &Reply, expected: &str) -> ! {
        self.fail(format!(
            "malformed reply: expected {expected}\n  got: \"{}\"",
            reply.head.escape_ascii()
        ))
    }
}

/// Digits only: `from_str_radix` alone would take a sign.
fn number(digits: &[u8], radix: u32) -> Option<usize> {
    if digits.is_empty() || !digits.iter().all(|&byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    usize::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()
}
