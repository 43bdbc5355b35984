//! What comes back, the same for both ways to ask: a head, and then a body in pieces.

use crate::failure::Failure;

/// The head of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `HTTP/1.1`.
    pub version: String,
    /// The status code.
    pub status: u16,
    /// The words after it; may be empty.
    pub reason: Vec<u8>,
    /// The header lines, in their order.
    pub fields: Vec<(String, Vec<u8>)>,
    /// Bytes of the body, if they were announced.
    pub length: Option<u64>,
}

impl Head {
    /// The value of the first field of this name, if it is text.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(&found.1).ok()
    }

    /// The head as it is printed with `-i`: status line, header lines, and an empty line.
    pub fn lines(&self) -> Vec<u8> {
        let mut text = format!("{} {} ", self.version, self.status).into_bytes();
        text.extend_from_slice(&self.reason);
        for (name, value) in &self.fields {
            text.extend_from_slice(b"\r\n");
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value);
        }
        text.extend_from_slice(b"\r\n\r\n");
        text
    }
}

/// Whoever takes a response while it comes.
pub trait Receiver {
    /// The head is there. Is the body wanted?
    ///
    /// # Errors
    ///
    /// Whatever ends the exchange here.
    fn head(&mut self, head: Head) -> Result<Body, Failure>;

    /// A piece of the body is there, decoded.
    ///
    /// # Errors
    ///
    /// Whatever ends the exchange here.
    fn body(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// A server has read the request, and has sent us to another one. Whatever fails from now on, it has been sent.
    fn sent(&mut self) {}

    /// Was something printed, and its last line not ended?
    fn has_open_line(&self) -> bool {
        false
    }
}

/// What becomes of a response's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It is read.
    Wanted,
    /// It is not; the connection goes with it.
    Unwanted,
}
