//! Everything that a process has started: found, told to end, and killed.

use harness::proc;
use nix::errno::Errno;
use nix::sys::signal::{self, Signal};
use nix::unistd::{self, Pid};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

/// How long killing may take: only a process that hangs in the kernel outlives SIGKILL for longer.
const KILLING: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);
/// How many are looked at before we act.
const AT_ONCE: usize = 1000;
/// The same for the first look before we kill. A program that forks without end goes on while we look, and most of it is
/// one process group: a few of them name it.
const FIRST: usize = 8;

/// The descendants of this process.
pub(super) struct Descent {
    program: u32,
    /// Set by the reaper: only `waitpid(2)` knows for certain that nobody is left.
    alone: Arc<AtomicBool>,
}

impl Descent {
    pub(super) fn new(program: u32, alone: Arc<AtomicBool>) -> Self {
        Self { program, alone }
    }

    /// Whether nobody is left.
    pub(super) fn is_over(&self) -> bool {
        self.alone.load(Ordering::Acquire)
    }

    /// At most so many of them, zombies included. Costs what they cost, and nothing for what else the machine runs.
    pub(super) fn some(&self, most: usize) -> Vec<u32> {
        let Some(mut found) = children(process::id()) else { return self.without_children_files() };
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            if found.len() >= most {
                break;
            }
            found.extend(children(parent).unwrap_or_default());
            next += 1;
        }
        found
    }

    /// Some kernels do not list children. Where there is no /proc at all, the program stands for all of them.
    fn without_children_files(&self) -> Vec<u32> {
        proc::descendants(process::id()).unwrap_or_else(|_| {
            let there = signal::killpg(raw(self.program), None) != Err(Errno::ESRCH);
            if there { vec![self.program] } else { Vec::new() }
        })
    }

    /// Tells all of them to end by SIGTERM, those too that are born meanwhile, and waits. Says whether none is left.
    pub(super) fn terminate(&self, patience: Duration) -> bool {
        let start = Instant::now();
        let mut told = HashSet::new();
        while !self.is_over() {
            for pid in self.some(AT_ONCE) {
                if told.insert(pid) {
                    let _ = signal::kill(raw(pid), Signal::SIGTERM);
                    // One that was stopped would never hear of it.
                    let _ = signal::kill(raw(pid), Signal::SIGCONT);
                }
            }
            if start.elapsed() > patience {
                return self.is_over();
            }
            thread::sleep(PAUSE);
        }
        true
    }

    /// Kills all of them, until none is left.
    pub(super) fn kill(&self) {
        let start = Instant::now();
        let mut most = FIRST;
        while !self.is_over() && start.elapsed() < KILLING {
            kill(&self.some(most));
            most = (most * 4).min(AT_ONCE);
            // One that forks and ends without end has another process id at every look. It is an orphan, and so a child of
            // ours: among those a look is quick enough to meet it in time.
            let looked = Instant::now();
            while !self.is_over() && looked.elapsed() < PAUSE {
                kill(&children(process::id()).unwrap_or_default());
            }
        }
    }
}

/// The children of a process, if the kernel lists them. It may miss some while others end.
fn children(pid: u32) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let text = fs::read_to_string(task.ok()?.path().join("children"));
        match text {
            Ok(text) => found
                .extend(text.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok())),
            // A thread may have ended, but not the one whose number is the process's.
            Err(_) if fs::exists(format!("/proc/{pid}/task/{pid}/children")).unwrap_or(false) => {}
            Err(_) => return None,
        }
    }
    Some(found)
}

/// Kills what `left` finds until it finds nothing any more; false if that takes too long.
pub(in crate::sandbox) fn all_gone(mut left: impl FnMut() -> Vec<u32>) -> bool {
    let start = Instant::now();
    loop {
        let found = left();
        if found.is_empty() {
            return true;
        }
        if start.elapsed() > KILLING {
            return false;
        }
        kill(&found);
        thread::sleep(PAUSE);
    }
}

/// Kills processes, and their process groups first: a process cannot fork out of a group that is being killed.
fn kill(pids: &[u32]) {
    let ours = unistd::getpgrp();
    let group = |&pid: &u32| unistd::getpgid(Some(raw(pid))).ok();
    let groups: HashSet<Pid> = pids.iter().filter_map(group).collect();
    for group in groups {
        // Until it has called setsid, a process is in our own group.
        if group != ours && group.as_raw() > 1 {
            let _ = signal::killpg(group, Signal::SIGKILL);
        }
    }
    for &pid in pids {
        let _ = signal::kill(raw(pid), Signal::SIGKILL);
    }
}

/// A process id as the system calls take it: never 0 or negative, which would stand for many.
fn raw(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).ok().filter(|&pid| pid > 1).unwrap_or(i32::MAX))
}
