//! A file that is not whole yet, under a name of its own. Both sides keep what comes in one.
//!
//! Only a regular file will do, and no link is followed to it: whoever can write to the folder could make us write
//! elsewhere by one. The lock of flock(2) belongs to the open file: it is gone with the connection, the thread or the
//! process that had it. A file system that knows no locks does without; then nothing keeps two transfers apart there.

use crate::files::code::{Code, Refusal};
use cap_std::fs::{Dir, MetadataExt, OpenOptions, OpenOptionsExt};
use std::fs::{File, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How often a file may be taken away between the open and the lock. Each time somebody else has finished it.
const ATTEMPTS: u32 = 100;

/// A file that is not whole yet, and that nobody else has. Dropped, it stays for the next time, unless it is empty.
#[derive(Debug)]
pub struct Partial {
    folder: Arc<Dir>,
    path: PathBuf,
    file: File,
}

impl Partial {
    /// Opens what is there, or begins a file, and locks it.
    ///
    /// # Errors
    ///
    /// [`Code::Busy`]: somebody else has it. Otherwise it is no file, or what the system said.
    pub fn claim(folder: &Arc<Dir>, path: &Path) -> Result<Self, Refusal> {
        Self::open(folder, path, OpenOptions::new().create(true))
    }

    /// Opens what is there, and locks it; `None`: there is nothing.
    ///
    /// # Errors
    ///
    /// As those of [`claim`](Self::claim).
    pub fn find(folder: &Arc<Dir>, path: &Path) -> Result<Option<Self>, Refusal> {
        match Self::open(folder, path, &mut OpenOptions::new()) {
            Err(refusal) if refusal.code == Code::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    fn open(folder: &Arc<Dir>, path: &Path, options: &mut OpenOptions) -> Result<Self, Refusal> {
        // Without O_NONBLOCK the open of a pipe may wait for ever.
        options.read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let no_file = || Refusal::new(Code::NotAFile, "it is no regular file");
        for _ in 0..ATTEMPTS {
            let file = match folder.open_with(path, options) {
                // O_NOFOLLOW meets a link; a socket cannot be opened.
                Err(error)
                    if [Some(libc::ELOOP), Some(libc::ENXIO)].contains(&error.raw_os_error()) =>
                {
                    return Err(no_file());
                }
                opened => opened.map_err(|error| Refusal::system(&error))?.into_std(),
            };
            if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                return Err(no_file());
            }
            lock(&file)?;
            let partial = Self { folder: Arc::clone(folder), path: path.to_owned(), file };
            if partial.is_still_there().map_err(|error| Refusal::system(&error))? {
                return Ok(partial);
            }
        }
        Err(busy())
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives it the name of a file in the folder, in the place of what had it. The mode of a file that is replaced
    /// stays.
    ///
    /// # Errors
    ///
    /// What the system said; then what had the name still has it.
    pub fn publish(&self, name: &Path) -> io::Result<()> {
        let before = self.file.metadata()?.permissions();
        if let Some(mode) = self.mode_of(name) {
            self.permit(mode)?;
        }
        self.folder.rename(&self.path, &self.folder, name).inspect_err(|_| {
            // With the other mode, the next transfer might not be able to open it.
            let _ = self.permit(before.mode());
        })
    }

    /// Lets nobody read it who cannot read the file that it will replace.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn hide_like(&self, name: &Path) -> io::Result<()> {
        match self.mode_of(name) {
            Some(mode) => self.permit(mode | 0o600),
            None => Ok(()),
        }
    }

    fn mode_of(&self, name: &Path) -> Option<u32> {
        let there = self.folder.symlink_metadata(name).ok()?;
        there.is_file().then(|| there.mode())
    }

    /// A file system without modes refuses to change them, so they are changed only if they differ.
    fn permit(&self, mode: u32) -> io::Result<()> {
        match mode & 0o777 {
            mode if mode == self.file.metadata()?.permissions().mode() & 0o777 => Ok(()),
            mode => self.file.set_permissions(Permissions::from_mode(mode)),
        }
    }

    /// Removes it, unless it has got its name. If it cannot be removed, it stays.
    pub fn forget(&self) {
        if self.is_still_there().unwrap_or(false) {
            let _ = self.folder.remove_file(&self.path);
        }
    }

    /// Between the open and the lock, whoever had the lock may have finished the file and given it its real name. It is
    /// not ours to write to, then.
    fn is_still_there(&self) -> io::Result<bool> {
        let ours = cap_std::fs::Metadata::from_file(&self.file)?;
        match self.folder.symlink_metadata(&self.path) {
            Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Partial {
    /// The close would end the lock, too; but not in a process whose other threads start programs, as those of a test
    /// do: between fork(2) and execve(2) the child has the open file as well.
    fn drop(&mut self) {
        if self.file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            self.forget();
        }
        let _ = self.file.unlock();
    }
}

fn lock(file: &File) -> Result<(), Refusal> {
    let unknown = [libc::ENOLCK, libc::ENOSYS, libc::EOPNOTSUPP].map(Some);
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(busy()),
        Err(TryLockError::Error(error)) if !unknown.contains(&error.raw_os_error()) => {
            Err(Refusal::system(&error))
        }
        _ => Ok(()),
    }
}

fn busy() -> Refusal {
    Refusal::new(Code::Busy, "another transfer writes to it")
}
