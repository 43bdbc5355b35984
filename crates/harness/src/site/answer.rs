//! What a site answers.

use std::time::Duration;

use super::request::Request;

/// The length of a chunk where an answer is chunked: short, so that a small page has several.
const CHUNK: usize = 1_000;

/// An answer to one request.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    framing: Framing,
    closing: bool,
    pub(super) after: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length,
    Chunked,
    UntilClose,
    Raw,
}

impl Answer {
    /// An answer of this status, without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            fields: Vec::new(),
            body: Vec::new(),
            framing: Framing::Length,
            closing: false,
            after: Duration::ZERO,
        }
    }

    /// A page: 200 with a body of `text/html`.
    pub fn html(page: impl Into<Vec<u8>>) -> Self {
        Self::new(200).field("Content-Type", "text/html; charset=utf-8").body(page)
    }

    /// Sends the client to another place.
    pub fn redirect(status: u16, to: impl AsRef<[u8]>) -> Self {
        Self::new(status).field("Location", to)
    }

    /// These bytes instead of an answer, as they are; then the connection is closed.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { framing: Framing::Raw, closing: true, ..Self::new(0).body(bytes) }
    }

    /// Adds a field. One that says how long the body is replaces the one that we would write.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name.into(), value.as_ref().into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits so long before it answers.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Sends the body in chunks, of which even a small one has several. A client of HTTP/1.0 gets it until the close.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.framing = Framing::Chunked;
        self
    }

    /// Does not say how long the body is: it ends where the connection does.
    #[must_use]
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::UntilClose;
        self
    }

    /// Says `Connection: close`, and closes.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closing = true;
        self
    }

    /// The bytes on the wire, and whether the connection goes on.
    pub(super) fn encode(self, request: &Request) -> (Vec<u8>, bool) {
        if self.framing == Framing::Raw {
            return (self.body, false);
        }
        let bodyless = matches!(self.status, 100..200 | 204 | 304);
        let old = request.version == "HTTP/1.0";
        let framing = match self.framing {
            _ if bodyless => Framing::Raw,
            Framing::Chunked if old => Framing::UntilClose,
            framing => framing,
        };
        let goes_on = request.keeps_alive() && !self.closing && framing != Framing::UntilClose;
        let mut bytes =
            format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        let mut field = |name: &str, value: &[u8]| {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        };
        for (name, value) in &self.fields {
            field(name, value);
        }
        let has =
            |name: &str| self.fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !has("Content-Length") && framing == Framing::Length {
            field("Content-Length", self.body.len().to_string().as_bytes());
        }
        if framing == Framing::Chunked {
            field("Transfer-Encoding", b"chunked");
        }
        if !goes_on {
            field("Connection", b"close");
        } else if old {
            field("Connection", b"keep-alive");
        }
        bytes.extend(b"\r\n");
        match framing {
            _ if bodyless || request.method == "HEAD" => {}
            Framing::Chunked => bytes.extend(chunks(&self.body)),
            _ => bytes.extend(&self.body),
        }
        (bytes, goes_on)
    }
}

fn chunks(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + body.len() / 50 + 16);
    for chunk in body.chunks(CHUNK.min(body.len() / 3 + 1)) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

/// RFC 9110 15: what people read beside the number. Where we know none, there is none.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        410 => "Gone",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
