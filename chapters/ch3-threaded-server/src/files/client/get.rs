//! `files get`: a file comes, and is what it is said to be.

use crate::files::client::connection::Connection;
use crate::files::client::failure::{Failure, Kind};
use crate::files::client::show::{self, Bar};
use crate::files::client::{Client, retry};
use crate::files::code::Code;
use crate::files::digest::{CHUNK, Digest, Hasher};
use crate::files::{name, protocol};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Gets the file `name` of the server, into `target`.
///
/// What comes is written to `target.part`, and gets its name when its length and SHA-256 are right. When the transfer
/// breaks, or this program is killed, the next one goes on from there.
///
/// # Errors
///
/// Why the file is not there.
pub fn get(client: &Client, name: &OsStr, target: &Path) -> Result<(), Failure> {
    let shown = name::shown(name.as_bytes());
    if target.is_dir() {
        let text = format!("cannot write {}: it is a folder", target.display());
        return Err(Failure::new(Kind::Code(Code::NotAFile), text));
    }
    let mut part = Part::beside(target);
    part.resume(&shown)?;
    let came = retry::persist(client, &format!("getting {shown}"), || {
        attempt(client, name, &shown, &mut part)
    })?;
    fs::rename(&part.path, target).map_err(|error| cannot_write(target, &error))?;
    let digest = part.hasher.digest();
    show::result(format_args!(
        "got {}: {came}, sha256 {digest}",
        name::shown(target.as_os_str().as_bytes())
    ))
}

/// Gets what is missing. Returns the words for it.
fn attempt(client: &Client, name: &OsStr, shown: &str, part: &mut Part) -> Result<String, Failure> {
    let mut connection = Connection::open(client)?;
    let offset = part.hasher.length();
    let name = name::encode(name.as_bytes());
    connection.send(format!("get {name} {offset}\n").as_bytes())?;
    let answer = connection.answer("ok", 0);
    if answer.as_ref().is_err_and(|failure| failure.kind == Kind::Code(Code::Mismatch)) {
        part.forget()?;
    }
    let answer = answer?;
    let length = protocol::number(&answer).filter(|&length| length >= offset);
    let length = length.ok_or_else(|| Failure::malformed(&answer))?;

    part.file()?;
    let start = Instant::now();
    let bar = Bar::new("getting", shown, length, offset);
    let mut buffer = vec![0; CHUNK];
    while part.hasher.length() < length {
        let left = usize::try_from(length - part.hasher.length()).unwrap_or(CHUNK);
        let n = connection.read(&mut buffer[..left.min(CHUNK)])?;
        part.take(&buffer[..n])?;
        bar.add(n);
    }
    let line = connection.line()?;
    let digest = line.strip_prefix(b"sha256 ").and_then(Digest::parse);
    let digest = digest.ok_or_else(|| Failure::malformed(&line))?;
    let came = part.hasher.digest();
    if digest != came {
        part.forget()?;
        let text = format!("the SHA-256 of what came is {came}, not {digest}");
        return Err(Failure::new(Kind::Code(Code::Mismatch), text));
    }
    Ok(show::moved(length, length - offset, start.elapsed()))
}

/// What has come of a file: `NAME.part`.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    file: Option<File>,
    hasher: Hasher,
}

impl Part {
    fn beside(target: &Path) -> Self {
        let mut path = OsString::from(target);
        path.push(".part");
        Self { path: path.into(), file: None, hasher: Hasher::default() }
    }

    /// Hashes what is there from another time, if anything is.
    fn resume(&mut self, shown: &str) -> Result<(), Failure> {
        if !self.path.exists() {
            return Ok(());
        }
        let path = self.path.clone();
        let file = self.file()?;
        let cannot_read = |error| Failure::local(&format!("read {}", path.display()), &error);
        let length = file.metadata().map_err(cannot_read)?.len();
        let bar = Bar::new("checking what is here of", shown, length, 0);
        let (mut file, mut buffer) = (file.try_clone().map_err(cannot_read)?, Vec::new());
        loop {
            match self.hasher.read(&mut file, CHUNK as u64, &mut buffer).map_err(cannot_read)? {
                0 => return Ok(()),
                n => bar.add(n as usize),
            }
        }
    }

    /// Opens the file, at the first time, and locks it: two writers would spoil it.
    fn file(&mut self) -> Result<&File, Failure> {
        if self.file.is_none() {
            // Nobody writes into a pipe or a device by mistake.
            if fs::metadata(&self.path).is_ok_and(|there| !there.is_file()) {
                let text = format!("cannot write {}: it is no file", self.path.display());
                return Err(Failure::new(Kind::Code(Code::NotAFile), text));
            }
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let file =
                options.open(&self.path).map_err(|error| cannot_write(&self.path, &error))?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    let text = format!("another transfer writes to {}", self.path.display());
                    return Err(Failure::new(Kind::Local, text));
                }
                // Some file systems know no locks.
                Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                    return Err(cannot_write(&self.path, &error));
                }
                _ => {}
            }
            self.file = Some(file);
        }
        Ok(self.file.as_ref().expect("it was opened above"))
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let result = self.file()?.write_all(bytes);
        result.map_err(|error| cannot_write(&self.path, &error))?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// Begins anew.
    fn forget(&mut self) -> Result<(), Failure> {
        self.hasher = Hasher::default();
        self.file = None;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(cannot_write(&self.path, &error))
            }
            _ => Ok(()),
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::local(&format!("write {}", path.display()), error)
}
