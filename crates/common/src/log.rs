//! Lines for a person, written so that they can never hold up or end a server.
//!
//! `println!` does both: it panics when the reader of a pipe is gone, and it waits, holding a lock that every
//! other `println!` needs, when the reader has stopped reading. A server that is started by another program often
//! has such a reader. Here a line that cannot be written at once is dropped.

use socket2::SockRef;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::OnceLock;

/// A pipe takes so many bytes in one piece or not at all (`PIPE_BUF`, pipe(7)); a longer line is cut.
const LONGEST_LINE: usize = 4096;

/// Writes a line to standard output, if it can be written at once.
pub fn out(line: impl Display) {
    static OUT: OnceLock<Option<File>> = OnceLock::new();
    write(OUT.get_or_init(|| reopen("/proc/self/fd/1")), io::stdout(), &line);
}

/// Writes a line to standard error, if it can be written at once.
pub fn err(line: impl Display) {
    static ERR: OnceLock<Option<File>> = OnceLock::new();
    write(ERR.get_or_init(|| reopen("/proc/self/fd/2")), io::stderr(), &line);
}

/// An error as the system words it, without its number: `address already in use`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Opens the pipe or terminal behind a descriptor once more, for writing that never waits.
///
/// `O_NONBLOCK` belongs to the open file description, which we share with whoever started us, so setting it on our
/// descriptor would change theirs too. Opening it anew gives a description of our own. A socket, which is what some
/// programs give to their children, cannot be opened anew, but each `send(2)` can be told not to wait. A regular file
/// needs none of this: writing to it does not wait for a reader.
fn reopen(path: &str) -> Option<File> {
    let kind = std::fs::metadata(path).ok()?.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return None;
    }
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    OpenOptions::new().write(true).custom_flags(flags).open(path).ok()
}

fn write(reopened: &Option<File>, mut standard: impl Write + AsFd, line: &dyn Display) {
    let mut line = line.to_string().into_bytes();
    line.truncate(LONGEST_LINE - 1);
    line.push(b'\n');
    // There is nobody left to tell if this fails.
    let _ = match reopened {
        Some(file) => (&*file).write(&line).map(drop),
        None => match SockRef::from(&standard).send_with_flags(&line, libc::MSG_DONTWAIT) {
            Err(error) if error.raw_os_error() == Some(libc::ENOTSOCK) => {
                standard.write_all(&line).and_then(|()| standard.flush())
            }
            sent => sent.map(drop),
        },
    };
}
