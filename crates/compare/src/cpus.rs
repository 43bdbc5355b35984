//! Which CPUs there are, and who runs where: `sched_getaffinity(2)` and `sched_setaffinity(2)`, on Linux only.

use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io;

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

/// The CPUs on which this process may run. Elsewhere than on Linux nobody says.
///
/// # Errors
///
/// When the kernel does not tell.
#[cfg(target_os = "linux")]
pub fn available() -> io::Result<Vec<usize>> {
    use nix::sched::{CpuSet, sched_getaffinity};

    let set = sched_getaffinity(nix::unistd::Pid::from_raw(0))?;
    Ok((0..CpuSet::count()).filter(|cpu| set.is_set(*cpu).unwrap_or(false)).collect())
}

/// Lets the calling thread run on these CPUs only, and what it starts from then on. Empty: on all.
///
/// # Errors
///
/// When there is none of them.
#[cfg(target_os = "linux")]
pub fn pin(cpus: &[usize]) -> io::Result<()> {
    use nix::sched::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    let all;
    let chosen = if cpus.is_empty() {
        all = (0..CpuSet::count()).collect::<Vec<_>>();
        &all
    } else {
        cpus
    };
    let set_all = chosen.iter().try_for_each(|cpu| set.set(*cpu));
    let pinned = set_all.and_then(|()| sched_setaffinity(nix::unistd::Pid::from_raw(0), &set));
    pinned.map_err(|error| {
        let error = io::Error::from(error);
        let what =
            format!("cannot run on CPU {}: {error} (name CPUs that this machine has)", list(cpus));
        io::Error::new(error.kind(), what)
    })
}

/// The CPUs on which this process may run: here nobody says.
///
/// # Errors
///
/// None.
#[cfg(not(target_os = "linux"))]
pub fn available() -> io::Result<Vec<usize>> {
    Ok(Vec::new())
}

/// Threads cannot be pinned here.
///
/// # Errors
///
/// When a CPU is named.
#[cfg(not(target_os = "linux"))]
pub fn pin(cpus: &[usize]) -> io::Result<()> {
    if cpus.is_empty() {
        return Ok(());
    }
    let what = format!("cannot run on CPU {}: only Linux pins threads (name no CPUs)", list(cpus));
    Err(io::Error::new(io::ErrorKind::Unsupported, what))
}

fn list(cpus: &[usize]) -> String {
    cpus.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
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
}
