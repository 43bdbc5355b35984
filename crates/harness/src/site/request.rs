//! What a client asked.

use std::time::Instant;

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The target as it stands in the request line, such as `/search?q=a`.
    pub target: String,
    /// The version: `HTTP/1.1`, or `HTTP/1.0`.
    pub version: String,
    /// The fields in their order, names as they were written, values without the spaces around them.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body, without its chunks.
    pub body: Vec<u8>,
    /// The number of the connection that it came on, from 0 on.
    pub connection: usize,
    /// When it was complete.
    pub at: Instant,
}

impl Request {
    /// The value of the first field of this name, in any case of letters.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.all(name).first().copied()
    }

    /// The values of every field of this name, in any case of letters.
    pub fn all(&self, name: &str) -> Vec<&[u8]> {
        let same = |(known, _): &&(String, Vec<u8>)| known.eq_ignore_ascii_case(name);
        self.fields.iter().filter(same).map(|(_, value)| &value[..]).collect()
    }

    /// The host that was asked for, without the port; empty if there is no `Host`.
    pub fn host(&self) -> String {
        let host = String::from_utf8_lossy(self.field("host").unwrap_or_default()).into_owned();
        match host.rsplit_once(':') {
            // The colons within the brackets of an IPv6 address begin no port.
            Some((name, port)) if !port.ends_with(']') => name.into(),
            _ => host,
        }
    }

    /// Whether a field that is a list of tokens has this one, in any case of letters.
    pub(super) fn lists(&self, name: &str, token: &str) -> bool {
        let is_token = |part: &[u8]| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes());
        self.all(name).iter().any(|value| value.split(|&byte| byte == b',').any(is_token))
    }

    /// Whether the client would go on with this connection.
    pub(super) fn keeps_alive(&self) -> bool {
        match &*self.version {
            "HTTP/1.0" => self.lists("connection", "keep-alive"),
            _ => !self.lists("connection", "close"),
        }
    }
}
