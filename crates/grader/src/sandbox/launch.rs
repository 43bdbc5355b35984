//! What is started, and what it may use.

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt;

/// A program to be started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The program, looked up in PATH if it has no slash, and its arguments.
    pub argv: Vec<OsString>,
    /// Where it may listen.
    pub listen: Listen,
    /// What it may use.
    pub limits: Limits,
}

/// What a program may bind by TCP. The kernel refuses everything else, if it can: see [`Sandbox::isolation`](super::Sandbox::isolation).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// Nothing: it is a client.
    #[default]
    Nowhere,
    /// Port 0 only: the kernel chooses one that is free.
    FreePort,
    /// This port only.
    Port(u16),
}

/// What a program may use. Beyond `cpu_seconds`, `memory`, `tasks`, `scratch_size` and (unless it handles the signal)
/// `file_size` it is ended; the others make a call fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// CPU time of each process, in seconds.
    pub cpu_seconds: u64,
    /// Memory of all its processes, in bytes, without the pages of files; a shared page counts once.
    pub memory: u64,
    /// Threads and processes, zombies included.
    pub tasks: usize,
    /// The largest file that it may write, in bytes.
    pub file_size: u64,
    /// All files in its scratch folder together, in bytes.
    pub scratch_size: u64,
    /// Open descriptors of each process.
    pub descriptors: u64,
    /// Memory that a process may have asked for, touched or not, in bytes.
    pub data: u64,
    /// How much of its stdout and its stderr is kept, in bytes of each. It may always write more.
    pub output_kept: usize,
}

/// A grading takes a few seconds of CPU time; this is a loop that never ends.
const CPU_SECONDS: u64 = 60;
/// A server in a language with a virtual machine takes 200 MiB.
const MEMORY: u64 = 512 << 20;
/// 128 workers, and as much again for a runtime's own threads, twice.
const TASKS: usize = 512;
/// A program of the course writes no files at all; a log may come in handy.
const FILE_SIZE: u64 = 16 << 20;
/// A few files of that size.
const SCRATCH_SIZE: u64 = 64 << 20;
/// A server needs one for each client, and no check opens a thousand.
const DESCRIPTORS: u64 = 4096;
/// Each of 512 threads takes 8 MiB for its stack without touching it, and so a limit near `MEMORY` would be wrong. This one
/// only stops what takes memory faster than anybody can watch.
const DATA: u64 = 8 << 30;
/// The replies to 10,000 long commands, with room to spare.
const OUTPUT_KEPT: usize = 16 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_seconds: CPU_SECONDS,
            memory: MEMORY,
            tasks: TASKS,
            file_size: FILE_SIZE,
            scratch_size: SCRATCH_SIZE,
            descriptors: DESCRIPTORS,
            data: DATA,
            output_kept: OUTPUT_KEPT,
        }
    }
}

impl Limits {
    /// Said of a program that used more CPU time than it may.
    pub(super) fn over_cpu(&self) -> String {
        format!("more than {} s of CPU time", self.cpu_seconds)
    }

    /// Said of a program that used more memory than it may.
    pub(super) fn over_memory(&self) -> String {
        format!("more than {} MiB of memory", self.memory >> 20)
    }

    /// Said of a program that has more threads and processes than it may.
    pub(super) fn over_tasks(&self) -> String {
        format!("more than {} threads and processes", self.tasks)
    }

    /// Said of a program that filled its scratch folder.
    pub(super) fn over_scratch_size(&self) -> String {
        format!("more than {} MiB in its scratch folder", self.scratch_size >> 20)
    }

    /// Said of a program that wrote a larger file than it may.
    pub(super) fn over_file_size(&self) -> String {
        format!("a file of more than {} MiB", self.file_size >> 20)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu_seconds, tasks, .. } = self;
        let (memory, file) = (self.memory >> 20, self.file_size >> 20);
        write!(
            f,
            "{cpu_seconds} s of CPU time, {memory} MiB of memory, {tasks} threads and processes, files of {file} MiB"
        )
    }
}

/// Why a program was not started.
#[derive(Debug)]
pub enum StartError {
    /// It cannot be: there is no such file, or it is not executable. The student's to mend.
    Program(String),
    /// The grader cannot do its work here.
    Grader(anyhow::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(why) => write!(f, "{why}"),
            Self::Grader(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<anyhow::Error> for StartError {
    fn from(error: anyhow::Error) -> Self {
        Self::Grader(error)
    }
}
