//! A request to make.

use crate::host;
use crate::token::{is_field, is_target, is_token, percent_encoding_is_whole};
use std::fmt;

/// A request to make: checked part by part, so that nothing in it can be taken for more than it is.
///
/// Whoever puts a line ending into a target or a field of somebody else's request writes headers, or whole
/// requests, in their name. Here such a part is refused, never repaired:
///
/// ```
/// use http1::client::{Call, Unsendable};
///
/// let call = Call::new("POST", "example.com", "/notes?draft=1")?
///     .field("Content-Type", "text/plain")?
///     .body("remember the milk");
/// assert_eq!(
///     call.encode(),
///     b"POST /notes?draft=1 HTTP/1.1\r\n\
///       Host: example.com\r\n\
///       Connection: close\r\n\
///       Content-Type: text/plain\r\n\
///       Content-Length: 17\r\n\
///       \r\n\
///       remember the milk"
/// );
/// assert_eq!(Call::get("example.com", "/a b").unwrap_err(), Unsendable::Target);
/// let injected = Call::get("example.com", "/")?.field("X-Name", "me\r\nCookie: stolen");
/// assert_eq!(injected.unwrap_err(), Unsendable::FieldValue);
/// # Ok::<(), Unsendable>(())
/// ```
#[derive(Clone, Debug)]
pub struct Call {
    method: String,
    /// The request line and the host.
    first: Vec<u8>,
    keep_alive: bool,
    /// Further header lines, each whole.
    fields: Vec<u8>,
    body: Vec<u8>,
}

impl Call {
    /// A request with this method for `target` (`/path?query`, or `*` with OPTIONS) on `host` (with its port,
    /// unless that is 80). The path and the query are sent as they are: escape them first (RFC 3986 section 2.1).
    ///
    /// # Errors
    ///
    /// Where a part contains what it must not (RFC 9112 section 3). CONNECT is refused too: what follows it is no
    /// longer HTTP.
    pub fn new(method: &str, host: &str, target: &str) -> Result<Self, Unsendable> {
        if method.is_empty() || !method.bytes().all(is_token) || method == "CONNECT" {
            return Err(Unsendable::Method);
        }
        if host.is_empty() || host.starts_with(':') || !host::is_valid(host.as_bytes()) {
            return Err(Unsendable::Host);
        }
        let is_path = target.starts_with('/')
            && target.bytes().all(is_target)
            && percent_encoding_is_whole(target.as_bytes());
        let is_the_server = target == "*" && method == "OPTIONS";
        if !is_path && !is_the_server {
            return Err(Unsendable::Target);
        }
        Ok(Self {
            method: method.into(),
            first: format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n").into_bytes(),
            keep_alive: false,
            fields: Vec::new(),
            body: Vec::new(),
        })
    }

    /// A GET of `target` on `host`.
    ///
    /// # Errors
    ///
    /// As for [`Call::new`].
    pub fn get(host: &str, target: &str) -> Result<Self, Unsendable> {
        Self::new("GET", host, target)
    }

    /// The same request, without `Connection: close`: the server may keep the connection for another one
    /// (RFC 9112 section 9.3). Whether it does says [`Client::is_reusable`](super::Client::is_reusable).
    #[must_use]
    pub fn keep_alive(mut self) -> Self {
        self.keep_alive = true;
        self
    }

    /// The same request with one more field.
    ///
    /// # Errors
    ///
    /// Where name or value contain what they must not (RFC 9110 section 5), or the field is one that says where a
    /// message ends or what becomes of the connection: those are the client's business.
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, Unsendable> {
        const OURS: [&str; 5] =
            ["connection", "content-length", "host", "transfer-encoding", "upgrade"];
        let value = value.as_ref();
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Unsendable::FieldName);
        }
        if OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
            return Err(Unsendable::OurField);
        }
        if !value.iter().all(|byte| is_field(*byte)) || value.trim_ascii() != value {
            return Err(Unsendable::FieldValue);
        }
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            self.fields.extend_from_slice(part);
        }
        Ok(self)
    }

    /// The same request with a body, which is announced by its `Content-Length`.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The request as it goes over the wire.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.first.clone();
        if !self.keep_alive {
            bytes.extend_from_slice(b"Connection: close\r\n");
        }
        bytes.extend_from_slice(&self.fields);
        // Methods that usually carry a body say so if there is none (RFC 9110 section 8.6).
        let usual = ["POST", "PUT", "PATCH"].contains(&&*self.method);
        if usual || !self.body.is_empty() {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    pub(super) fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// Will the response go without a body?
    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}

/// Why a request cannot be made: the part that contains what it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The method is no token, or CONNECT.
    Method,
    /// The host is not a host with perhaps a port.
    Host,
    /// The target is not a path with perhaps a query, whole in its `%` escapes.
    Target,
    /// The field's name is no token.
    FieldName,
    /// The field's value contains a control byte, or white space at its ends.
    FieldValue,
    /// The field is one that the client writes itself.
    OurField,
}

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method must be a token, and not CONNECT",
            Self::Host => "the host must be a name or an address, perhaps with a port",
            Self::Target => "the target must be a path, with everything unusual in it escaped",
            Self::FieldName => "the field's name must be a token",
            Self::FieldValue => {
                "the field's value must be one line without white space at its ends"
            }
            Self::OurField => "the client itself writes this field",
        })
    }
}

impl std::error::Error for Unsendable {}
