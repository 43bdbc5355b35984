//! A process whose whole output is read as it comes, and that never outlives its owner.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

/// A running process, in a process group of its own.
pub(super) struct Process {
    child: Child,
    chunks: Receiver<Vec<u8>>,
    /// All that it wrote so far, stdout and stderr together.
    text: Vec<u8>,
}

impl Process {
    /// Starts it, with nothing to read.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        // One pipe for both, so that the order of the lines is that of a terminal.
        let (mut reader, writer) = io::pipe()?;
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).process_group(0);
        let child = command.spawn()?;
        // The command owns our ends of the pipe: as long as they are open, end-of-file never comes.
        drop(command);
        let (sender, chunks) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, chunks, text: Vec::new() })
    }

    /// Waits for more output. At end-of-file, and at the deadline, there is no more.
    pub(super) fn more(&mut self, deadline: Instant) -> bool {
        let wait = deadline.saturating_duration_since(Instant::now());
        let chunk = self.chunks.recv_timeout(wait);
        self.text.extend(chunk.iter().flatten());
        chunk.is_ok()
    }

    /// What it wrote so far, as complete as it is.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).replace('\r', "")
    }

    /// Reads to the end of its output, and says how it ended; `None` if it did not by the deadline.
    pub(super) fn end(&mut self, deadline: Instant) -> Option<ExitStatus> {
        while self.more(deadline) {}
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                return None;
            }
            // Its output has ended, so this is a matter of microseconds.
            thread::yield_now();
        }
    }

    /// Sends a signal to the whole group, as a terminal does.
    pub(super) fn signal(&self, name: &str) {
        // Of what std offers, only a shell can send a signal other than SIGKILL.
        let mut kill = Command::new("bash");
        kill.args(["-c", r#"kill -s "$0" -- "-$1""#, name, &self.child.id().to_string()]);
        let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal("KILL");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
