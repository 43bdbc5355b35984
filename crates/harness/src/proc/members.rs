//! Who belongs to a tree of processes, read so cheaply that it may be done while something is measured.

use super::{Stat, number};
use std::fs;
use std::io;
use std::time::Duration;

/// A process of a tree, as far as `/proc/PID/stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub pid: u32,
    /// Threads, the main one included.
    pub threads: usize,
    /// CPU time of its children that have ended and were waited for, in hundredths of a second.
    pub reaped_cpu: Duration,
}

/// A process, its children, their children, and so on, zombies included. Takes one file of each process of the machine:
/// some 10 µs each.
///
/// # Errors
///
/// When there is no such process, or no /proc.
pub fn members(pid: u32) -> io::Result<Vec<Member>> {
    let all = super::all()?;
    let member = |&(pid, ref stat): &(u32, Stat)| Member {
        pid,
        threads: stat.threads,
        reaped_cpu: stat.reaped_cpu,
    };
    let first = all.iter().find(|(one, _)| *one == pid);
    let mut found = vec![member(first.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?)];
    let mut next = 0;
    while let Some(&Member { pid: parent, .. }) = found.get(next) {
        found.extend(all.iter().filter(|(_, stat)| stat.parent == parent).map(member));
        next += 1;
    }
    Ok(found)
}

/// The threads of a process.
///
/// # Errors
///
/// When there is no such process, or no /proc.
pub fn threads(pid: u32) -> io::Result<Vec<u32>> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))?;
    Ok(tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok()).collect())
}

/// How often the living threads of a process were switched since they began, of their own will or not. Takes one file of
/// each thread.
///
/// # Errors
///
/// When there is no such process, or no /proc.
pub fn switches(pid: u32) -> io::Result<u64> {
    let of = |thread| {
        // A thread may end between the listing and the reading.
        let status = fs::read_to_string(format!("/proc/{pid}/task/{thread}/status"));
        let status = status.unwrap_or_default();
        number(&status, "voluntary_ctxt_switches:") + number(&status, "nonvoluntary_ctxt_switches:")
    };
    Ok(threads(pid)?.into_iter().map(of).sum())
}
