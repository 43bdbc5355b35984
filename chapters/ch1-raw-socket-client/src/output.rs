//! What is printed: the reply, byte for byte, as it comes.

use crate::failure::{self, Failure, Kind};
use crate::input::RETRY;
use crate::story::{OPEN_LINE, count};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::Ordering;
use std::thread;

/// Standard output, and how much may still go there.
#[derive(Debug)]
pub struct Output {
    /// `Stdout` holds a line back until it is whole; a plain file holds nothing back.
    file: File,
    /// Does standard error go to the same screen?
    is_shared: bool,
    most: u64,
    left: u64,
}

impl Output {
    /// Opens standard output for at most so many bytes.
    ///
    /// # Errors
    ///
    /// There is no standard output.
    pub fn open(most: u64) -> Result<Self, Failure> {
        let file = stdout()?;
        let errors = copy(io::stderr().as_fd());
        let is_shared = errors.is_ok_and(|errors| is_same(&file, &errors).unwrap_or(false));
        Ok(Self { file, is_shared, most, left: most })
    }

    /// Prints what came.
    ///
    /// # Errors
    ///
    /// Standard output is gone or full, or the reply is too long.
    pub fn print(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let fits = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        write_all(&mut self.file, &bytes[..fits])?;
        self.left -= fits as u64;
        if fits > 0 {
            OPEN_LINE.store(self.is_shared && !bytes.ends_with(b"\n"), Ordering::SeqCst);
        }
        if fits == bytes.len() {
            return Ok(());
        }
        let most = count(usize::try_from(self.most).unwrap_or(usize::MAX), "byte");
        let failure = Failure::new(
            Kind::TooLong,
            "stopped reading",
            format!("the reply is longer than {most}"),
        );
        Err(failure.hint("see --max-reply"))
    }
}

/// Standard output without a buffer in between.
///
/// # Errors
///
/// There is none.
pub fn stdout() -> Result<File, Failure> {
    copy(io::stdout().as_fd()).map_err(|error| lost(&error))
}

/// Writes all of it. Whoever shares the file with us may have set `O_NONBLOCK`: then it is we who wait.
///
/// # Errors
///
/// The file is gone or full.
pub fn write_all(file: &mut File, bytes: &[u8]) -> Result<(), Failure> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(lost(&ErrorKind::WriteZero.into())),
            Ok(n) => rest = &rest[n..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY),
            Err(error) => return Err(lost(&error)),
        }
    }
    Ok(())
}

/// Another descriptor of the same open file: one `dup(2)`.
fn copy(descriptor: BorrowedFd<'_>) -> io::Result<File> {
    descriptor.try_clone_to_owned().map(File::from)
}

/// Do both lead to the same file, terminal or pipe? `fstat(2)` knows.
fn is_same(one: &File, other: &File) -> io::Result<bool> {
    let (one, other) = (one.metadata()?, other.metadata()?);
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

fn lost(error: &io::Error) -> Failure {
    failure::own("cannot write to standard output", error)
}
