//! `FILE.part`: what has come so far of a file that is not whole.

use super::resume::Origin;
use crate::failure::{Failure, Kind};
use crate::output::unwritable;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A file in the making, and nobody else's while we hold it.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    file: File,
    len: u64,
    /// Was it there before us?
    is_old: bool,
}

impl Part {
    /// Opens the part of this file, which may have something in it from an earlier download. What nothing says that it is
    /// such a part is left alone, unless one begins `anew`.
    ///
    /// # Errors
    ///
    /// It cannot be written to, another download writes to it just now, or it is nobody knows what.
    pub fn open(path: &Path, anew: bool) -> Result<Self, Failure> {
        // A link is written through, as the shell does it.
        let path = match fs::symlink_metadata(path) {
            Ok(there) if there.is_symlink() => &fs::canonicalize(path).unwrap_or(path.into()),
            _ => path,
        };
        if path.is_dir() {
            let tried = format!("cannot write to {}", path.display());
            return Err(Failure::new(Kind::Write, tried, "it is a folder").hint("give a file"));
        }
        let part = beside(path, ".part");
        let failed = |error| unwritable(&part.display().to_string(), &error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // Who can write to the folder could make `FILE.part` a link to a file of ours.
        options.custom_flags(libc::O_NOFOLLOW);
        let is_old = fs::symlink_metadata(&part).is_ok();
        let file = loop {
            let file = options.open(&part).map_err(failed)?;
            if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
                let tried = format!("cannot write to {}", part.display());
                let failure = Failure::new(Kind::Write, tried, "another download writes to it");
                return Err(failure.hint("wait for it, or give another -o"));
            }
            // Between the opening and the lock, another download may have ended, and what we hold is its whole file.
            if is_at(&file, &part).map_err(failed)? {
                break file;
            }
        };
        let len = file.metadata().map_err(failed)?.len();
        let this = Self { path: path.into(), file, len, is_old };
        if len > 0 && !anew && this.origin().is_none() {
            let tried = format!("will not write to {}", part.display());
            let failure = Failure::new(Kind::Write, tried, "it is there, and not of our making");
            return Err(failure.hint("move it away, or overwrite it with --no-resume"));
        }
        Ok(this)
    }

    /// Bytes that are there.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Is there nothing yet?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where it came from, if that was written down.
    pub fn origin(&self) -> Option<Origin> {
        serde_json::from_slice(&fs::read(self.note()).ok()?).ok()
    }

    /// Begins anew with what comes from there.
    ///
    /// # Errors
    ///
    /// The file cannot be written to.
    pub fn restart(&mut self, origin: &Origin) -> Result<(), Failure> {
        self.try_restart(origin).map_err(|error| self.failed(&error))
    }

    fn try_restart(&mut self, origin: &Origin) -> io::Result<()> {
        // In this order: a note that stands beside other bytes than its own would join two files.
        gone(fs::remove_file(self.note()))?;
        self.file.set_len(0)?;
        self.len = 0;
        // A URL may have a secret in its query.
        let mut note = OpenOptions::new();
        let mut note = note.write(true).create_new(true).mode(0o600).open(self.note())?;
        note.write_all(&serde_json::to_vec(origin)?)
    }

    /// Adds to what is there.
    ///
    /// # Errors
    ///
    /// The file cannot be written to.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.seek(io::SeekFrom::End(0)).and_then(|_| self.file.write_all(bytes));
        self.len += bytes.len() as u64;
        written.map_err(|error| self.failed(&error))
    }

    /// Makes it the file that it was to be, if that is the right one.
    ///
    /// # Errors
    ///
    /// It is another file than the digest names, or it cannot be renamed. The part stays where it is.
    pub fn finish(self, sha256: Option<[u8; 32]>) -> Result<(), Failure> {
        let part = beside(&self.path, ".part");
        if let Some(wanted) = sha256 {
            let digest = digest(&part).map_err(|error| self.failed(&error))?;
            if digest != wanted {
                let tried = format!("will not make {} of {}", self.path.display(), part.display());
                let failure = Failure::new(
                    Kind::Digest,
                    tried,
                    format_args!("its SHA-256 is {}", hex(&digest)),
                );
                return Err(failure.hint("check --sha256, or begin anew with --no-resume"));
            }
        }
        if let Ok(replaced) = fs::metadata(&self.path) {
            let kept = self.file.set_permissions(replaced.permissions());
            kept.map_err(|error| self.failed(&error))?;
        }
        // The note goes first: once the part is renamed, a note may be that of the next download.
        let done = self.file.sync_all().and_then(|()| gone(fs::remove_file(self.note())));
        done.and_then(|()| fs::rename(&part, &self.path)).map_err(|error| self.failed(&error))
    }

    /// Leaves nothing behind if nothing came.
    pub fn abandon(self) {
        if self.is_empty() && !self.is_old {
            // What cannot be removed is found by the next download.
            let _ = fs::remove_file(self.note());
            let _ = fs::remove_file(beside(&self.path, ".part"));
        }
    }

    fn note(&self) -> PathBuf {
        beside(&self.path, ".part.json")
    }

    fn failed(&self, error: &io::Error) -> Failure {
        unwritable(&beside(&self.path, ".part").display().to_string(), error)
    }
}

/// Is it this file that has this name? A rename takes the name away, and not the descriptor.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let known = |data: &fs::Metadata| (data.dev(), data.ino());
    match fs::metadata(path) {
        Ok(named) => Ok(known(&named) == known(&file.metadata()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What is not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = BufReader::with_capacity(64 * 1024, File::open(path)?);
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().into()),
            n => hasher.update(&buffer[..n]),
        }
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_file_is_not_the_part() {
        let path = std::env::temp_dir().join(format!("ch6-part-{}", std::process::id()));
        let (part, whole) = (beside(&path, ".part"), beside(&path, ".whole"));
        let file = File::create(&part).unwrap();
        assert!(is_at(&file, &part).unwrap());
        fs::rename(&part, &whole).unwrap();
        assert!(!is_at(&file, &part).unwrap());
        let next = File::create(&part).unwrap();
        assert!(!is_at(&file, &part).unwrap() && is_at(&next, &part).unwrap());
        fs::remove_file(part).unwrap();
        fs::remove_file(whole).unwrap();
    }
}
