//! What has not fully arrived: `.incoming/SHA256-LENGTH`, one file for each content.
//!
//! The name says what the file will be. So whoever puts the same content again finds what there is of it, whatever
//! became of the first transfer, and goes on from there; and nobody sees it under its real name before it is whole.
//! The lock of flock(2) belongs to the open file: it is gone with the connection, the thread or the process that had it.

use crate::files::name::INCOMING;
use cap_std::fs::{Dir, DirBuilder, DirBuilderExt, MetadataExt, OpenOptions};
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime};

/// How long the beginning of a file waits for the rest of it.
pub const STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Opens the folder for what arrives, and makes it at the first time.
///
/// # Errors
///
/// What the system said.
pub(super) fn folder(root: &Dir) -> io::Result<Dir> {
    let mut private = DirBuilder::new();
    private.mode(0o700);
    match root.create_dir_with(INCOMING, &private) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => root.open_dir(INCOMING),
    }
}

/// Opens what is there of a content, or begins a file for it, and locks it.
///
/// # Errors
///
/// `WouldBlock`: somebody else has the lock. Otherwise what the system said.
pub(super) fn claim(folder: &Dir, key: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    loop {
        let file = folder.open_with(key, &options)?.into_std();
        lock(&file)?;
        if is_still(folder, key, &file)? {
            return Ok(file);
        }
    }
}

fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => ErrorKind::WouldBlock.into(),
        TryLockError::Error(error) => error,
    })
}

/// Between the open and the lock, whoever had the lock may have finished the file and given it its real name. It is not
/// ours to write to, then.
fn is_still(folder: &Dir, key: &str, file: &File) -> io::Result<bool> {
    let ours = cap_std::fs::Metadata::from_file(file)?;
    match folder.symlink_metadata(key) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the beginnings that nobody has gone on with for [`STALE`]. What cannot be removed stays until the next time.
pub(super) fn remove_stale(root: &Dir) {
    let Ok(folder) = root.open_dir(INCOMING) else { return };
    let Ok(entries) = folder.entries() else { return };
    for entry in entries.flatten() {
        if let Some(key) = entry.file_name().to_str() {
            let _ = remove_if_stale(&folder, key);
        }
    }
}

fn remove_if_stale(folder: &Dir, key: &str) -> io::Result<()> {
    if !folder.symlink_metadata(key)?.is_file() {
        return Ok(());
    }
    let file = folder.open(key)?.into_std();
    lock(&file)?;
    let age = SystemTime::now().duration_since(file.metadata()?.modified()?).unwrap_or_default();
    match age > STALE && is_still(folder, key, &file)? {
        true => folder.remove_file(key),
        false => Ok(()),
    }
}
