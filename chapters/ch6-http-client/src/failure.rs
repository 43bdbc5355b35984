//! What can go wrong: one list of kinds, from which the exit codes and the table of `--help` come.
//!
//! The numbers are those of curl (curl(1), "EXIT CODES"), so that a script that knows one client knows the other.
//! What curl has no number for is above 100.

use common::failure;

/// The kinds of failure. The number of each is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Neither `http` nor, where the library speaks, `https`.
    Scheme = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// This is no URL.
    BadUrl = 3,
    /// The name has no address.
    UnknownName = 6,
    /// No connection could be made.
    Connect = 7,
    /// What came is not HTTP, or breaks its rules.
    Malformed = 8,
    /// The connection ended before the body did.
    Partial = 18,
    /// `--fail`, and the status was 400 or above.
    Status = 22,
    /// What came could not be written to where it should go.
    Write = 23,
    /// What should be sent could not be read.
    Read = 26,
    /// It took longer than it may.
    TimedOut = 28,
    /// The server does not continue where the download stopped.
    Range = 33,
    /// No agreement with the server on TLS.
    Tls = 35,
    /// One redirect after the other.
    Redirects = 47,
    /// The server closed the connection without a response.
    Empty = 52,
    /// The request could not be sent.
    Send = 55,
    /// The connection broke while the response came.
    Receive = 56,
    /// The server cannot prove who it is.
    Certificate = 60,
    /// The body's compression is damaged.
    Encoding = 61,
    /// A part of the response is larger than it may be.
    TooLarge = 63,
    /// The file is not the one that `--sha256` names.
    Digest = 102,
    /// Some of many could not be fetched.
    Some = 103,
    /// Our own side: the system is short of something. (A Rust program that panics exits with 101.)
    Own = 104,
    /// Ctrl-C, or a wish of the system to end.
    Interrupted = 130,
}

impl Kind {
    /// Every kind, in the order of the exit codes.
    pub const ALL: [Self; 24] = [
        Self::Scheme,
        Self::Usage,
        Self::BadUrl,
        Self::UnknownName,
        Self::Connect,
        Self::Malformed,
        Self::Partial,
        Self::Status,
        Self::Write,
        Self::Read,
        Self::TimedOut,
        Self::Range,
        Self::Tls,
        Self::Redirects,
        Self::Empty,
        Self::Send,
        Self::Receive,
        Self::Certificate,
        Self::Encoding,
        Self::TooLarge,
        Self::Digest,
        Self::Some,
        Self::Own,
        Self::Interrupted,
    ];

    /// The exit code of the program.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for the table in `--help`.
    pub fn about(self) -> &'static str {
        match self {
            Self::Scheme => "a scheme that is not spoken: neither http nor https",
            Self::Usage => "usage: the arguments make no sense",
            Self::BadUrl => "this is no URL",
            Self::UnknownName => "name unknown: no address is known for it",
            Self::Connect => "no connection: refused, or nobody there",
            Self::Malformed => "the response is malformed: not HTTP, or against its rules",
            Self::Partial => "the connection ended before the body did",
            Self::Status => "--fail, and the status is 400 or above",
            Self::Write => "what came could not be written",
            Self::Read => "what is to be sent could not be read",
            Self::TimedOut => "a time limit is over",
            Self::Range => "the server does not continue where the download stopped",
            Self::Tls => "TLS: no agreement with the server",
            Self::Redirects => "too many redirects",
            Self::Empty => "the server closed the connection without a response",
            Self::Send => "the request could not be sent",
            Self::Receive => "the connection broke while the response came",
            Self::Certificate => "TLS: the server cannot prove who it is",
            Self::Encoding => "the body's compression is damaged",
            Self::TooLarge => "the response, or a part of it, is larger than it may be",
            Self::Own => "our own side: the system is short of something",
            Self::Digest => "the file is not the one that --sha256 names",
            Self::Some => "many at once: not all of them were fetched",
            Self::Interrupted => "interrupted: Ctrl-C, or SIGTERM",
        }
    }

    /// Did the connection end, or break?
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Empty | Self::Send | Self::Receive)
    }
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        kind.code()
    }
}

impl failure::Kind for Kind {
    const USAGE: Self = Self::Usage;

    fn hint(self) -> &'static str {
        match self {
            Self::BadUrl => "give a URL such as http://127.0.0.1:8080/",
            Self::UnknownName => "check the spelling, and the network",
            Self::Connect => "is the server started, and the port right?",
            Self::Malformed => "this is the server's fault: --by-hand --trace shows what came",
            Self::Partial | Self::Empty | Self::Receive => {
                "look into the server's log; --retry tries again"
            }
            Self::TimedOut => "see --max-time, --read-timeout and --connect-timeout",
            Self::Redirects => "see --max-redirs",
            Self::Certificate => "--cacert names an authority of your own",
            Self::TooLarge => "see --max-filesize",
            Self::Tls => "does the server speak TLS at this port?",
            Self::Encoding => "-o FILE takes it as it comes",
            _ => "",
        }
    }
}

/// Something went wrong.
pub type Failure = common::Failure<Kind>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_in_the_order_of_their_codes() {
        assert!(Kind::ALL.is_sorted_by(|a, b| a.code() < b.code()));
        assert!(Kind::ALL.iter().all(|kind| !kind.about().is_empty()));
    }
}
