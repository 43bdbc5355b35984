//! Names: what a person types, what stands on the wire, and what may be opened.
//!
//! On the wire a name is one word. A byte that would end it, or that a terminal would obey, is written as `%` and two
//! hexadecimal digits, as in a URL; so is every byte that is no UTF-8, and `%` itself. Other letters stand for
//! themselves.

use crate::files::code::{Code, Refusal};
use common::log;
use percent_encoding::{percent_decode, percent_encode_byte};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The longest name of one file or folder, in bytes (`NAME_MAX` of Linux).
pub const LONGEST: usize = 255;

/// Where the server keeps what has not fully arrived. No request can name it, or what is in it.
pub const INCOMING: &str = ".incoming";

/// Characters of a name that stand in a sentence.
const LONGEST_QUOTE: usize = 75;

/// The name of something inside the folder that is served: relative, without `.` and `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    path: PathBuf,
}

impl Name {
    /// Reads the name of a file off the wire.
    ///
    /// # Errors
    ///
    /// A name that no file can have, or that leads out of the folder.
    pub fn file(word: &[u8]) -> Result<Self, Refusal> {
        let name = Self::folder(word)?;
        if name.path.as_os_str().is_empty() {
            return Err(Refusal::new(Code::BadName, "a file needs a name"));
        }
        if matches!(decode(word)?.as_slice(), [.., b'/'] | [.., b'/', b'.']) {
            return Err(Refusal::new(Code::NotAFile, "this is the name of a folder"));
        }
        Ok(name)
    }

    /// Reads the name of a folder off the wire; `.` is the folder that is served.
    ///
    /// # Errors
    ///
    /// A name that no folder can have, or that leads out of the folder that is served.
    pub fn folder(word: &[u8]) -> Result<Self, Refusal> {
        let bytes = decode(word)?;
        if bytes.contains(&0) {
            return Err(Refusal::new(Code::BadName, "the name holds a NUL byte"));
        }
        if bytes.first() == Some(&b'/') {
            let text = "the name is absolute; write it from the folder on that is served";
            return Err(Refusal::new(Code::Outside, text));
        }
        let mut path = PathBuf::new();
        for part in bytes.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => return Err(Refusal::new(Code::Outside, "the name leads upwards (..)")),
                _ if part.len() > LONGEST => {
                    let text = format!("a name has at most {LONGEST} bytes, not {}", part.len());
                    return Err(Refusal::new(Code::BadName, text));
                }
                _ => path.push(OsStr::from_bytes(part)),
            }
        }
        if path.iter().any(|part| part == INCOMING) {
            let text = format!("{INCOMING} is where unfinished transfers are kept");
            return Err(Refusal::new(Code::BadName, text));
        }
        Ok(Self { path })
    }

    /// The path, relative to the folder that is served; empty for that folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes, not encoded.
    pub fn bytes(&self) -> &[u8] {
        self.path.as_os_str().as_bytes()
    }
}

/// Writes bytes as one word.
pub fn encode(bytes: &[u8]) -> String {
    let mut word = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c == '%' || c.is_whitespace() || !is_seen(c) {
                true => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| {
                    word.push_str(percent_encode_byte(byte));
                }),
                false => word.push(c),
            }
        }
        chunk.invalid().iter().for_each(|&byte| word.push_str(percent_encode_byte(byte)));
    }
    word
}

/// Reads the bytes that a word stands for.
///
/// # Errors
///
/// A `%` without two hexadecimal digits.
pub fn decode(word: &[u8]) -> Result<Vec<u8>, Refusal> {
    let escapes = word.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    for (at, _) in escapes {
        let digits = word.get(at + 1..at + 3).unwrap_or_default();
        if digits.len() < 2 || !digits.iter().all(u8::is_ascii_hexdigit) {
            let text = "a % without two hexadecimal digits behind it (write % as %25)";
            return Err(Refusal::new(Code::BadName, text));
        }
    }
    Ok(percent_decode(word).collect())
}

/// Bytes for a person: as they are if a terminal shows them so, spaces included, and encoded if not.
pub fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(is_seen) => text.to_owned(),
        _ => encode(bytes),
    }
}

/// The same within a sentence, where the middle of a long name makes room for the rest of it.
pub fn quoted(bytes: &[u8]) -> String {
    let shown = shown(bytes);
    match shown.chars().count() {
        ..=LONGEST_QUOTE => shown,
        length => {
            let end = length - LONGEST_QUOTE / 3;
            let start = shown.chars().take(LONGEST_QUOTE * 2 / 3 - 1);
            start.chain(['…']).chain(shown.chars().skip(end)).collect()
        }
    }
}

/// Does a terminal show the character as it is, and not obey it, or turn round what stands beside it?
fn is_seen(c: char) -> bool {
    match c.is_ascii() {
        true => !c.is_ascii_control(),
        false => log::one_line(c.encode_utf8(&mut [0; 4])).starts_with(c),
    }
}
