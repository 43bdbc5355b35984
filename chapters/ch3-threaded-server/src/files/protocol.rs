//! What a client may ask for, as lines of text.

use crate::files::code::{Code, Refusal};
use crate::files::digest::Digest;
use crate::files::name::Name;

/// The longest line, without its ending. A name of 255 bytes needs at most 765; the rest is for folders.
pub const LONGEST_LINE: usize = 8 * 1024;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// What is in this folder?
    List {
        /// Which folder.
        folder: Name,
    },
    /// Send a file.
    Get {
        /// Which file.
        name: Name,
        /// How many of its bytes the client has already.
        offset: u64,
    },
    /// Take a file.
    Put {
        /// How many bytes it has.
        length: u64,
        /// Their SHA-256.
        digest: Digest,
        /// What to call it.
        name: Name,
    },
    /// Good-bye.
    Quit,
}

impl Request {
    /// Reads a line without its ending.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and how it should look.
    pub fn parse(line: &[u8]) -> Result<Self, Refusal> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let words: Vec<_> =
            line.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [b"list"] => Ok(Self::List { folder: Name::folder(b".")? }),
            [b"list", folder] => Ok(Self::List { folder: Name::folder(folder)? }),
            [b"list", ..] => Err(usage("list [FOLDER]")),
            [b"get", name] => Ok(Self::Get { name: Name::file(name)?, offset: 0 }),
            [b"get", name, offset] => {
                let offset = number(offset).ok_or_else(|| usage("get NAME [OFFSET]"))?;
                Ok(Self::Get { name: Name::file(name)?, offset })
            }
            [b"get", ..] => Err(usage("get NAME [OFFSET]")),
            [b"put", length, digest, name] => {
                let usage = || usage("put LENGTH SHA256 NAME");
                let length = number(length).ok_or_else(usage)?;
                let digest = Digest::parse(digest).ok_or_else(usage)?;
                Ok(Self::Put { length, digest, name: Name::file(name)? })
            }
            [b"put", ..] => Err(usage("put LENGTH SHA256 NAME")),
            [b"quit"] => Ok(Self::Quit),
            _ => Err(Refusal::new(Code::BadRequest, "the commands are list, get, put and quit")),
        }
    }
}

fn usage(right: &str) -> Refusal {
    Refusal::new(Code::BadRequest, format!("write {right}, and a space in a name as %20"))
}

/// Decimal digits, and nothing else: Rust's own parser would take a sign, too.
pub fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
