//! Standard output, on a thread of its own: a pipe that nobody reads holds up that thread, and never the loop, which
//! must hear Ctrl-C.
//!
//! While the thread writes, lines gather here. So there is one `write(2)` for each line when they come slowly, and one
//! for many when they come fast.

use super::progress::{Bar, TICK};
use crate::failure::{Failure, Kind};
use common::log::reason;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// As many bytes wait for standard output; then nothing is read or started until it has taken some.
pub const MOST_WAITING: usize = 64 * 1024;

/// Standard output, as the loop sees it.
#[derive(Debug)]
pub struct Output {
    waiting: String,
    chunks: SyncSender<String>,
    taken: Arc<Notify>,
    end: oneshot::Receiver<io::Result<()>>,
}

impl Output {
    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// There is no standard output, or no thread to be had.
    pub fn start(mut bar: Bar) -> Result<Self, Failure> {
        // `Stdout` looks for the last line ending in all that it is given, and holds back what follows it.
        let file = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        let file = file.map_err(|error| lost(&error))?;
        let (chunks, to_write) = sync_channel(1);
        let (ended, end) = oneshot::channel();
        let taken = Arc::new(Notify::new());
        let notify = taken.clone();
        let write = move || {
            let result = write(&file, to_write, &notify, &mut bar);
            bar.end();
            // The loop may have gone without waiting for us.
            let _ = ended.send(result);
        };
        match thread::Builder::new().name("output".into()).spawn(write) {
            Ok(_) => Ok(Self { waiting: String::new(), chunks, taken, end }),
            Err(error) => Err(Failure::new(Kind::Own, "cannot start a thread", reason(&error))),
        }
    }

    /// Adds a line.
    pub fn push(&mut self, line: &str) {
        self.waiting.push_str(line);
    }

    /// Does so much wait that no more should come?
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= MOST_WAITING
    }

    /// Gives what waits to the thread, if it can take it.
    pub fn hand_over(&mut self) {
        if !self.waiting.is_empty() {
            // If it is full, `moved` tells when to try again; if the thread is gone, why.
            if let Err(back) = self.chunks.try_send(std::mem::take(&mut self.waiting)) {
                self.waiting = match back {
                    std::sync::mpsc::TrySendError::Full(text)
                    | std::sync::mpsc::TrySendError::Disconnected(text) => text,
                };
            }
        }
    }

    /// Waits until the thread has taken something.
    ///
    /// # Errors
    ///
    /// Standard output is gone or full, for good.
    pub async fn moved(&mut self) -> Result<(), Failure> {
        tokio::select! {
            end = &mut self.end => match end {
                Ok(Err(error)) => Err(lost(&error)),
                // It ends by itself only when the loop has: this would be a fault of ours.
                Ok(Ok(())) | Err(_) => Err(lost(&ErrorKind::BrokenPipe.into())),
            },
            () = self.taken.notified() => Ok(()),
        }
    }

    /// Writes all that waits, and ends.
    ///
    /// # Errors
    ///
    /// Standard output is gone or full, for good.
    pub async fn finish(mut self) -> Result<(), Failure> {
        self.hand_over();
        while !self.waiting.is_empty() {
            self.moved().await?;
            self.hand_over();
        }
        drop(self.chunks);
        match self.end.await {
            Ok(Err(error)) => Err(lost(&error)),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// The thread: writes what comes, until nothing more can come.
fn write(file: &File, chunks: Receiver<String>, taken: &Notify, bar: &mut Bar) -> io::Result<()> {
    let patience = if bar.is_shown() { TICK } else { Duration::MAX };
    loop {
        bar.draw();
        let chunk = match chunks.recv_timeout(patience) {
            Ok(chunk) => chunk,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        taken.notify_one();
        bar.aside(|| write_all(file, chunk.as_bytes()))?;
    }
}

/// Whoever shares the file with us may have set `O_NONBLOCK`: then it is we who wait.
fn write_all(mut file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(AGAIN),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How long to wait for a file that does not wait itself.
const AGAIN: Duration = Duration::from_millis(10);

/// Standard output takes no more. When its reader has just left, as `head` does, there is nothing to say about it.
fn lost(error: &io::Error) -> Failure {
    let happened = match error.kind() {
        ErrorKind::BrokenPipe => String::new(),
        _ => reason(error),
    };
    Failure::new(Kind::Write, "cannot write to standard output", happened)
}
