//! What the server still owes to a client.

use crate::files::digest::CHUNK;
use std::fmt::Display;

/// What the server still owes to a client: at most [`CHUNK`] bytes and a line.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    sent: usize,
    end: usize,
}

impl Output {
    /// What is still to be sent.
    pub(super) fn owed(&self) -> &[u8] {
        &self.bytes[self.sent..self.end]
    }

    /// Is there room for more lines?
    pub(super) fn has_room(&self) -> bool {
        self.end < CHUNK / 4
    }

    /// So many of the owed bytes were sent.
    pub(super) fn sent(&mut self, n: usize) {
        self.sent += n;
        if self.sent == self.end {
            (self.sent, self.end) = (0, 0);
        }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: impl Display) {
        self.bytes.truncate(self.end);
        self.bytes.extend_from_slice(format!("{line}\n").as_bytes());
        self.end = self.bytes.len();
    }

    /// Lets `read` fill the empty buffer, and takes what it says to have brought.
    pub(super) fn fill<E>(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        debug_assert!(self.owed().is_empty(), "what is owed comes first");
        self.bytes.resize(CHUNK, 0);
        let n = read(&mut self.bytes)?;
        (self.sent, self.end) = (0, n);
        Ok(n)
    }

    /// Gives the memory back: a connection that only waits holds little.
    pub(super) fn shrink(&mut self) {
        if self.owed().is_empty() {
            *self = Self::default();
        }
    }
}
