//! Prints cases and failures so that a reader can replay them.

use std::fmt::{self, Display, Formatter};

use super::case::{Body, Case, End, Level, Outcome, Piece};
use super::judge::{Ended, Seen};

/// How much of each end of a long run of bytes is shown.
const SHOWN: usize = 240;

/// One case that a server failed.
#[derive(Debug)]
pub struct Failure {
    /// The case.
    pub case: &'static Case,
    /// All bytes that came.
    pub came: Vec<u8>,
    /// Why that is not accepted.
    pub why: String,
    ended: Option<Ended>,
}

impl Failure {
    pub(super) fn new(case: &'static Case, seen: Seen, why: String) -> Self {
        Self { case, came: seen.bytes, why, ended: seen.ended }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let case = self.case;
        writeln!(f, "{}: {} [{}, RFC {}]", case.id, case.title, case.level, case.section)?;
        for (index, piece) in case.send.iter().enumerate() {
            writeln!(f, "  {:9} {piece}", if index == 0 { "sent:" } else { "" })?;
        }
        for (index, outcome) in case.accept.iter().enumerate() {
            writeln!(f, "  {:9} {outcome}", if index == 0 { "accepted:" } else { "or:" })?;
        }
        let end = match self.ended {
            Some(Ended::Eof) => "then end-of-file",
            Some(Ended::Reset) => "then a reset",
            None => "still open",
        };
        writeln!(f, "  {:9} {}, {end}", "came:", Bytes(&self.came))?;
        write!(f, "  {:9} {}", "wrong:", self.why)
    }
}

impl std::error::Error for Failure {}

impl Display for Level {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Security => "security",
        })
    }
}

impl Display for Piece {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{}", Bytes(bytes)),
            Self::EachByte(bytes) => write!(f, "{} a byte at a time", Bytes(bytes)),
            Self::Quiet => f.write_str("(nothing may come yet)"),
            Self::Await(count) => write!(f, "(after {count} replies)"),
            Self::HalfClose => f.write_str("(end-of-file)"),
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for wanted in &self.replies {
            let statuses: Vec<String> = wanted.statuses.iter().map(u16::to_string).collect();
            f.write_str(&statuses.join("/"))?;
            match &wanted.body {
                _ if wanted.head => f.write_str(" without a body")?,
                Body::Is(body) => write!(f, " with {}", Bytes(body))?,
                Body::Long(length) => write!(f, " with {length} bytes")?,
                Body::Any => {}
            }
            for check in &wanted.checks {
                write!(f, " {check:?}")?;
            }
            f.write_str(if wanted.optional { " (or not), " } else { ", " })?;
        }
        f.write_str(match self.end {
            End::Closed if self.replies.is_empty() => "closed without a reply",
            End::Closed => "then closed",
            End::Gently => "then closed, not reset",
            End::Open => "then open",
            End::Either => "then open or closed",
        })
    }
}

/// Bytes as a string literal, cut in the middle when long.
struct Bytes<'a>(&'a [u8]);

impl Display for Bytes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bytes = self.0;
        if bytes.len() <= 2 * SHOWN {
            return write!(f, "\"{}\"", bytes.escape_ascii());
        }
        let (start, end) = (&bytes[..SHOWN], &bytes[bytes.len() - SHOWN..]);
        let left_out = bytes.len() - 2 * SHOWN;
        write!(f, "\"{}\" … {left_out} bytes … \"{}\"", start.escape_ascii(), end.escape_ascii())
    }
}
