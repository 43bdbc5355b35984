//! Everything that a process has started: found, told to end, and killed.

use harness::proc;
use nix::errno::Errno;
use nix::sys::signal::{self, Signal};
use nix::unistd::{self, Pid};
use std::collections::HashSet;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

/// How long killing may take: only a process that hangs in the kernel outlives SIGKILL for longer.
const KILLING: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Our own descendants, zombies included. Where there is no /proc, the program stands for all of them.
pub(super) fn mine(program: u32) -> Vec<u32> {
    proc::descendants(process::id()).unwrap_or_else(|_| {
        let there = signal::killpg(raw(program), None) != Err(Errno::ESRCH);
        if there { vec![program] } else { Vec::new() }
    })
}

/// Tells all descendants to end by SIGTERM, those too that are born meanwhile, and waits. Says whether none is left.
pub(super) fn terminate(program: u32, patience: Duration) -> bool {
    let start = Instant::now();
    let mut told = HashSet::new();
    loop {
        let left = mine(program);
        if left.is_empty() {
            return true;
        }
        for pid in left {
            if told.insert(pid) {
                let _ = signal::kill(raw(pid), Signal::SIGTERM);
                // One that was stopped would never hear of it.
                let _ = signal::kill(raw(pid), Signal::SIGCONT);
            }
        }
        if start.elapsed() > patience {
            return false;
        }
        thread::sleep(PAUSE);
    }
}

/// Kills all descendants until none is left.
pub(super) fn kill_all(program: u32) {
    all_gone(|| mine(program));
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
pub(in crate::sandbox) fn kill(pids: &[u32]) {
    let ours = unistd::getpgrp();
    let groups: HashSet<Pid> =
        pids.iter().filter_map(|&pid| unistd::getpgid(Some(raw(pid))).ok()).collect();
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
