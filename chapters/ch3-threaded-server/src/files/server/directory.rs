//! The folder that is served. Nothing outside of it can be named.
//!
//! Each path goes through `cap_std`'s [`Dir`], which on Linux is one `openat2(2)` with `RESOLVE_BENEATH`: the kernel
//! itself follows the path and refuses to leave the folder, by `..` or by a symbolic link. To compare strings first and
//! to open after that would leave a moment in which somebody exchanges a folder for a link.

use crate::files::code::{Code, Refusal};
use crate::files::name::{self, INCOMING, Name};
use crate::files::server::incoming;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, Metadata, OpenOptions, OpenOptionsExt, ReadDir};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// What the folder may be used for.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The most bytes that a file may have which a client puts.
    pub max_file: u64,
    /// Is a file on the disk, and not only in the kernel's memory, before a client hears that it is done?
    pub sync: bool,
    /// Is nothing taken from clients?
    pub read_only: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { max_file: 16 << 30, sync: false, read_only: false }
    }
}

/// The folder that is served.
#[derive(Debug)]
pub struct Directory {
    pub(super) root: Arc<Dir>,
    pub(super) policy: Policy,
    /// How many files are on their way to us.
    pub(super) uploads: AtomicUsize,
}

impl Directory {
    /// Opens the folder, and removes what broken transfers left in it long ago.
    ///
    /// # Errors
    ///
    /// It is no folder, or not ours to open.
    pub fn open(path: impl AsRef<Path>, policy: Policy) -> io::Result<Self> {
        let root = Arc::new(Dir::open_ambient_dir(path, ambient_authority())?);
        let directory = Self { root, policy, uploads: AtomicUsize::new(0) };
        directory
            .entries(&Name::folder(b".").expect(". is a folder"))
            .map_err(|refusal| io::Error::new(ErrorKind::PermissionDenied, refusal.text))?;
        if !policy.read_only {
            incoming::tidy(&directory.root, 0);
        }
        Ok(directory)
    }

    /// Opens a regular file for reading, and says how long it is.
    ///
    /// # Errors
    ///
    /// There is none, or it must not be read, or it is something else.
    pub fn file(&self, name: &Name) -> Result<(File, u64), Refusal> {
        let cannot = |error: io::Error| Refusal::system(&error);
        incoming::keep_out(&self.root, name.path())?;
        // To open a pipe or a device can do things; so one asks before.
        regular(&self.root.metadata(name.path()).map_err(cannot)?)?;
        // And if it has become a pipe since, the open does not wait for somebody who writes into it.
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NONBLOCK);
        let file = self.root.open_with(name.path(), &options).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        regular(&metadata)?;
        Ok((file.into_std(), metadata.len()))
    }

    /// Opens a folder, to read what is in it.
    ///
    /// # Errors
    ///
    /// There is none, or it must not be read.
    pub fn entries(&self, folder: &Name) -> Result<Entries, Refusal> {
        let path = match folder.path() {
            root if root.as_os_str().is_empty() => Path::new("."),
            path => path,
        };
        let cannot = |error: io::Error| Refusal::system(&error);
        incoming::keep_out(&self.root, path)?;
        let folder = self.root.open_dir(path).map_err(cannot)?;
        let entries = folder.entries().map_err(cannot)?;
        Ok(Entries { folder, entries })
    }
}

fn regular(metadata: &Metadata) -> Result<(), Refusal> {
    match metadata {
        metadata if metadata.is_file() => Ok(()),
        metadata if metadata.is_dir() => Err(not_a_file("a folder")),
        _ => Err(not_a_file("a device, a pipe or a socket")),
    }
}

pub(super) fn not_a_file(what: &str) -> Refusal {
    Refusal::new(Code::NotAFile, format!("it is {what}"))
}

/// What is in a folder: its regular files and its folders, and links that lead to such within the folder that is
/// served.
#[derive(Debug)]
pub struct Entries {
    folder: Dir,
    entries: ReadDir,
}

/// The line of each entry, `LENGTH NAME` or `- NAME/`, without its ending.
impl Iterator for Entries {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.entries.next()? {
                Err(error) => return Some(Err(error)),
                Ok(entry) => {
                    if let Some(line) = line(&self.folder, &entry) {
                        return Some(Ok(line));
                    }
                }
            }
        }
    }
}

/// `None`: it is nothing that a client could ask for, or it is gone since.
fn line(folder: &Dir, entry: &DirEntry) -> Option<String> {
    let file_name = entry.file_name();
    if file_name == INCOMING {
        return None;
    }
    let metadata = match entry.file_type().ok()? {
        kind if kind.is_symlink() => folder.metadata(&file_name).ok()?,
        _ => entry.metadata().ok()?,
    };
    let name = name::encode(file_name.as_bytes());
    match metadata {
        metadata if metadata.is_dir() => Some(format!("- {name}/")),
        metadata if metadata.is_file() => Some(format!("{} {name}", metadata.len())),
        _ => None,
    }
}
