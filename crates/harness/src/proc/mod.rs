//! What the kernel says about a process, read from `/proc` (Linux only).

mod members;
mod sockets;

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

pub use members::{Member, members, switches, threads};
pub use sockets::{connections, listening, sockets};

/// Linux counts CPU time for user space in hundredths of a second (`USER_HZ`), on every machine.
const TICK: Duration = Duration::from_millis(10);

/// One process, or the sum over a tree of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many processes were read; a zombie counts.
    pub processes: usize,
    /// How many of them are dead but not waited for.
    pub zombies: usize,
    /// Threads, the main one included.
    pub threads: usize,
    /// Open descriptors.
    pub fds: usize,
    /// Resident memory in bytes (`VmRSS`): pages shared with other processes count in each of them.
    pub rss: u64,
    /// CPU time, user and kernel, of all threads, those that have ended included.
    pub cpu: Duration,
    /// CPU time of the children that have ended and were waited for.
    pub reaped_cpu: Duration,
    /// How often a living thread gave up the CPU because it had to wait.
    pub voluntary: u64,
    /// How often the kernel took the CPU away from a living thread.
    pub involuntary: u64,
}

/// Reads one process.
pub fn of(pid: u32) -> io::Result<Reading> {
    let stat = Stat::of(pid)?;
    let mut reading = Reading {
        processes: 1,
        zombies: usize::from(stat.state == 'Z'),
        cpu: stat.cpu,
        reaped_cpu: stat.reaped_cpu,
        ..Reading::default()
    };
    // A zombie has no memory and no descriptors left to read.
    if reading.zombies == 0 {
        reading.rss = rss(pid)?;
        reading.fds = fs::read_dir(format!("/proc/{pid}/fd"))?.count();
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            // A thread may end between the listing and the reading.
            let Ok(status) = fs::read_to_string(task?.path().join("status")) else { continue };
            reading.threads += 1;
            reading.voluntary += number(&status, "voluntary_ctxt_switches:");
            reading.involuntary += number(&status, "nonvoluntary_ctxt_switches:");
        }
    }
    Ok(reading)
}

/// Reads a process and all its descendants, and adds them up.
pub fn tree(pid: u32) -> io::Result<Reading> {
    let mut sum = of(pid)?;
    for child in descendants(pid)? {
        // A child may end between the listing and the reading.
        let Ok(one) = of(child) else { continue };
        sum.processes += one.processes;
        sum.zombies += one.zombies;
        sum.threads += one.threads;
        sum.fds += one.fds;
        sum.rss += one.rss;
        sum.cpu += one.cpu;
        sum.reaped_cpu += one.reaped_cpu;
        sum.voluntary += one.voluntary;
        sum.involuntary += one.involuntary;
    }
    Ok(sum)
}

/// Resident memory of one process in bytes (`VmRSS`).
pub fn rss(pid: u32) -> io::Result<u64> {
    Ok(number(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmRSS:") * 1024)
}

/// Proportional set size in bytes, of a process and its descendants: the sum of [`own_pss`].
pub fn pss(pid: u32) -> io::Result<u64> {
    sum_of_tree(pid, own_pss)
}

/// Proportional set size in bytes, of one process: a page shared by n processes counts 1/n in each.
pub fn own_pss(pid: u32) -> io::Result<u64> {
    rolled_up(pid, |text| number(text, "Pss:"))
}

/// Memory in bytes that a process and its descendants have written to, or share among themselves: [`pss`] without the
/// pages of files. Those come and go with other programs that have the same files open, other tests among them.
pub fn memory(pid: u32) -> io::Result<u64> {
    let written = |text: &str| number(text, "Pss:").saturating_sub(number(text, "Pss_File:"));
    sum_of_tree(pid, |one| rolled_up(one, written))
}

/// A number of KiB from `smaps_rollup`, in bytes.
fn rolled_up(pid: u32, kibibytes: impl Fn(&str) -> u64) -> io::Result<u64> {
    Ok(kibibytes(&fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?) * 1024)
}

/// The sum over a process and its descendants.
fn sum_of_tree(pid: u32, own: impl Fn(u32) -> io::Result<u64>) -> io::Result<u64> {
    let mut sum = own(pid)?;
    for child in descendants(pid)? {
        // A child may have ended since it was listed.
        sum += own(child).unwrap_or(0);
    }
    Ok(sum)
}

/// The children of a process, zombies included.
pub fn children(pid: u32) -> io::Result<Vec<u32>> {
    Ok(all()?.into_iter().filter(|(_, stat)| stat.parent == pid).map(|(child, _)| child).collect())
}

/// The children of a process, their children, and so on.
pub fn descendants(pid: u32) -> io::Result<Vec<u32>> {
    Ok(members(pid)?.into_iter().skip(1).map(|member| member.pid).collect())
}

/// The processes of a process group.
pub fn group(leader: u32) -> io::Result<Vec<u32>> {
    Ok(all()?.into_iter().filter(|(_, stat)| stat.group == leader).map(|(pid, _)| pid).collect())
}

/// The state of a process as one letter: `R` running, `S` sleeping, `Z` dead but not waited for, and so on.
pub fn state(pid: u32) -> io::Result<char> {
    Ok(Stat::of(pid)?.state)
}

/// What `/proc/PID/stat` says.
struct Stat {
    state: char,
    parent: u32,
    group: u32,
    threads: usize,
    cpu: Duration,
    reaped_cpu: Duration,
}

impl Stat {
    fn of(pid: u32) -> io::Result<Self> {
        supported()?;
        let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        Self::parse(&text).ok_or_else(|| {
            io::Error::other(format!("/proc/{pid}/stat is not as proc(5) says: {text}"))
        })
    }

    /// The name stands in parentheses and may itself contain spaces and parentheses, so the fields start after the last one.
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let ticks = |from: usize| {
            Some(
                TICK * (fields.get(from)?.parse::<u32>().ok()?
                    + fields.get(from + 1)?.parse::<u32>().ok()?),
            )
        };
        Some(Self {
            state: fields.first()?.chars().next()?,
            parent: fields.get(1)?.parse().ok()?,
            group: fields.get(2)?.parse().ok()?,
            cpu: ticks(11)?,
            reaped_cpu: ticks(13)?,
            threads: fields.get(17)?.parse().ok()?,
        })
    }
}

/// Every process of the machine.
fn all() -> io::Result<Vec<(u32, Stat)>> {
    supported()?;
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Ok(stat) = Stat::of(pid) {
            found.push((pid, stat));
        }
    }
    Ok(found)
}

/// The number after a key that starts a line.
fn number(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_ascii_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn supported() -> io::Result<()> {
    if Path::new("/proc/self/stat").exists() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "there is no /proc/self/stat here: readings of processes need Linux, with /proc mounted",
    ))
}
