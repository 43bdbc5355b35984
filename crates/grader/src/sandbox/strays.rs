//! What a killed supervisor leaves behind. It cannot happen to a program in bubblewrap: there, the kernel ends all.

use super::stage::all_gone;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Kills every process whose TMPDIR is this folder: each program has its own. Those without a supervisor are our
/// children, so we wait for them as well.
pub(super) fn end(scratch: &Path) {
    let mut all: Vec<u32> = Vec::new();
    all_gone(|| {
        let found = of(scratch);
        all.extend(&found);
        found
    });
    for pid in all.into_iter().filter_map(|pid| i32::try_from(pid).ok()) {
        let _ = waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
    }
}

fn of(scratch: &Path) -> Vec<u32> {
    let mark = [b"TMPDIR=".as_slice(), scratch.as_os_str().as_bytes()].concat();
    let has = |pid: &u32| {
        // A zombie has no environment any more.
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|variable| variable == mark)
    };
    let pids = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(has).collect()
}
