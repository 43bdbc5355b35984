//! What it means that something else came than was expected, or nothing.

use super::listen::Came;
use super::{PATIENCE, QUIET, Talk, Way, brief};
use crate::failure::{Failure, Stop, Symptom};
use harness::compared;
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// A command in so many pieces at most may have been taken for so many commands.
const MOST_PIECES: usize = 10;
/// How long a program that did not reply may take to do so when it is told that nothing more will come.
const SECOND_CHANCE: Duration = Duration::from_secs(1);

impl Talk {
    /// Nothing came in time. Why that is can often be seen by what makes it come.
    pub(super) fn silence(&mut self, expected: &str) -> Stop {
        let seconds = PATIENCE.as_secs();
        if Instant::now() >= self.until {
            return self
                .failure(Symptom::Silent, expected, "nothing when the time of this part was over")
                .into();
        }
        if !self.ahead.is_empty() {
            let got = format!(
                "{} without a line ending, and nothing more for {seconds} s",
                brief(&self.ahead)
            );
            return self.failure(Symptom::NoNewline, expected, got).into();
        }
        self.note("the grader ends its side, to see whether the program waits for that");
        let _ = self.stream.shutdown(Shutdown::Write);
        let came = self.receive(Instant::now() + SECOND_CHANCE);
        let (symptom, got) = match came {
            Ok(Came::Bytes) if self.done => (Symptom::Silent, format!("it only after {seconds} s")),
            Ok(Came::Bytes) => (
                Symptom::WaitsForEof,
                format!(
                    "nothing for {seconds} s, and a reply only when the connection was half-closed"
                ),
            ),
            _ if self.replied > 0 && self.asked() > self.replied => (
                Symptom::LostCommand,
                format!(
                    "nothing for {seconds} s, after the replies to {} of {} lines",
                    self.replied,
                    self.asked()
                ),
            ),
            _ => (Symptom::Silent, format!("nothing for {seconds} s")),
        };
        self.failure(symptom, expected, got).into()
    }

    /// What should come next, in words: this reply, to that command.
    pub(super) fn reply_wanted(&self, wanted: &[u8]) -> String {
        match self.asked_next() {
            Some(command) => format!("the reply {} to {}", brief(wanted), brief(&command)),
            None => format!("the reply {}", brief(wanted)),
        }
    }

    /// The command that is to be replied to next, if it was said last.
    pub(super) fn asked_next(&self) -> Option<Vec<u8>> {
        let mut lines = self.said.split(|&byte| byte == b'\n');
        lines.nth(self.replied).filter(|line| !line.is_empty()).map(<[u8]>::to_vec)
    }

    /// How many lines were said last.
    pub(super) fn asked(&self) -> usize {
        self.said.iter().filter(|&&byte| byte == b'\n').count()
    }

    /// Says the same again in one piece: is that answered in another way?
    pub(super) fn pieces_matter(&mut self) -> bool {
        if self.way == Way::Whole || self.done {
            return self.way == Way::Pieces;
        }
        self.note("the grader says the same again in one piece, to see whether the pieces matter");
        // What came for the other pieces is not asked for any more.
        for _ in 0..MOST_PIECES {
            if !self.has_line(QUIET).is_ok_and(|more| more) {
                break;
            }
            self.ahead.clear();
        }
        let said = std::mem::take(&mut self.said);
        let again =
            self.say_whole(&said).is_ok() && self.has_line(SECOND_CHANCE).is_ok_and(|more| more);
        again && !self.ahead.starts_with(b"error")
    }

    pub(super) fn was_reset(&self, expected: &str) -> Stop {
        self.failure(Symptom::Reset, expected, "a reset of the connection").into()
    }

    /// Another line came than the expected one.
    pub(super) fn wrong(&mut self, expected: &str, wanted: &[u8], got: &[u8]) -> Failure {
        let symptom = match () {
            () if got == wanted.strip_suffix(b"\n").unwrap_or(wanted) => Symptom::NoNewline,
            // A part of a command is often none.
            () if got.starts_with(b"error") && self.pieces_matter() => Symptom::ShortRead,
            () => Symptom::WrongReply,
        };
        let is_crlf =
            got.strip_suffix(b"\r\n").is_some_and(|text| wanted == [text, b"\n"].concat());
        let ending = if is_crlf { ", which ends in \\r\\n and not in \\n alone" } else { "" };
        let mut failure = self.failure(symptom, expected, brief(got) + ending);
        failure.transcript.extend(compared(wanted, got).lines().map(str::to_owned));
        failure
    }
}
