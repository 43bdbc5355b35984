//! A program under test: started, watched, stopped, and never left behind.

mod guard;
mod launch;
mod output;
mod ready;
mod running;
mod signal;
mod stdin;
mod stdout;
mod tasks;

use std::fmt::Display;
use std::io::PipeReader;
use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use launch::Launch;
pub use output::Output;
pub use running::{Finished, Running};
pub use signal::Signal;
pub use stdout::Stdout;

use crate::{Wire, holds_within, proc};
pub(crate) use output::stderr_of;

/// A running program that has said where it listens.
///
/// It leads its own process group. Dropping it ends the whole group at once.
#[derive(Debug)]
pub struct Program {
    child: Child,
    command: String,
    output: Arc<Output>,
    addr: SocketAddr,
    deadline: Duration,
    ended: Option<ExitStatus>,
    /// The reading end of a full pipe: open, so that nothing fails, and never read.
    _unread: Option<PipeReader>,
}

/// How a program ended after a signal.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// Its exit status.
    pub status: ExitStatus,
    /// The time from the signal to the end.
    pub took: Duration,
    /// The processes of its group, its children among them, that still ran when it had ended (always empty where there
    /// is no `/proc`).
    pub left: Vec<u32>,
}

impl Program {
    /// Starts a binary with arguments and waits for its ready line. For more than that there is [`Launch`].
    #[track_caller]
    pub fn start(binary: impl AsRef<std::path::Path>, args: &[&str]) -> Self {
        Launch::new(binary).args(args).start()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its process id, which is also the id of its process group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Opens a connection to it, with the deadline of the program.
    #[track_caller]
    pub fn connect(&self) -> Wire {
        Wire::connect(self.addr, self.deadline)
    }

    /// Opens a connection over which the kernel holds little: see [`Wire::connect_narrow`].
    #[track_caller]
    pub fn connect_narrow(&self) -> Wire {
        Wire::connect_narrow(self.addr, self.deadline)
    }

    /// What it has written to stdout so far (nothing, unless stdout was [`Stdout::Captured`]).
    pub fn stdout(&self) -> String {
        self.output.stdout()
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> String {
        self.output.stderr()
    }

    /// Waits for the second, third, … line of stdout (the ready line is number 0).
    #[track_caller]
    pub fn stdout_line(&self, number: usize) -> String {
        match self.output.line(number, self.deadline) {
            Some(line) => line,
            None => self.fail(format!(
                "line {} of its stdout did not come; so far:\n{}",
                number + 1,
                self.stdout()
            )),
        }
    }

    /// Sends a signal to the program, not to its children.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        if let Err(error) = signal.send(&self.pid().to_string()) {
            self.fail(format!("cannot send {signal}: {error}"));
        }
    }

    /// Sends a signal to the program and all its children, as a terminal does with Ctrl-C and Ctrl-Z.
    #[track_caller]
    pub fn signal_all(&self, signal: Signal) {
        if let Err(error) = signal.send(&format!("-{}", self.pid())) {
            self.fail(format!("cannot send {signal} to the process group: {error}"));
        }
    }

    /// Sends SIGTERM and waits for the end.
    #[track_caller]
    pub fn stop(&mut self) -> Stopped {
        self.stop_by(Signal::Terminate)
    }

    /// Sends a signal and waits for the end.
    #[track_caller]
    pub fn stop_by(&mut self, signal: Signal) -> Stopped {
        self.signal(signal);
        // Sending takes a shell, whose start on a busy machine is not the program's delay.
        let start = Instant::now();
        self.wait(start, &format!("after {signal}"))
    }

    /// Waits for the end of a program that was told to end at `since`.
    #[track_caller]
    pub fn wait(&mut self, since: Instant, what: &str) -> Stopped {
        if !holds_within(self.deadline, || self.has_ended()) {
            self.fail(format!("it still runs {:.1} s {what}", since.elapsed().as_secs_f64()));
        }
        let took = since.elapsed();
        let left = self.living();
        Stopped { status: self.ended.expect("has_ended was true"), took, left }
    }

    /// The processes of its group that run. One that is dead and not waited for is its parent's matter; when that has
    /// ended, the first process of the machine waits for it.
    pub fn living(&self) -> Vec<u32> {
        let mut group = proc::group(self.pid()).unwrap_or_default();
        group.retain(|&pid| proc::state(pid).is_ok_and(|state| state != 'Z' && state != 'X'));
        group
    }

    /// Whether the program itself has ended; its children may still run.
    #[track_caller]
    pub fn has_ended(&mut self) -> bool {
        if self.ended.is_none() {
            match self.child.try_wait() {
                Ok(status) => self.ended = status,
                Err(error) => self.fail(format!("waitpid failed: {error}")),
            }
        }
        self.ended.is_some()
    }

    /// Ends the program and its process group with SIGKILL.
    pub fn kill(&mut self) {
        end_group(&mut self.child);
    }

    /// Panics unless `condition` holds, with what was expected and what the program wrote to stderr.
    #[track_caller]
    pub fn check(&self, condition: bool, expected: impl Display) {
        if !condition {
            self.fail(format!("expected: {expected}"));
        }
    }

    /// Polls a condition until it holds; panics like [`Program::check`] when it does not in time.
    #[track_caller]
    pub fn eventually(&self, what: &str, condition: impl FnMut() -> bool) {
        if !holds_within(self.deadline, condition) {
            self.fail(format!("not within {:?}: {what}", self.deadline));
        }
    }

    /// Panics with a text, the command line and what the program wrote to stderr.
    #[track_caller]
    pub fn fail(&self, what: impl Display) -> ! {
        panic!(
            "{what}\n  program: {}\n  its stderr: {}",
            self.command,
            self.output.stderr_for_report()
        )
    }

    /// One reading of the program alone.
    #[track_caller]
    pub fn reading(&self) -> proc::Reading {
        proc::of(self.pid())
            .unwrap_or_else(|error| self.fail(format!("cannot read /proc/{}: {error}", self.pid())))
    }

    /// The memory of the program and all its descendants: see [`proc::memory`].
    #[track_caller]
    pub fn memory(&self) -> u64 {
        proc::memory(self.pid()).unwrap_or_else(|error| {
            self.fail(format!("cannot read the memory of {}: {error}", self.pid()))
        })
    }

    /// One reading of the program and all its descendants.
    #[track_caller]
    pub fn tree(&self) -> proc::Reading {
        proc::tree(self.pid())
            .unwrap_or_else(|error| self.fail(format!("cannot read /proc/{}: {error}", self.pid())))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        end_group(&mut self.child);
    }
}

/// Ends a child, everything in the process group that it leads, and what it started outside of the group.
fn end_group(child: &mut Child) {
    let pid = child.id();
    let strays = proc::descendants(pid).unwrap_or_default();
    // Without /proc nobody knows whether the group is empty; a signal to an empty group is an error without effect.
    if !proc::group(pid).is_ok_and(|members| members.is_empty()) {
        let _ = Signal::Kill.send(&format!("-{pid}"));
    }
    for stray in strays {
        if proc::group(stray).is_ok_and(|members| members.contains(&stray)) {
            let _ = Signal::Kill.send(&stray.to_string());
        }
    }
    let _ = child.wait();
    guard::ended(pid);
}
