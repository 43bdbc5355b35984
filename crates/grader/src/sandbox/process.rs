//! A program that runs in the sandbox.

use super::exit::{Ending, Exit};
use super::heard::State;
use super::order::{END, scratch};
use super::stdin::Stdin;
use super::strays;
use anyhow::Context;
use harness::{Output, holds_within, proc};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A program that was started, and everything that it has started itself. Dropping it kills all of that at once.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    supervisor: u32,
    /// The supervisor, or bubblewrap around it.
    child: Child,
    control: UnixStream,
    state: Arc<State>,
    output: Arc<Output>,
    stdin: Stdin,
    home: TempDir,
}

/// How long a supervisor may take to end everything: 2 s for SIGTERM, then SIGKILL. A busy machine may take longer.
const ENDING: Duration = Duration::from_secs(60);

/// What a process is made of.
pub(super) struct Parts {
    pub(super) pid: u32,
    pub(super) supervisor: u32,
    pub(super) child: Child,
    pub(super) control: UnixStream,
    pub(super) output: Arc<Output>,
    pub(super) stdin: Stdin,
    pub(super) home: TempDir,
}

impl Process {
    pub(super) fn new(parts: Parts) -> anyhow::Result<Self> {
        let Parts { pid, supervisor, child, control, output, stdin, home } = parts;
        let state = Arc::new(State::default());
        let heard = control.try_clone().context("cannot listen to the supervisor")?;
        let of_thread = state.clone();
        thread::spawn(move || of_thread.hear(heard));
        Ok(Self { pid, supervisor, child, control, state, output, stdin, home })
    }

    /// The process id of the program itself.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The program and everything that it has started, zombies and orphans included, the program first. Empty where there
    /// is no `/proc`.
    pub fn tree(&self) -> Vec<u32> {
        let mut tree = proc::descendants(self.supervisor).unwrap_or_default();
        tree.sort_by_key(|&pid| pid != self.pid);
        tree
    }

    /// Those of its [`tree`](Self::tree) that run: not dead.
    pub fn living(&self) -> Vec<u32> {
        let mut tree = self.tree();
        tree.retain(|&pid| proc::state(pid).is_ok_and(|state| state != 'Z' && state != 'X'));
        tree
    }

    /// What it writes.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Hands bytes to its stdin. Does not wait until they are read.
    ///
    /// # Errors
    ///
    /// When stdin was ended, or nobody has the reading end any more, which shows only after an earlier write.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stdin.write(bytes)
    }

    /// How many of the written bytes are not in the pipe yet, because it is full: the program does not read them.
    pub fn unread(&self) -> usize {
        self.stdin.waiting()
    }

    /// Ends its stdin: when it has read all that was written, it reads end-of-file.
    pub fn end_stdin(&mut self) {
        self.stdin.end();
    }

    /// Sends a signal to the program itself, unless it has ended.
    pub fn signal(&self, signal: Signal) {
        if self.exit().is_none()
            && let Ok(pid) = i32::try_from(self.pid)
        {
            let _ = signal::kill(Pid::from_raw(pid), signal);
        }
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        self.state.lock().exit.clone()
    }

    /// Waits for its end.
    pub fn wait(&self, patience: Duration) -> Option<Exit> {
        self.state.wait(patience, |known| known.exit.is_some());
        self.exit()
    }

    /// Ends it, and everything that it has started: SIGTERM to all, 2 s, SIGKILL.
    pub fn end(self) -> Ending {
        let left = match self.exit() {
            Some(_) => self.living().into_iter().filter(|&pid| pid != self.pid).collect(),
            None => Vec::new(),
        };
        let _ = (&self.control).write_all(format!("{END}\n").as_bytes());
        self.state.wait(ENDING, |known| known.ended.is_some() || known.gone);
        let known = self.state.lock();
        let (exit, ignored_term) = (known.exit.clone(), known.ended.unwrap_or(false));
        drop(known);
        let output = self.output.clone();
        drop(self);
        // Nobody is left who could write.
        output.finish(ENDING);
        Ending { exit, left, ignored_term, output }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let lost = self.state.is_lost();
        // The supervisor takes this for our end, and kills everything.
        let _ = self.control.shutdown(Shutdown::Both);
        let obeyed = holds_within(ENDING, || !matches!(self.child.try_wait(), Ok(None)));
        let _ = self.child.kill();
        let _ = self.child.wait();
        if lost || !obeyed {
            strays::end(&scratch(self.home.path()));
        }
    }
}
