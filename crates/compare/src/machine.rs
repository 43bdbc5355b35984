//! The machine: what it is, how restless it is, and what has to be so before anything is measured.

use crate::entrant::root;
use crate::results::{Environment, Noise};
use anyhow::{Context as _, Result, ensure};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Descriptors that the generator needs: 5,000 idle connections, and room.
const DESCRIPTORS: u64 = 6000;

/// The CPUs of the servers and those of the load generator. Empty: not pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpus {
    /// Of the servers.
    pub server: Vec<usize>,
    /// Of the load generator.
    pub client: Vec<usize>,
}

impl Cpus {
    /// Shares out the CPUs that there are, unless the user says how: two threads of a core go to the same side. With one
    /// CPU nothing is pinned.
    ///
    /// # Errors
    ///
    /// When a CPU is named that there is not, or one for both.
    pub fn choose(server: &[usize], client: &[usize]) -> Result<Self> {
        let mut all = available().context("cannot ask which CPUs there are")?;
        all.sort_by_key(|cpu| core(*cpu));
        for cpu in server.iter().chain(client) {
            ensure!(all.contains(cpu), "there is no CPU {cpu} here; there are {all:?}");
        }
        ensure!(
            !server.iter().any(|cpu| client.contains(cpu)),
            "--server-cpus and --client-cpus share a CPU: servers and clients would take each other's time"
        );
        let rest = |taken: &[usize]| {
            let rest: Vec<_> = all.iter().copied().filter(|cpu| !taken.contains(cpu)).collect();
            ensure!(!rest.is_empty(), "no CPU is left for the other side: name both, or fewer");
            Ok(rest)
        };
        let half = all.split_at(all.len() / 2);
        let (server, client) = match (server, client) {
            ([], []) if all.len() < 2 => (Vec::new(), Vec::new()),
            ([], []) => (half.0.to_vec(), half.1.to_vec()),
            (server, []) => (server.to_vec(), rest(server)?),
            ([], client) => (rest(client)?, client.to_vec()),
            (server, client) => (server.to_vec(), client.to_vec()),
        };
        Ok(Self { server, client })
    }
}

/// The first of the CPUs that are threads of the same core.
fn core(cpu: usize) -> usize {
    let list = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    let list = fs::read_to_string(list).unwrap_or_default();
    list.split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(cpu)
}

/// Lets the calling thread run on these CPUs only, and what it starts from then on. Empty: on all.
pub fn pin(cpus: &[usize]) -> Result<()> {
    let mut set = CpuSet::new();
    let all;
    let cpus = if cpus.is_empty() {
        all = (0..CpuSet::count()).collect::<Vec<_>>();
        &all
    } else {
        cpus
    };
    for cpu in cpus {
        set.set(*cpu)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set).context("cannot choose the CPUs (sched_setaffinity)")
}

fn available() -> Result<Vec<usize>> {
    let set = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count()).filter(|cpu| set.is_set(*cpu).unwrap_or(false)).collect())
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
        cpus: available().map_or(0, |cpus| cpus.len()),
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
        let _ = cpu.map(|cpu| pin(&[cpu]));
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
    fn servers_and_clients_never_share_a_cpu() {
        let all = available().unwrap();
        let chosen = Cpus::choose(&[], &[]).unwrap();
        assert!(chosen.server.iter().all(|cpu| !chosen.client.contains(cpu)), "{chosen:?}");
        assert_eq!(all.len() > 1, !chosen.server.is_empty() && !chosen.client.is_empty());
        if let [first, ..] = all[..] {
            assert!(Cpus::choose(&[first], &[first]).is_err());
        }
        assert!(Cpus::choose(&[100_000], &[]).is_err());
    }

    #[test]
    fn the_environment_is_named() {
        let environment = environment(&Cpus::default(), 1024);
        assert!(!environment.system.is_empty() && environment.cpus > 0, "{environment:?}");
        assert!((0.0..=1.0).contains(&environment.noise.stolen), "{environment:?}");
    }
}
