//! Where a file is to go, looked at before it comes: it may be a long one.
//!
//! Whether the system lets us write there is seen only in the end: a server may hold rights that no mode shows.

use crate::files::code::{Code, Refusal};
use crate::files::name::{INCOMING, Name};
use crate::files::server::directory::not_a_file;
use crate::files::server::incoming;
use cap_std::fs::{Dir, MetadataExt};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Refuses a name that the file could not get in the end, as far as one can know.
pub(super) fn check(root: &Dir, name: &Name) -> Result<(), Refusal> {
    match root.symlink_metadata(name.path()) {
        Ok(there) if there.is_dir() => return Err(not_a_file("a folder")),
        // The new file replaces it.
        Ok(there) if there.is_file() || there.is_symlink() => {}
        Ok(_) => return Err(not_a_file("a device, a pipe or a socket")),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Refusal::system(&error)),
    }
    let folders = name.path().ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        match root.metadata(folder) {
            // It will be made, unless a link stands there.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if root.symlink_metadata(folder).is_ok() {
                    let text = "a link that leads nowhere stands on the way";
                    return Err(Refusal::new(Code::NotAFolder, text));
                }
            }
            Err(error) => return Err(Refusal::system(&error)),
            Ok(there) if there.dev() != disk(root).map_err(|error| Refusal::system(&error))? => {
                // What rename(2) would say.
                return Err(Refusal::system(&io::ErrorKind::CrossesDevices.into()));
            }
            Ok(there) if there.is_dir() => return incoming::keep_out(root, folder),
            Ok(_) => return Err(Refusal::system(&ErrorKind::NotADirectory.into())),
        }
    }
    Ok(())
}

/// The file system on which a file arrives.
fn disk(root: &Dir) -> io::Result<u64> {
    Ok(root.metadata(INCOMING).or_else(|_| root.dir_metadata())?.dev())
}

/// The folder in which a name stands.
pub(super) fn folder(name: &Name) -> &Path {
    match name.path().parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
