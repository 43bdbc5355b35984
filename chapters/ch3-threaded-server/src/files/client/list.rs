//! `files list`: what is in a folder.

use crate::files::client::connection::Connection;
use crate::files::client::failure::Failure;
use crate::files::client::{Client, show};
use crate::files::{name, protocol};
use indicatif::HumanCount;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// So many entries are sorted by their names. Of a larger folder, the server's order stays within each such portion.
const SORTED: usize = 100_000;

/// A name, and the length of a file, or none of a folder.
type Entry = (Vec<u8>, Option<u64>);

/// Prints what is in a folder of the server, sorted.
///
/// # Errors
///
/// Why it cannot be listed, or not to its end.
pub fn list(client: &Client, folder: &OsStr) -> Result<(), Failure> {
    let mut connection = Connection::open(client)?;
    let folder = name::encode(folder.as_bytes());
    connection.send(format!("list {folder}\n").as_bytes())?;
    connection.answer("ok", 0)?;
    let mut entries = Vec::new();
    let mut count = 0;
    loop {
        let line = connection.line()?;
        if let Some(text) = line.strip_prefix(b"error ") {
            return Err(Failure::answered(&String::from_utf8_lossy(text)));
        }
        if let Some(number) = line.strip_prefix(b"end ") {
            print(&mut entries)?;
            return match protocol::number(number) == Some(count) {
                true => Ok(()),
                false => Err(Failure::malformed(&line)),
            };
        }
        entries.push(entry(&line).ok_or_else(|| Failure::malformed(&line))?);
        count += 1;
        if entries.len() == SORTED {
            print(&mut entries)?;
        }
    }
}

fn entry(line: &[u8]) -> Option<Entry> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (length, name) = (&line[..space], name::decode(&line[space + 1..]).ok()?);
    match length {
        b"-" => Some((name, None)),
        length => Some((name, Some(protocol::number(length)?))),
    }
}

fn print(entries: &mut Vec<Entry>) -> Result<(), Failure> {
    entries.sort_unstable();
    let lines: Vec<_> = entries
        .drain(..)
        .map(|(name, length)| {
            let length =
                length.map_or_else(|| "-".to_owned(), |length| HumanCount(length).to_string());
            format!("{length:>18}  {}", name::shown(&name))
        })
        .collect();
    match lines.is_empty() {
        true => Ok(()),
        false => show::result(lines.join("\n")),
    }
}
