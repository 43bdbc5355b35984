//! `files list`: what is in a folder.

use crate::files::client::connection::Connection;
use crate::files::client::failure::Failure;
use crate::files::client::{Client, show};
use crate::files::name::{self, LONGEST};
use crate::files::protocol;
use indicatif::HumanCount;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Entries of so many bytes are sorted by their names. A larger folder comes in portions, each of them sorted.
const SORTED: usize = 16 << 20;

/// What an entry costs beside its name, about.
const ENTRY: usize = 64;

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
    let (mut count, mut size) = (0, 0);
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
        let entry = entry(&line).ok_or_else(|| Failure::malformed(&line))?;
        (count, size) = (count + 1, size + ENTRY + entry.0.len());
        entries.push(entry);
        if size > SORTED {
            print(&mut entries)?;
            size = 0;
        }
    }
}

/// `None`: no folder has such an entry.
fn entry(line: &[u8]) -> Option<Entry> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (length, name) = (&line[..space], name::decode(&line[space + 1..]).ok()?);
    let (own, length) = match length {
        b"-" => (name.strip_suffix(b"/")?, None),
        length => (&name[..], Some(protocol::number(length)?)),
    };
    let is_a_name = (1..=LONGEST).contains(&own.len()) && !own.contains(&b'/');
    is_a_name.then_some((name, length))
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
