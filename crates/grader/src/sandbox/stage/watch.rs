//! What no limit of the kernel counts over a tree of processes: memory and tasks.

use super::descent::Descent;
use crate::sandbox::launch::Limits;
use harness::proc;
use std::fs;
use std::time::{Duration, Instant};

/// Between two looks at everything: a program can take some 100 MiB more than it may meanwhile.
const ALL: Duration = Duration::from_millis(50);
/// Between two looks at the number of tasks of the whole machine, which costs next to nothing. A program that forks without
/// end doubles in less than a millisecond, and a superuser's is bounded by nobody but us.
pub(super) const TOTAL: Duration = Duration::from_millis(5);
/// A look at everything is worth its while when the machine has so many new tasks.
const MANY: u64 = 20;

/// When it was looked at what.
pub(super) struct Watch {
    all: Instant,
    total: u64,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { all: Instant::now(), total: total() }
    }

    /// The limit that the descendants have passed together, in words, if it was looked and found.
    pub(super) fn passed(&mut self, descent: &Descent, limits: &Limits) -> Option<String> {
        let total = total();
        if self.all.elapsed() < ALL && total < self.total + MANY {
            return None;
        }
        let passed = passed(descent, limits);
        *self = Self { all: Instant::now(), total };
        passed
    }
}

/// How many tasks the machine has: the `602` of `0.89 0.68 1.47 4/602 31036`.
fn total() -> u64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let field = text.split_ascii_whitespace().nth(3).and_then(|field| field.split_once('/'));
    field.and_then(|(_, total)| total.parse().ok()).unwrap_or(0)
}

fn passed(descent: &Descent, limits: &Limits) -> Option<String> {
    let members = descent.some(limits.tasks + 1);
    let threads = |&pid: &u32| proc::threads(pid).map_or(0, |threads| threads.len());
    if members.len() > limits.tasks || members.iter().map(threads).sum::<usize>() > limits.tasks {
        return Some(limits.over_tasks());
    }
    let resident = |&pid: &u32| proc::rss(pid).unwrap_or(0);
    // Cheap, and never too little. It counts a page that two processes share twice, so it does not condemn.
    if members.iter().map(resident).sum::<u64>() <= limits.memory {
        return None;
    }
    let memory: u64 = members.iter().map(|pid| own(*pid).unwrap_or_else(|| resident(pid))).sum();
    (memory > limits.memory).then(|| limits.over_memory())
}

/// The memory of a process in bytes, without the pages of files; its share of what it shares.
fn own(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let kibibytes = |key| {
        let line = text.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    Some(kibibytes("Pss:")?.saturating_sub(kibibytes("Pss_File:").unwrap_or(0)) * 1024)
}
