//! What waits in an outbox.

use super::{Line, Sink};
use crate::chat::protocol::LINE_COST;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};

/// Bytes that are written at once.
const BATCH: usize = 16 * 1024;

/// What waits in an outbox.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: VecDeque<Line>,
    /// What they cost together.
    pub(super) cost: usize,
    /// Nothing more is taken.
    pub(super) is_closed: bool,
    /// Nobody is there to write it to. What is put in is dropped.
    is_gone: bool,
    /// Lines that are being written, and how much of them was.
    batch: Vec<u8>,
    written: usize,
}

impl Queue {
    pub(super) fn put(&mut self, line: Line) {
        if !self.is_gone {
            self.cost += cost(&line);
            self.lines.push_back(line);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.batch.is_empty()
    }

    /// Writes some of what is there; false: there is nothing.
    pub(super) fn write(&mut self, sink: &dyn Sink) -> io::Result<bool> {
        if self.batch.is_empty() {
            self.next_batch();
        }
        if self.batch.is_empty() {
            return Ok(false);
        }
        match sink.take(&self.batch[self.written..]) {
            Ok(taken) => self.written += taken,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(error),
            Err(error) => {
                *self = Self { is_gone: true, is_closed: self.is_closed, ..Self::default() };
                return Err(error);
            }
        }
        if self.written == self.batch.len() {
            // Most outboxes are empty most of the time, and then hold no memory.
            (self.batch, self.written) = (Vec::new(), 0);
        }
        Ok(true)
    }

    fn next_batch(&mut self) {
        while self.batch.len() < BATCH
            && let Some(line) = self.lines.pop_front()
        {
            self.cost -= cost(&line);
            self.batch.extend_from_slice(line.as_bytes());
            self.batch.push(b'\n');
        }
        if self.lines.is_empty() {
            self.lines = VecDeque::new();
        }
    }
}

/// What a line counts for.
pub(super) fn cost(line: &Line) -> usize {
    line.len() + LINE_COST
}
