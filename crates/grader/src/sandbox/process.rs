//! A program that runs in the sandbox.

use super::order::{END, Word, scratch};
use super::stdin::Stdin;
use super::strays;
use anyhow::Context;
use harness::{Output, holds_within, proc};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
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

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal, of its own making or of ours.
    Signal(i32),
    /// The sandbox ended it, because it used “more than 512 MiB of memory” or the like.
    Limit(String),
    /// Nobody knows, because the grader's own supervisor is gone: a failure of the grader, never the program's.
    Lost(String),
}

/// What was seen while a program was ended.
#[derive(Debug)]
pub struct Ending {
    /// How it ended, by itself or now. `None` if even SIGKILL did not end it.
    pub exit: Option<Exit>,
    /// The processes that it had left behind: those that still ran though the program itself had ended.
    pub left: Vec<u32>,
    /// Whether something still ran 2 s after SIGTERM, and had to be killed.
    pub ignored_term: bool,
    /// All that it wrote.
    pub output: Arc<Output>,
}

/// How long a supervisor may take to end everything: 2 s for SIGTERM, then SIGKILL. A busy machine may take longer.
const ENDING: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct State {
    known: Mutex<Known>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Known {
    exit: Option<Exit>,
    /// Nothing runs any more; whether something had to be killed for that.
    ended: Option<bool>,
    /// The supervisor said why it failed.
    fault: Option<String>,
    /// The supervisor will not say more.
    gone: bool,
}

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
        // The supervisor takes this for our end, and kills everything.
        let _ = self.control.shutdown(Shutdown::Both);
        holds_within(ENDING, || !matches!(self.child.try_wait(), Ok(None)));
        let _ = self.child.kill();
        let _ = self.child.wait();
        let known = self.state.lock();
        if known.ended.is_none() {
            drop(known);
            strays::end(&scratch(self.home.path()));
        }
    }
}

impl State {
    fn hear(&self, control: UnixStream) {
        for line in BufReader::new(control).lines().map_while(Result::ok) {
            let word = serde_json::from_str(&line);
            let mut known = self.lock();
            match word {
                Ok(Word::Exited(exit)) => known.exit = Some(exit),
                Ok(Word::Ended { ignored_term }) => known.ended = Some(ignored_term),
                Ok(Word::Fault(why)) => known.fault = Some(why),
                _ => {}
            }
            drop(known);
            self.changed.notify_all();
        }
        let mut known = self.lock();
        known.gone = true;
        if known.exit.is_none() {
            let why = known.fault.take().unwrap_or_else(|| "something has killed it".to_owned());
            known.exit = Some(Exit::Lost(format!(
                "the grader's supervisor ended before the program: {why}"
            )));
        }
        drop(known);
        self.changed.notify_all();
    }

    fn wait(&self, patience: Duration, done: impl Fn(&Known) -> bool) {
        let start = Instant::now();
        let mut known = self.lock();
        while !done(&known) {
            let Some(left) = patience.checked_sub(start.elapsed()) else { return };
            known =
                self.changed.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "it ended with exit code {code}"),
            Self::Signal(number) => match Signal::try_from(*number) {
                Ok(signal) => write!(f, "it was ended by {signal}"),
                Err(_) => write!(f, "it was ended by signal {number}"),
            },
            Self::Limit(what) => write!(f, "it was ended by the sandbox: {what}"),
            Self::Lost(why) => f.write_str(why),
        }
    }
}
