//! Why a request is refused: one word on the wire, one exit code of the client.

use std::fmt;
use std::io::{self, ErrorKind};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nothing has this name.
    NotFound,
    /// What has this name is no regular file.
    NotAFile,
    /// What has this name, or stands on the way to it, is no folder.
    NotAFolder,
    /// No file can have this name.
    BadName,
    /// The name leads out of the folder that is served.
    Outside,
    /// The system does not let the server do it.
    PermissionDenied,
    /// Nothing can be written here.
    ReadOnly,
    /// The disk is full, or a quota is used up.
    NoSpace,
    /// The file is larger than it may be.
    TooLarge,
    /// What came is not what was announced.
    Mismatch,
    /// Another transfer of the same content is under way.
    Busy,
    /// The server does not understand.
    BadRequest,
    /// The client ended before the file did.
    Incomplete,
    /// Nothing came for too long.
    Timeout,
    /// The system failed in another way.
    Unavailable,
}

/// A code, its word on the wire, the client's exit code, and what it means.
type Row = (Code, &'static str, u8, &'static str);

impl Code {
    /// Every code.
    pub const ALL: [Row; 15] = [
        (Self::NotFound, "not-found", 20, "nothing has this name"),
        (Self::NotAFile, "not-a-file", 21, "it is a folder, a device or another thing, not a file"),
        (Self::NotAFolder, "not-a-folder", 22, "it, or a part of its name, is no folder"),
        (Self::BadName, "bad-name", 23, "no file can have this name"),
        (Self::Outside, "outside", 24, "the name leads out of the folder that is served"),
        (Self::PermissionDenied, "permission-denied", 25, "the system does not allow it"),
        (Self::ReadOnly, "read-only", 26, "nothing can be written there"),
        (Self::NoSpace, "no-space", 27, "the disk is full, or a quota is used up"),
        (Self::TooLarge, "too-large", 28, "the file is larger than it may be"),
        (Self::Mismatch, "mismatch", 29, "what came has another length or SHA-256"),
        (Self::Busy, "busy", 30, "another transfer of the same content is under way"),
        (Self::BadRequest, "bad-request", 31, "the server did not understand"),
        (Self::Incomplete, "incomplete", 32, "the transfer ended before the file did"),
        (Self::Timeout, "timeout", 33, "the server heard nothing for too long"),
        (Self::Unavailable, "unavailable", 34, "the system failed in another way"),
    ];

    fn row(self) -> &'static Row {
        Self::ALL.iter().find(|row| row.0 == self).expect("ALL has every code, as a test shows")
    }

    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The exit code of a client that met it.
    pub fn exit(self) -> u8 {
        self.row().2
    }

    /// The code that a word on the wire stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// The code for what the system said.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            // Links that lead to each other lead nowhere; std has no stable name for it.
            _ if error.raw_os_error() == Some(libc::ELOOP) => Self::NotFound,
            // cap-std's own error has no number: openat2(2) said EXDEV, since the path leads out (`RESOLVE_BENEATH`).
            ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Self::Outside,
            ErrorKind::PermissionDenied => Self::PermissionDenied,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => Self::NotAFile,
            // Where a folder is to be made, a link to nothing has the name.
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => Self::NotAFolder,
            ErrorKind::InvalidFilename | ErrorKind::InvalidInput => Self::BadName,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
            ErrorKind::FileTooLarge => Self::TooLarge,
            ErrorKind::ReadOnlyFilesystem
            | ErrorKind::CrossesDevices
            // Something is mounted on the file itself.
            | ErrorKind::ResourceBusy => Self::ReadOnly,
            ErrorKind::WouldBlock => Self::Busy,
            _ => Self::Unavailable,
        }
    }
}

/// A number of things: `1 byte`, `2 bytes`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A request that was refused: why, and a line for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in one word.
    pub code: Code,
    /// What is wrong, without a line ending. What was asked for is not repeated.
    pub text: String,
}

impl Refusal {
    /// A refusal for a reason of our own.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// A refusal because the system would not do it.
    pub fn system(error: &io::Error) -> Self {
        let text = match (Code::of(error), error.kind()) {
            (Code::Outside, _) => "the name leads out of the folder that is served".to_owned(),
            (_, ErrorKind::CrossesDevices) => {
                "another file system is mounted there, to which no file can be renamed".to_owned()
            }
            _ => common::log::reason(error),
        };
        Self::new(Code::of(error), text)
    }
}

/// The line on the wire, without its ending.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error {} {}", self.code.word(), self.text)
    }
}
