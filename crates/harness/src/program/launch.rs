//! How a program is started.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, PipeReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::output::{self, Output};
use super::stdin::Stdin;
use super::{Finished, Program, Running, Stdout, end_group, guard, ready, tasks};
use crate::{DEADLINE, holds_within};

/// A program to be started: its command line, its limits, what it reads and where its stdout goes.
#[derive(Clone, Debug)]
pub struct Launch {
    binary: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    /// Lines of shell that run before the program takes the place of the shell.
    before: String,
    /// Shell words in front of the program.
    way: String,
    stdin: Stdin,
    stdout: Stdout,
    kept: usize,
    listens_on: Option<SocketAddr>,
    deadline: Duration,
}

impl Launch {
    /// A program without arguments.
    pub fn new(binary: impl AsRef<Path>) -> Self {
        Self {
            binary: binary.as_ref().into(),
            args: Vec::new(),
            env: Vec::new(),
            before: String::new(),
            way: String::new(),
            stdin: Stdin::Nothing,
            stdout: Stdout::Captured,
            kept: output::KEPT,
            listens_on: None,
            deadline: DEADLINE,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets one variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Lowers a limit of the process as `ulimit` names it: `-n` descriptors (`-S -n` so that it may raise them again),
    /// `-v` KiB of address space, `-c` blocks of a core file.
    #[must_use]
    pub fn limit(mut self, flag: &str, value: u64) -> Self {
        let _ = writeln!(self.before, "ulimit {flag} {value}");
        self
    }

    /// Lowers the number of threads and processes of this program, or is `None` where the machine has no way to do that.
    pub fn limit_tasks(mut self, limit: u32) -> Option<Self> {
        let (before, way) = tasks::confined(&self.binary, limit)?;
        let _ = writeln!(self.before, "{before}");
        self.way = way;
        Some(self)
    }

    /// Lets the program read these bytes from stdin, and then end-of-file. Without this there is nothing to read.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Stdin::Bytes(bytes.into().into());
        self
    }

    /// Leaves stdin open, for [`Running::write`].
    #[must_use]
    pub fn open_stdin(mut self) -> Self {
        self.stdin = Stdin::Open;
        self
    }

    /// Says where stdout goes.
    #[must_use]
    pub fn stdout(mut self, stdout: Stdout) -> Self {
        self.stdout = stdout;
        self
    }

    /// Keeps so many bytes of each stream, in the place of 1 MiB. The program may always write more.
    #[must_use]
    pub fn keep(mut self, bytes: usize) -> Self {
        self.kept = bytes;
        self
    }

    /// For a program that does not say where it listens: it does when somebody can connect there.
    #[must_use]
    pub fn listens_on(mut self, addr: SocketAddr) -> Self {
        self.listens_on = Some(addr);
        self
    }

    /// Bounds every wait for this program: for its ready line, its replies, its end.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Starts the program and waits until it listens.
    #[track_caller]
    pub fn start(&self) -> Program {
        self.try_start().unwrap_or_else(|report| panic!("{report}"))
    }

    /// Starts the program and waits until it listens, or tells what went wrong.
    pub fn try_start(&self) -> Result<Program, String> {
        let (mut child, output, unread) = self.spawn()?;
        let listens = match (self.listens_on, self.stdout) {
            (Some(addr), _) => ready::by_connecting(addr, &mut child, self.deadline),
            (None, Stdout::Captured) => ready::line(&output, self.deadline),
            (None, _) => ready::in_proc(child.id(), self.deadline),
        };
        let addr = match listens {
            Ok(addr) => addr,
            Err(what) => {
                // A stream ends a moment before the process that had it.
                let mut ended = None;
                holds_within(Duration::from_millis(100), || {
                    ended = child.try_wait().ok().flatten();
                    ended.is_some()
                });
                let state = ended.map_or_else(
                    || "it still runs".to_owned(),
                    |status| format!("it ended by itself ({status})"),
                );
                end_group(&mut child);
                output.finish(self.deadline);
                let stderr = output::indented(&output.stderr());
                return Err(format!(
                    "{what}; {state}\n  program: {}\n  its stderr: {stderr}",
                    self.command_line()
                ));
            }
        };
        output.register(addr);
        Ok(Program {
            child,
            command: self.command_line(),
            output,
            addr,
            deadline: self.deadline,
            ended: None,
            _unread: unread,
        })
    }

    /// Runs a program that must end by itself.
    #[track_caller]
    pub fn run(&self) -> Finished {
        self.begin().finish()
    }

    /// Starts a program that will end by itself, and does not wait.
    #[track_caller]
    pub fn begin(&self) -> Running {
        // On a busy machine it may be well on its way when the call that starts it returns.
        let started = Instant::now();
        let (child, output, unread) = self.spawn().unwrap_or_else(|report| panic!("{report}"));
        Running {
            child,
            output,
            command: self.command_line(),
            deadline: self.deadline,
            started,
            peak: 0,
            over: false,
            _unread: unread,
        }
    }

    fn spawn(&self) -> Result<(Child, Arc<Output>, Option<PipeReader>), String> {
        let mut command = Command::new("sh");
        let mut script = self.before.clone();
        let failed = |error: io::Error| format!("cannot start {}: {error}", self.command_line());
        let unread = self.stdout.connect(&mut command, &mut script).map_err(failed)?;
        // The shell sets what only a shell can set without unsafe code, then the program takes its place and its pid.
        let _ = write!(script, r#"exec {} "$0" "$@""#, self.way);
        command.arg("-c").arg(script).arg(&self.binary).args(&self.args);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(self.stdin.stdio()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().map_err(failed)?;
        guard::started(child.id());
        let stderr = child.stderr.take().expect("stderr is piped");
        let output = Output::collect(child.stdout.take(), stderr, self.kept);
        self.stdin.feed(&mut child);
        Ok((child, output, unread))
    }

    /// The command line as one would type it.
    fn command_line(&self) -> String {
        let mut line = self.binary.to_string_lossy().into_owned();
        for arg in &self.args {
            let _ = write!(line, " {}", arg.to_string_lossy());
        }
        let before = self.before.trim_end().replace('\n', "; ");
        if before.is_empty() { line } else { format!("{line} (after {before})") }
    }
}
