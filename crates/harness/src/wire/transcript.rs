//! What happened on a connection, in a form that one can read.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// How many entries are kept, the newest ones; and how many bytes of each, the first ones.
const ENTRIES: usize = 60;
const SHOWN: usize = 400;

/// How many bytes a comparison shows on either side of the first wrong one.
const AROUND: usize = 30;

/// A log of one connection: the newest entries, with the time since its beginning, the direction and the bytes.
#[derive(Debug)]
pub struct Transcript {
    start: Instant,
    entries: VecDeque<Entry>,
    dropped: usize,
}

#[derive(Debug)]
struct Entry {
    at: Duration,
    mark: &'static str,
    text: String,
    bytes: Option<usize>,
}

impl Default for Transcript {
    fn default() -> Self {
        Self::new()
    }
}

impl Transcript {
    /// Begins now.
    pub fn new() -> Self {
        Self { start: Instant::now(), entries: VecDeque::new(), dropped: 0 }
    }

    /// We have sent these bytes with one write.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.push("->", shortened(bytes), Some(bytes.len()));
    }

    /// We have sent these bytes with a write for each piece of this size.
    pub fn sent_in_pieces(&mut self, bytes: &[u8], size: usize) {
        self.push("->", format!("in pieces of {size}: {}", shortened(bytes)), Some(bytes.len()));
    }

    /// These bytes came with one read.
    pub fn received(&mut self, bytes: &[u8]) {
        self.push("<-", shortened(bytes), Some(bytes.len()));
    }

    /// Something else happened.
    pub fn note(&mut self, text: impl Into<String>) {
        self.push("--", text.into(), None);
    }

    fn push(&mut self, mark: &'static str, text: String, bytes: Option<usize>) {
        if self.entries.len() == ENTRIES {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(Entry { at: self.start.elapsed(), mark, text, bytes });
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dropped > 0 {
            writeln!(f, "    ({} earlier entries)", self.dropped)?;
        }
        for (number, entry) in self.entries.iter().enumerate() {
            let newline = if number > 0 { "\n" } else { "" };
            write!(
                f,
                "{newline}    {:8.3} s {} {}",
                entry.at.as_secs_f64(),
                entry.mark,
                entry.text
            )?;
            if let Some(bytes) = entry.bytes {
                write!(f, " ({bytes} {})", if bytes == 1 { "byte" } else { "bytes" })?;
            }
        }
        Ok(())
    }
}

/// Bytes as one would write them in a Rust byte string.
fn escaped(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Bytes in quotes, the first ones if they are many.
pub fn shortened(bytes: &[u8]) -> String {
    let dots = if bytes.len() > SHOWN { "..." } else { "" };
    format!("\"{}{dots}\"", escaped(&bytes[..bytes.len().min(SHOWN)]))
}

/// Both byte strings, with a caret under the first byte in which they differ.
pub fn compared(wanted: &[u8], got: &[u8]) -> String {
    let same = wanted.iter().zip(got).take_while(|(a, b)| a == b).count();
    let what = format!(
        "byte {same}: expected {}, got {}",
        wanted
            .get(same)
            .map_or("nothing more".to_owned(), |byte| format!("'{}'", byte.escape_ascii())),
        got.get(same)
            .map_or("nothing more".to_owned(), |byte| format!("'{}'", byte.escape_ascii())),
    );
    let (wanted, _) = window(wanted, same);
    let (got, column) = window(got, same);
    format!("  expected: {wanted}\n  got:      {got}\n            {}^ {what}", " ".repeat(column))
}

/// These bytes with a caret under one of them.
pub(super) fn pointed(got: &[u8], at: usize) -> String {
    let (text, column) = window(got, at);
    format!("  got: {text}\n       {}^ byte {at}", " ".repeat(column))
}

/// The neighbourhood of one byte in quotes, and the column of that byte in it.
fn window(bytes: &[u8], at: usize) -> (String, usize) {
    let from = at.saturating_sub(AROUND).min(bytes.len());
    let to = (at + AROUND).min(bytes.len());
    let before = if from > 0 { "...\"" } else { "\"" };
    let after = if to < bytes.len() { "\"..." } else { "\"" };
    let column = before.len() + escaped(&bytes[from..at.min(bytes.len())]).len();
    (format!("{before}{}{after}", escaped(&bytes[from..to])), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_first_wrong_byte() {
        let text = compared(b"\r\nHello, World!", b"\r\nHello, Wxrld!");
        let wanted = concat!(
            "  expected: \"\\r\\nHello, World!\"\n",
            "  got:      \"\\r\\nHello, Wxrld!\"\n",
            "                         ^ byte 10: expected 'o', got 'x'",
        );
        assert_eq!(text, wanted, "\n{text}\n{wanted}");
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_said() {
        assert!(compared(b"abc", b"ab").ends_with("^ byte 2: expected 'c', got nothing more"));
        assert!(compared(b"", b"x").ends_with("^ byte 0: expected nothing more, got 'x'"));
    }

    #[test]
    fn only_the_newest_entries_are_kept() {
        let mut transcript = Transcript::new();
        for number in 0..ENTRIES + 5 {
            transcript.note(format!("note {number}"));
        }
        let text = transcript.to_string();
        assert!(text.starts_with("    (5 earlier entries)\n"));
        assert!(!text.contains("note 4\n") && text.ends_with(&format!("note {}", ENTRIES + 4)));
    }
}
