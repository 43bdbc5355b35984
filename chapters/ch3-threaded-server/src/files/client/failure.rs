//! What can go wrong with a transfer: by name, and with an exit code of its own.

use crate::files::code::Code;
use crate::files::name;
use common::log;
use std::fmt;
use std::io::{self, ErrorKind};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something here, and not at the server.
    Local,
    /// The name of the server has no address.
    NameUnknown,
    /// Nobody listens there.
    Refused,
    /// The server does not answer the handshake.
    ConnectTimeout,
    /// The server is silent, or takes nothing.
    NoAnswer,
    /// There is no way to the server.
    Unreachable,
    /// The connection was cut off.
    Reset,
    /// The server closed before the answer was whole.
    Closed,
    /// What answers is no file server.
    Malformed,
    /// The server, or the system here, refused for this reason.
    Code(Code),
}

impl Kind {
    /// What can go wrong before the server has a say: the kind, the exit code, what it means.
    pub const TABLE: [(Self, u8, &'static str); 9] = [
        (Self::Local, 1, "something is missing or wrong here, said in the line"),
        (Self::NameUnknown, 3, "the name of the server has no address"),
        (Self::Refused, 4, "nobody listens there"),
        (Self::ConnectTimeout, 5, "no answer to the handshake"),
        (Self::NoAnswer, 6, "the server is silent, or takes nothing"),
        (Self::Unreachable, 7, "no way leads to the server"),
        (Self::Reset, 8, "the connection was cut off"),
        (Self::Closed, 9, "the server closed before the answer was whole"),
        (Self::Malformed, 13, "what answers is no file server"),
    ];

    /// The exit code of a client that failed so.
    pub fn exit(self) -> u8 {
        match self {
            Self::Code(code) => code.exit(),
            kind => Self::TABLE.iter().find(|row| row.0 == kind).map_or(1, |row| row.1),
        }
    }
}

/// What went wrong, and a line for a person.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What, by name.
    pub kind: Kind,
    /// What happened, in words.
    pub text: String,
}

impl Failure {
    /// A failure in our own words.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What the server answered behind `error`: a code and a text.
    pub fn answered(line: &str) -> Self {
        let (word, text) = line.split_once(' ').unwrap_or((line, ""));
        match Code::of_word(word) {
            Some(code) => Self::new(Kind::Code(code), text),
            None => Self::new(Kind::Local, format!("the server says: {line}")),
        }
    }

    /// What the system said about a file here. A disk can be full on both sides; the exit code is the same.
    pub fn local(what: &str, error: &io::Error) -> Self {
        let kind = match Code::of(error) {
            // A script must not take a file that is missing here for one that the server does not have.
            Code::Unavailable | Code::NotFound => Kind::Local,
            code => Kind::Code(code),
        };
        Self::new(kind, format!("cannot {what} here: {}", log::reason(error)))
    }

    /// What the system said while connecting.
    pub fn connecting(address: &str, error: &io::Error) -> Self {
        let (kind, hint) = match error.kind() {
            ErrorKind::ConnectionRefused => {
                (Kind::Refused, " (nobody listens on this port: is the server started?)")
            }
            ErrorKind::TimedOut => {
                (Kind::ConnectTimeout, " (the machine is off, or a firewall drops our packets)")
            }
            ErrorKind::ConnectionReset => (Kind::Reset, " (try again)"),
            _ => (Kind::Unreachable, " (is the network up, and the address right?)"),
        };
        Self::new(kind, format!("cannot connect to {address}: {}{hint}", log::reason(error)))
    }

    /// What the system said about an open connection.
    pub fn connection(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                Self::new(Kind::NoAnswer, "the server does not answer")
            }
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                Self::new(Kind::Reset, "the server cut the connection off")
            }
            _ => Self::new(Kind::Reset, format!("the connection broke: {}", log::reason(error))),
        }
    }

    /// Nothing more comes, though something should.
    pub fn closed() -> Self {
        Self::new(Kind::Closed, "the server closed before its answer was whole")
    }

    /// Something came that no file server says.
    pub fn malformed(line: &[u8]) -> Self {
        let line = name::quoted(line.trim_ascii_end());
        Self::new(Kind::Malformed, format!("this is no answer of a file server: '{line}'"))
    }

    /// The same, said of what was tried.
    #[must_use]
    pub fn at(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }

    /// May it be better when tried again? Once something broke, the server may be starting anew.
    pub fn may_pass(&self, has_broken: bool) -> bool {
        match self.kind {
            Kind::NoAnswer | Kind::Reset | Kind::Closed => true,
            Kind::Code(code) => {
                matches!(code, Code::Incomplete | Code::Timeout | Code::Unavailable)
            }
            Kind::Refused | Kind::ConnectTimeout | Kind::Unreachable => has_broken,
            Kind::Local | Kind::NameUnknown | Kind::Malformed => false,
        }
    }
}

/// The text on one line, whatever the server wrote into it, and the code.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&log::one_line(&self.text))?;
        match self.kind {
            Kind::Code(code) => write!(f, " ({})", code.word()),
            _ => Ok(()),
        }
    }
}
