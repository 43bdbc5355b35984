//! `files put`: a file goes, and is known by its SHA-256 before its first byte is sent.

use crate::files::client::connection::Connection;
use crate::files::client::failure::{Failure, Kind};
use crate::files::client::show::{self, Bar};
use crate::files::client::{Client, retry};
use crate::files::code::Code;
use crate::files::digest::{self, CHUNK, Hasher};
use crate::files::{name, protocol};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Puts the file `source` to the server, and calls it `name` there.
///
/// # Errors
///
/// Why the server does not have it.
pub fn put(client: &Client, source: &Path, name: &OsStr) -> Result<(), Failure> {
    let shown = name::quoted(source.as_os_str().as_bytes());
    let said = retry::persist(client, &format!("putting {shown}"), {
        let mut content = None;
        let shown = &shown;
        move |reached| {
            // After a mismatch nothing is left here of the last attempt: the file may be another one by now.
            let mut known = match content.take() {
                Some(known) => known,
                None => Content::read(source, shown)?,
            };
            let result = attempt(client, &mut known, name, reached);
            if !result.as_ref().is_err_and(|failure| failure.kind == Kind::Code(Code::Mismatch)) {
                content = Some(known);
            }
            result
        }
    })?;
    let shown = name::shown(source.as_os_str().as_bytes());
    let place = match source.file_name() {
        Some(own) if own == name => String::new(),
        _ => format!(" as {}", name::shown(name.as_bytes())),
    };
    show::result(format_args!("put {shown}{place}: {said}"))
}

/// A file, and what is known of it.
struct Content {
    file: File,
    shown: String,
    hasher: Hasher,
    /// How long the hashing took.
    hashed: Duration,
}

impl Content {
    fn read(path: &Path, shown: &str) -> Result<Self, Failure> {
        let cannot = |error| Failure::local(&format!("read {shown}"), &error);
        // A pipe has no length, and to open one may wait for ever.
        if !fs::metadata(path).map_err(cannot)?.is_file() {
            let text = format!("cannot read {shown} here: it is no regular file");
            return Err(Failure::new(Kind::Code(Code::NotAFile), text));
        }
        let mut file = File::open(path).map_err(cannot)?;
        let length = file.metadata().map_err(cannot)?.len();
        let (start, bar) = (Instant::now(), Bar::new("hashing", shown, length, 0));
        let (mut hasher, mut buffer) = (Hasher::default(), Vec::new());
        loop {
            match hasher.read(&mut file, CHUNK as u64, &mut buffer).map_err(cannot)? {
                0 => break,
                n => bar.add(n as usize),
            }
        }
        Ok(Self { file, shown: shown.to_owned(), hasher, hashed: start.elapsed() })
    }
}

/// Sends what the server does not have. Returns the words for it.
fn attempt(
    client: &Client,
    content: &mut Content,
    name: &OsStr,
    reached: &mut u64,
) -> Result<String, Failure> {
    let (length, digest) = (content.hasher.length(), content.hasher.digest());
    let mut connection = Connection::open(client)?;
    let start = Instant::now();
    let name = name::encode(name.as_bytes());
    connection.send(format!("put {length} {digest} {name}\n").as_bytes())?;
    let answer = connection.answer("ok", length)?;
    let offset = protocol::number(&answer).filter(|&offset| offset <= length);
    let offset = offset.ok_or_else(|| Failure::malformed(&answer))?;
    *reached = offset.max(*reached);

    let shown = &content.shown;
    let cannot = |error| Failure::local(&format!("read {shown}"), &error);
    content.file.seek(SeekFrom::Start(offset)).map_err(cannot)?;
    let bar = Bar::new("putting", shown, length, offset);
    let mut buffer = vec![0; CHUNK];
    let mut left = length - offset;
    while left > 0 {
        let room = CHUNK.min(usize::try_from(left).unwrap_or(CHUNK));
        let n = digest::read(&mut content.file, &mut buffer[..room]).map_err(cannot)?;
        if n == 0 {
            return Err(Failure::new(Kind::Local, "the file here has become shorter meanwhile"));
        }
        connection.send(&buffer[..n])?;
        left -= n as u64;
        bar.add(n);
    }
    connection.answer("done", length)?;
    let (moved, hashed) = (show::moved(length, length - offset, start.elapsed()), content.hashed);
    let seconds = hashed.as_secs_f64();
    Ok(format!("{moved}, hashed before in {seconds:.1} s, sha256 {digest}"))
}
