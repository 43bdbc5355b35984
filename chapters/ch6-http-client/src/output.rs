//! Standard output, and what takes bytes as it does, byte for byte and at once.

use crate::failure::{Failure, Kind};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;

/// Standard output as a plain file (`Stdout` holds a line back until it is whole), or what takes bytes as it does: a
/// device, a FIFO.
#[derive(Debug)]
pub struct Output {
    file: File,
    name: String,
}

impl Output {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn open() -> Result<Self, Failure> {
        const NAME: &str = "standard output";
        let copy = io::stdout().as_fd().try_clone_to_owned();
        let copy = copy.map_err(|error| unwritable(NAME, &error))?;
        Ok(Self { file: copy.into(), name: NAME.into() })
    }

    /// Opens what is there and is no file, if it is.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub fn special(path: &Path) -> Result<Option<Self>, Failure> {
        let there = std::fs::metadata(path);
        if there.is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            let name = path.display().to_string();
            let file = File::options().write(true).open(path);
            let file = file.map_err(|error| unwritable(&name, &error))?;
            return Ok(Some(Self { file, name }));
        }
        Ok(None)
    }

    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// Nobody reads it any more, or the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| unwritable(&self.name, &error))
    }
}

/// What came cannot be written there.
pub fn unwritable(place: &str, error: &io::Error) -> Failure {
    let failure = Failure::new(
        Kind::Write,
        format_args!("cannot write to {place}"),
        common::log::reason(error),
    );
    match error.kind() {
        io::ErrorKind::BrokenPipe => failure.hint("nobody reads it any more"),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            failure.hint("is the disk full?")
        }
        io::ErrorKind::PermissionDenied => failure.hint("are you allowed to?"),
        io::ErrorKind::NotFound => failure.hint("is there such a folder?"),
        _ => failure,
    }
}
