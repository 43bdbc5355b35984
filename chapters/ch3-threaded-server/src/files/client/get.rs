//! `files get`: a file comes, and is what it is said to be.

use crate::files::client::connection::Connection;
use crate::files::client::failure::{Failure, Kind};
use crate::files::client::part::Part;
use crate::files::client::show::{self, Bar};
use crate::files::client::{Client, retry};
use crate::files::code::Code;
use crate::files::digest::{CHUNK, Digest};
use crate::files::{name, protocol};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Instant;

/// Gets the file `name` of the server, into `target`.
///
/// What comes is written to `.NAME.files-part` beside the target, and gets its name when its length and SHA-256 are
/// right. When the transfer breaks, or this program is killed, the next one goes on from there.
///
/// # Errors
///
/// Why the file is not there.
pub fn get(client: &Client, name: &OsStr, target: &Path) -> Result<(), Failure> {
    let shown = name::quoted(name.as_bytes());
    let mut part = Part::beside(target)?;
    part.resume("checking what is here of")?;
    let came = retry::persist(client, &format!("getting {shown}"), |reached| {
        let result = attempt(client, name, &shown, &mut part);
        *reached = part.length().max(*reached);
        result
    })?;
    let digest = part.digest();
    part.publish()?;
    let target = name::shown(target.as_os_str().as_bytes());
    show::result(format_args!("got {target}: {came}, sha256 {digest}"))
}

/// Gets what is missing. Returns the words for it.
fn attempt(client: &Client, name: &OsStr, shown: &str, part: &mut Part) -> Result<String, Failure> {
    let mut connection = Connection::open(client)?;
    let offset = part.length();
    let name = name::encode(name.as_bytes());
    connection.send(format!("get {name} {offset}\n").as_bytes())?;
    let answer = connection.answer("ok", 0);
    if answer.as_ref().is_err_and(|failure| failure.kind == Kind::Code(Code::Mismatch)) {
        part.forget();
    }
    let answer = answer?;
    let length = protocol::number(&answer).filter(|&length| length >= offset);
    let length = length.ok_or_else(|| Failure::malformed(&answer))?;

    part.open()?;
    // The server hashes what we have before it goes on.
    connection.allow(offset)?;
    let start = Instant::now();
    let bar = Bar::new("getting", shown, length, offset);
    let mut buffer = vec![0; CHUNK];
    while part.length() < length {
        let left = usize::try_from(length - part.length()).unwrap_or(CHUNK);
        let n = connection.read(&mut buffer[..left.min(CHUNK)])?;
        part.take(&buffer[..n])?;
        bar.add(n);
    }
    let line = connection.line()?;
    let digest = line.strip_prefix(b"sha256 ").and_then(Digest::parse);
    let digest = digest.ok_or_else(|| Failure::malformed(&line))?;
    let came = part.digest();
    if digest != came {
        part.forget();
        let text = format!("the SHA-256 of what came is {came}, not {digest}");
        return Err(Failure::new(Kind::Code(Code::Mismatch), text));
    }
    Ok(show::moved(length, length - offset, start.elapsed()))
}
