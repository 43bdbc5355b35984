//! A limit of threads and processes for one program alone.

use std::ffi::OsStr;
use std::process::{Command, Stdio, id};
use std::sync::atomic::{AtomicU32, Ordering};

/// Users that no machine has: each program gets its own.
static NEXT_USER: AtomicU32 = AtomicU32::new(0);

/// Shell words in front of a binary under which it may have `limit` threads and processes in all.
///
/// RLIMIT_NPROC counts everything that the same user runs, and does not bind root. So the program needs a user of
/// its own: root gives it one, anyone else a user namespace. `None` where neither is permitted.
pub(super) fn confined(binary: &OsStr, limit: u32) -> Option<(String, String)> {
    let user = (1 << 30) + id() * 64 + NEXT_USER.fetch_add(1, Ordering::Relaxed);
    let ways = [
        format!("setpriv --reuid={user} --regid={user} --clear-groups --"),
        "unshare --user --".to_owned(),
    ];
    // bash and dash have different letters for this limit.
    let set = |limit: u32| format!("ulimit -u {limit} 2>/dev/null || ulimit -p {limit}");
    let runs = |way: &str, limit: u32| {
        // A pipe makes the shell start two processes.
        let script =
            format!("{}; exec {way} sh -c 'test -x \"$0\" && echo x | cat' \"$0\"", set(limit));
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(binary);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let way = ways.into_iter().find(|way| runs(way, 20) && !runs(way, 1))?;
    Some((set(limit), way))
}
