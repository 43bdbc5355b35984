//! The machine: what it is, how restless it is, and what has to be so before anything is measured.

use crate::cpus::{self, Cpus};
use crate::entrant::root;
use crate::results::{Environment, Noise};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Descriptors that the generator needs: 5,000 idle connections, and room.
const DESCRIPTORS: u64 = 6000;

/// Looks whether the costs of a process can be read here.
///
/// # Errors
///
/// Where there is no /proc.
pub fn ensure_proc() -> Result<()> {
    ensure!(
        Path::new("/proc/self/stat").exists(),
        "what a server costs is read from /proc, which only Linux has: try it in a virtual machine or a container"
    );
    Ok(())
}

/// Raises the limit of open descriptors as far as it may be raised, and says how far.
///
/// # Errors
///
/// When that is not enough, with what to do about it.
pub fn raise_descriptors() -> Result<u64> {
    let limit =
        rlimit::increase_nofile_limit(u64::MAX).context("cannot raise the limit of open files")?;
    ensure!(
        limit >= DESCRIPTORS,
        "this needs {DESCRIPTORS} open files, and the limit is {limit}: try `ulimit -n {DESCRIPTORS}`, or leave out idle-crowd (--scenarios)"
    );
    Ok(limit)
}

/// Looks around.
pub fn environment(cpus: &Cpus, descriptors: u64) -> Environment {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib =
        field(&meminfo, "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    Environment {
        started: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        system: said("uname", &["-sr"]),
        cpu: field(&cpuinfo, "model name").unwrap_or_default().into(),
        cpus: cpus::available().map_or(0, |cpus| cpus.len()),
        memory: kib.unwrap_or(0) * 1024,
        descriptors,
        rustc: said("rustc", &["--version"]),
        commit: said("git", &["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]),
        noise: noise(cpus.server.first().copied()),
    }
}

/// The value behind `name :` in a file of /proc.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}

/// What a command prints, or nothing if there is no such command.
fn said(program: &str, args: &[&str]) -> String {
    let done = Command::new(program)
        .args(args)
        .current_dir(root())
        .output()
        .ok()
        .filter(|done| done.status.success());
    done.map_or_else(String::new, |done| String::from_utf8_lossy(&done.stdout).trim().into())
}

/// Computes for a fifth of a second on a CPU of the servers, and notes when somebody else had it.
fn noise(cpu: Option<usize>) -> Noise {
    const SPAN: Duration = Duration::from_millis(200);
    /// Reading the clock takes some 30 ns, an interrupt a few µs: what takes longer was somebody else.
    const PAUSE: Duration = Duration::from_micros(20);

    let probe = move || {
        let _ = cpu.map(|cpu| cpus::pin(&[cpu]));
        let (begin, mut last) = (Instant::now(), Instant::now());
        let (mut stolen, mut longest) = (Duration::ZERO, Duration::ZERO);
        while last - begin < SPAN {
            let now = Instant::now();
            if now - last > PAUSE {
                stolen += now - last;
                longest = longest.max(now - last);
            }
            last = now;
        }
        let share = stolen.as_secs_f64() / (last - begin).as_secs_f64();
        Noise { stolen: share, longest_us: longest.as_micros().try_into().unwrap_or(u64::MAX) }
    };
    std::thread::spawn(probe).join().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_named() {
        let environment = environment(&Cpus::default(), 1024);
        assert!(!environment.system.is_empty() && environment.cpus > 0, "{environment:?}");
        assert!((0.0..=1.0).contains(&environment.noise.stolen), "{environment:?}");
    }
}
