//! What no limit of the kernel counts over a tree of processes: memory, tasks, and files.

use super::descent::Descent;
use crate::sandbox::launch::Limits;
use crate::sandbox::order::Order;
use harness::proc;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks at everything: a program can take some 100 MiB more than it may meanwhile.
const ALL: Duration = Duration::from_millis(50);
/// Between two looks at the number of tasks of the whole machine, which costs next to nothing. A program that forks without
/// end doubles in less than a millisecond, and a superuser's is bounded by nobody but us.
pub(super) const TOTAL: Duration = Duration::from_millis(5);
/// A look at everything is worth its while when the machine has so many new tasks.
const MANY: u64 = 20;

/// The unit of `st_blocks`.
const BLOCK: u64 = 512;
/// What the smallest file costs.
const PAGE: u64 = 4096;

/// When it was looked at what.
pub(super) struct Watch<'a> {
    order: &'a Order,
    all: Instant,
    total: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(order: &'a Order) -> Self {
        Self { order, all: Instant::now(), total: total() }
    }

    /// The limit that the descendants have passed together, in words, if it was looked and found.
    pub(super) fn passed(&mut self, descent: &Descent) -> Option<String> {
        let total = total();
        if self.all.elapsed() < ALL && total < self.total + MANY {
            return None;
        }
        let limits = &self.order.limits;
        let passed = passed(descent, limits).or_else(|| {
            let full = written(&self.order.scratch()) > limits.scratch_size;
            full.then(|| limits.over_scratch_size())
        });
        self.all = Instant::now();
        self.total = total;
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

/// The size of all files in a folder, in bytes. A file takes a page, even an empty one.
fn written(folder: &Path) -> u64 {
    let mut sum = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // It does not follow links.
            let Ok(metadata) = entry.metadata() else { continue };
            sum += PAGE.max(metadata.blocks() * BLOCK);
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    sum
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
