//! A failure of a client, in one line: what was tried, what happened, and what to try next.
//!
//! Each client has a list of kinds of its own, whose numbers are its exit codes. The line is made alike.

use crate::log::one_line;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

/// The kinds of failure that a program knows.
///
/// As a number, each is the exit code of the program.
pub trait Kind: Copy + Into<u8> {
    /// The command line makes no sense.
    const USAGE: Self;

    /// What a person can do about it; may be empty.
    fn hint(self) -> &'static str;
}

/// One failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure<K> {
    /// What kind of failure it is.
    pub kind: K,
    /// What was tried: `cannot connect to 127.0.0.1:9`.
    pub tried: String,
    /// What happened: `connection refused`; may be empty.
    pub happened: String,
    /// What to try next; may be empty.
    pub hint: String,
}

impl<K: Kind> Failure<K> {
    /// A failure with the hint of its kind.
    pub fn new(kind: K, tried: impl Display, happened: impl Display) -> Self {
        let (tried, happened) = (tried.to_string(), happened.to_string());
        Self { kind, tried, happened, hint: kind.hint().into() }
    }

    /// The same failure with a hint of its own.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hint = hint.to_string();
        self
    }

    /// Arguments that make no sense.
    pub fn usage(why: impl Display) -> Self {
        Self::new(K::USAGE, why, "").hint("see --help")
    }

    /// Writes the line to standard error, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        // There is nobody left to tell if this fails.
        let _ = writeln!(io::stderr().lock(), "error: {self}");
        ExitCode::from(self.kind.into())
    }
}

impl<K> Display for Failure<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.tried))?;
        if !self.happened.is_empty() {
            write!(f, ": {}", one_line(&self.happened))?;
        }
        if !self.hint.is_empty() {
            write!(f, " ({})", one_line(&self.hint))?;
        }
        Ok(())
    }
}

impl<K: fmt::Debug> std::error::Error for Failure<K> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug)]
    struct Usage;

    impl From<Usage> for u8 {
        fn from(_: Usage) -> Self {
            2
        }
    }

    impl Kind for Usage {
        const USAGE: Self = Self;
        fn hint(self) -> &'static str {
            ""
        }
    }

    #[test]
    fn whatever_was_typed_it_is_one_line() {
        let rude = Failure::<Usage>::usage("unexpected argument 'a\n\u{1b}[31m'");
        assert_eq!(rude.to_string(), r"unexpected argument 'a\n\u{1b}[31m' (see --help)");
        let bare = Failure::new(Usage, "cannot connect", "");
        assert_eq!(bare.to_string(), "cannot connect");
        assert_eq!(bare.hint("why?\r").to_string(), r"cannot connect (why?\r)");
    }
}
