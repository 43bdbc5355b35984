//! What can go wrong: one list of kinds, from which the exit codes, the table of `--help` and the hints come.
//!
//! Every failure is one line that says what was tried, what happened, and what to try next.

use common::log::{one_line, reason};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// The kinds of failure. The number of each is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Our own input, output or system failed us.
    Own = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The name has no address.
    UnknownName = 3,
    /// The machine is there, and nobody listens on this port.
    Refused = 4,
    /// Nobody answered the handshake.
    ConnectTimedOut = 5,
    /// The server is connected and silent.
    ReplyTimedOut = 6,
    /// No packet can get there.
    Unreachable = 7,
    /// The other side broke the connection off.
    Reset = 8,
    /// The other side ended the connection too early.
    Closed = 9,
    /// This is no address.
    BadAddress = 10,
    /// This is no port.
    BadPort = 11,
    /// The reply is longer than it may be.
    TooLong = 12,
    /// The reply to `--get` is not HTTP.
    Malformed = 13,
    /// A service that `--probe` watched was down.
    Down = 14,
}

impl Kind {
    /// Every kind, in the order of the exit codes.
    pub const ALL: [Self; 14] = [
        Self::Own,
        Self::Usage,
        Self::UnknownName,
        Self::Refused,
        Self::ConnectTimedOut,
        Self::ReplyTimedOut,
        Self::Unreachable,
        Self::Reset,
        Self::Closed,
        Self::BadAddress,
        Self::BadPort,
        Self::TooLong,
        Self::Malformed,
        Self::Down,
    ];

    /// The exit code of the program.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for the table in `--help`.
    pub fn about(self) -> &'static str {
        match self {
            Self::Own => "our own side: a file, standard input or output, or the system",
            Self::Usage => "usage: the arguments make no sense",
            Self::UnknownName => "name unknown: no address is known for it",
            Self::Refused => "refused: nobody listens on this port",
            Self::ConnectTimedOut => "connect timed out: no answer within --connect-timeout",
            Self::ReplyTimedOut => "reply timed out: silent for --read-timeout, or over --max-time",
            Self::Unreachable => "unreachable: no way leads to this address",
            Self::Reset => "reset: the server broke the connection off",
            Self::Closed => "closed too early: before the reply was whole, or our input taken",
            Self::BadAddress => "bad address: it looks like an IP address, and is none",
            Self::BadPort => "bad port: not a whole number from 0 to 65535",
            Self::TooLong => "reply too long: over --max-reply, or an HTTP head over its limits",
            Self::Malformed => "reply malformed: --get, and what came is not HTTP",
            Self::Down => {
                "--probe: a service was down at least once, or not one probe of it was done"
            }
        }
    }

    /// What the kernel's error number (errno(3)) means for a connection.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Self::Reset,
            ErrorKind::BrokenPipe | ErrorKind::NotConnected => Self::Closed,
            ErrorKind::TimedOut => Self::ConnectTimedOut,
            ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::PermissionDenied
            // EINVAL: a route that throws everything away (`ip route add blackhole`).
            | ErrorKind::InvalidInput => Self::Unreachable,
            _ if is_one_of(error, &NO_WAY) => Self::Unreachable,
            _ => Self::Own,
        }
    }
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        kind.code()
    }
}

impl common::failure::Kind for Kind {
    const USAGE: Self = Self::Usage;

    fn hint(self) -> &'static str {
        match self {
            Self::Own => "this is our own side, not the server's",
            Self::Refused => "nobody listens on this port: is the server started?",
            Self::ConnectTimedOut => {
                "the machine is off, or a firewall drops our packets; see --connect-timeout"
            }
            Self::Unreachable => "is the network up, and the address right?",
            Self::Reset => "the server crashed, or closed without reading all that we sent",
            Self::Closed => "the server wanted no more: look into its log",
            _ => "",
        }
    }
}

/// Error numbers of Linux without an `ErrorKind` of their own: EAFNOSUPPORT, EHOSTDOWN, ENONET.
const NO_WAY: [i32; 3] = [97, 112, 64];

/// And those that say that the system is short of something: EMFILE, ENFILE, ENOBUFS.
const SHORT: [i32; 3] = [24, 23, 105];

fn is_one_of(error: &io::Error, numbers: &[i32]) -> bool {
    error.raw_os_error().is_some_and(|number| numbers.contains(&number))
}

/// Is the system short of something that we need?
pub fn is_shortage(error: &io::Error) -> bool {
    // EAGAIN: there is no thread to be had.
    matches!(error.kind(), ErrorKind::OutOfMemory | ErrorKind::WouldBlock)
        || is_one_of(error, &SHORT)
}

/// One failure: what was tried, what happened, and what to try next.
pub type Failure = common::Failure<Kind>;

/// What the kernel reported about a connection.
pub fn of(tried: impl Display, error: &io::Error) -> Failure {
    let failure = Failure::new(Kind::of(error), tried, reason(error));
    match error.kind() {
        ErrorKind::AddrNotAvailable => {
            failure.hint("is the address right? or are all our ports in use?")
        }
        _ if failure.kind == Kind::Own => own(failure.tried, error),
        _ => failure,
    }
}

/// What the system reported about something of our own.
pub fn own(tried: impl Display, error: &io::Error) -> Failure {
    let failure = Failure::new(Kind::Own, tried, reason(error));
    match error.kind() {
        ErrorKind::NotFound => failure.hint("check the spelling"),
        ErrorKind::PermissionDenied => failure.hint("are you allowed to?"),
        ErrorKind::IsADirectory => failure.hint("give a file"),
        ErrorKind::BrokenPipe => failure.hint("nobody reads it any more"),
        ErrorKind::StorageFull => failure.hint("is the disk full?"),
        _ if is_shortage(error) => failure.hint("the system is short of something: see ulimit -a"),
        _ => failure,
    }
}

/// Writes the line to standard error, and gives the exit code.
pub fn report(failure: &Failure) -> ExitCode {
    // What a probe found stands in its report already.
    if failure.kind != Kind::Down {
        crate::story::line(format_args!("error: {failure}"));
    }
    ExitCode::from(failure.kind.code())
}

/// Something that was typed, as it may be shown: in quotes, on one line, and not all of it if it is long.
pub fn quoted(text: &str) -> String {
    format!("'{}'", shortened(text))
}

/// A name as it may be shown: on one line, and not all of it if it is long.
pub fn shortened(text: &str) -> String {
    let mut shown = one_line(&text.chars().take(LONGEST_QUOTE).collect::<String>());
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters of an argument that an error repeats.
const LONGEST_QUOTE: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_code() {
        let codes: Vec<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes, (1..=14).collect::<Vec<u8>>());
    }

    #[test]
    fn a_failure_is_one_line() {
        let refused = ErrorKind::ConnectionRefused.into();
        let failure = of("cannot connect to 127.0.0.1:9", &refused);
        assert_eq!(
            failure.to_string(),
            "cannot connect to 127.0.0.1:9: connection refused \
             (nobody listens on this port: is the server started?)"
        );
        let rude = Failure::usage(format_args!("unexpected argument {}", quoted("a\n\u{1b}[31m")));
        assert_eq!(rude.to_string(), r"unexpected argument 'a\n\u{1b}[31m' (see --help)");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), 80 + 3);
    }
}
