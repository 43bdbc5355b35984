//! What no limit of the kernel counts over a tree of processes: memory and tasks.

use crate::sandbox::launch::Limits;
use harness::proc;
use std::fs;
use std::process;

/// The limit that our descendants have passed together, in words.
pub(super) fn passed(limits: &Limits) -> Option<String> {
    let members = proc::members(process::id()).ok()?;
    let members = members.get(1..).unwrap_or_default();
    if members.iter().map(|member| member.threads).sum::<usize>() > limits.tasks {
        return Some(limits.over_tasks());
    }
    let resident = |pid| proc::rss(pid).unwrap_or(0);
    // Cheap, and never too little. It counts a page that two processes share twice, so it does not condemn.
    if members.iter().map(|member| resident(member.pid)).sum::<u64>() <= limits.memory {
        return None;
    }
    let memory: u64 =
        members.iter().map(|member| own(member.pid).unwrap_or_else(|| resident(member.pid))).sum();
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
