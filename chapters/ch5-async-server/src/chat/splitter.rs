//! Bytes to lines.

use crate::chat::protocol::LONGEST_LINE;
use crate::chat::text::harmless;

/// What a client has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line without its ending, made harmless.
    Line(String),
    /// The beginning of a line that is too long; the rest of it is skipped.
    TooLong,
}

/// Cuts a stream of bytes into lines, one at a time, however it arrives. It holds the bytes that were not cut yet: what
/// it was last fed, and at most one unfinished line.
#[derive(Debug, Default)]
pub struct Splitter {
    held: Vec<u8>,
    is_skipping: bool,
    has_ended: bool,
}

impl Splitter {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Bytes of memory that it holds.
    pub fn held(&self) -> usize {
        self.held.capacity()
    }

    /// There will be no more bytes: a last line may go without an ending.
    pub fn end(&mut self) {
        self.has_ended = true;
    }
}

impl Iterator for Splitter {
    type Item = Heard;

    fn next(&mut self) -> Option<Heard> {
        while !self.held.is_empty() {
            let newline = self.held.iter().position(|&byte| byte == b'\n');
            let end = newline.map_or(self.held.len(), |at| at + 1);
            // A `\r` at the end of what there is may be the first half of the ending.
            let line = without_return(&self.held[..newline.unwrap_or(end)]);
            let heard = match line.len() {
                _ if self.is_skipping => None,
                length if length > LONGEST_LINE => Some(Heard::TooLong),
                _ if newline.is_none() && !self.has_ended => break,
                _ => Some(Heard::Line(harmless(line))),
            };
            self.held.drain(..end);
            self.is_skipping = newline.is_none();
            if heard.is_some() {
                return heard;
            }
        }
        // Who is silent holds no more than what they have begun.
        self.held.shrink_to_fit();
        None
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
