//! Readers of stdout that are no good readers.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::holds_within;

/// Where the stdout of a program goes.
///
/// Only `Captured` shows the ready line; otherwise `/proc` tells where the program listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdout {
    /// To us.
    Captured,
    /// Nowhere: descriptor 1 is closed when the program starts.
    Closed,
    /// Into a pipe whose reader is gone: every write is a broken pipe (and SIGPIPE, where it is not ignored).
    ReaderGone,
    /// Into a pipe that is full and that nobody reads: every write blocks.
    Full,
    /// To a device without space: every write fails.
    NoSpace,
}

impl Stdout {
    /// Prepares the command and the script that it runs; what is returned must stay open, unread.
    pub(super) fn connect(
        self,
        command: &mut Command,
        script: &mut String,
    ) -> io::Result<Option<PipeReader>> {
        match self {
            Self::Captured => drop(command.stdout(Stdio::piped())),
            Self::Closed => script.push_str("exec >&-\n"),
            Self::NoSpace => script.push_str("exec >/dev/full\n"),
            Self::ReaderGone => drop(command.stdout(io::pipe()?.1)),
            Self::Full => {
                let (reader, writer) = full_pipe()?;
                command.stdout(writer);
                return Ok(Some(reader));
            }
        }
        Ok(None)
    }
}

/// A pipe that is full: its size depends on the machine, so a thread writes until it stands still.
fn full_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    let mut filler = writer.try_clone()?;
    let written = Arc::new(AtomicUsize::new(0));
    let count = written.clone();
    // The thread ends when the reading end is dropped, by a broken pipe.
    thread::spawn(move || {
        while let Ok(n) = filler.write(&[b'x'; 1024]) {
            count.fetch_add(n, Ordering::Relaxed);
        }
    });
    let mut before = usize::MAX;
    holds_within(Duration::from_secs(1), || {
        thread::sleep(Duration::from_millis(20));
        let now = written.load(Ordering::Relaxed);
        std::mem::replace(&mut before, now) == now && now > 0
    });
    Ok((reader, writer))
}
