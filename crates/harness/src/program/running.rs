//! A program that does its work and ends, such as a client.

use std::fmt;
use std::fs;
use std::io::{PipeReader, Write};
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::output::{self, Output};
use super::{Signal, end_group};
use crate::holds_within;

/// A program that runs, and will end by itself. Dropping it ends it and everything it started.
#[derive(Debug)]
pub struct Running {
    pub(super) child: Child,
    pub(super) output: Arc<Output>,
    pub(super) command: String,
    pub(super) deadline: Duration,
    pub(super) started: Instant,
    pub(super) peak: u64,
    /// It has been waited for: its pid may be another's by now.
    pub(super) over: bool,
    /// The reading end of a full pipe: open, so that nothing fails, and never read.
    pub(super) _unread: Option<PipeReader>,
}

/// A program that has ended by itself.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit status.
    pub status: ExitStatus,
    /// All it wrote to stdout (at most 1 MiB, unless [`Launch::keep`](super::Launch::keep) asked for more).
    pub stdout: String,
    /// The same, byte for byte.
    pub bytes: Vec<u8>,
    /// All it wrote to stderr.
    pub stderr: String,
    /// The time from its start to its end, as we saw it.
    pub took: Duration,
    /// The most memory in bytes that it was seen to hold (`VmHWM`): 0 if it was too quick, or there is no `/proc`.
    pub peak: u64,
    /// The command line, for reports.
    pub command: String,
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (out, err) = (output::indented(&self.stdout), output::indented(&self.stderr));
        write!(
            f,
            "  program: {}\n  it ended with {}\n  its stdout: {out}\n  its stderr: {err}",
            self.command, self.status
        )
    }
}

impl Running {
    /// Its process id, which is also the id of its process group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes to its stdin, which [`Launch::open_stdin`](super::Launch::open_stdin) has left open.
    #[track_caller]
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let Some(stdin) = &mut self.child.stdin else { self.fail("its stdin is not open") };
        if let Err(error) = stdin.write_all(bytes.as_ref()) {
            self.fail(&format!("cannot write to its stdin: {error}"));
        }
    }

    /// Ends its stdin: the program reads end-of-file.
    pub fn end_stdin(&mut self) {
        self.child.stdin = None;
    }

    /// What it has written to stdout so far.
    pub fn stdout(&self) -> String {
        self.output.stdout()
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> String {
        self.output.stderr()
    }

    /// Waits until its stdout so far is this text.
    #[track_caller]
    pub fn expect_stdout(&self, text: &str) {
        if !self.output.shows(self.deadline, |shown| shown == text.as_bytes()) {
            self.fail(&format!("its stdout should be {text:?} by now"));
        }
    }

    /// Waits until a condition holds.
    #[track_caller]
    pub fn eventually(&self, what: &str, condition: impl FnMut() -> bool) {
        if !holds_within(self.deadline, condition) {
            self.fail(&format!("not within {:?}: {what}", self.deadline));
        }
    }

    /// Sends a signal to the program, not to its children.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        if let Err(error) = signal.send(&self.pid().to_string()) {
            self.fail(&format!("cannot send {signal}: {error}"));
        }
    }

    /// Waits for its end, with its stdin as it is. A program that does not end in time fails the test.
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let mut status = None;
        holds_within(self.deadline, || {
            self.peak = self.peak.max(peak(self.pid()).unwrap_or(0));
            status = self.child.try_wait().ok().flatten();
            status.is_some()
        });
        let took = self.started.elapsed();
        end_group(&mut self.child);
        self.over = true;
        self.output.finish(self.deadline);
        let Some(status) = status else {
            self.fail(&format!(
                "it should have ended by itself, and still ran after {:?}",
                self.deadline
            ));
        };
        let bytes = self.output.take_stdout();
        let stdout = String::from_utf8_lossy(&bytes).into_owned();
        let (stderr, command) = (self.output.stderr(), self.command.clone());
        Finished { status, stdout, bytes, stderr, took, peak: self.peak, command }
    }

    #[track_caller]
    fn fail(&self, what: &str) -> ! {
        panic!(
            "{what}\n  program: {}\n  its stdout: {}\n  its stderr: {}",
            self.command,
            output::indented(&self.output.stdout()),
            self.output.stderr_for_report()
        )
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.over {
            end_group(&mut self.child);
        }
    }
}

/// The most memory that a process has held so far, in bytes. Linux counts it anew when another program is executed.
fn peak(pid: u32) -> Option<u64> {
    // For a moment a new process still has the memory of the one that has started it: ours.
    if fs::read_link(format!("/proc/{pid}/exe")).ok()? == fs::read_link("/proc/self/exe").ok()? {
        return None;
    }
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_ascii_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
