//! The second stage: limits itself, and becomes the program.

use super::landlock;
use crate::sandbox::order::{Order, Word};
use anyhow::Context;
use rlimit::Resource;
use std::ffi::OsString;
use std::io;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Becomes the program. Returns only if that failed, and then the grader was told.
pub(super) fn run(order: &Order, argv: &[OsString]) -> anyhow::Result<()> {
    // The kernel tells the grader who has connected. When this closes without a further word, the program runs: it is
    // closed by exec.
    let grader = UnixStream::connect(order.socket()).context("cannot reach the grader")?;
    Word::Here(process::id()).tell(&grader)?;
    let word = match prepare(order) {
        Ok(()) => match argv.split_first() {
            Some((program, args)) => {
                let error = Command::new(program).args(args).exec();
                Word::CannotStart(cannot_start(program, &error))
            }
            None => Word::CannotStart("no program is named: say which one after `--`".to_owned()),
        },
        Err(error) => Word::Fault(format!("{error:#}")),
    };
    word.tell(&grader)?;
    Ok(())
}

fn cannot_start(program: &OsString, error: &io::Error) -> String {
    let path = Path::new(program);
    let program = format!("`{}`", program.display());
    match error.kind() {
        _ if path.is_dir() => {
            format!("cannot start {program}: it is a folder; name the program in it")
        }
        io::ErrorKind::NotFound => {
            format!(
                "cannot start {program}: there is no such program, or the interpreter that it names is missing"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "cannot start {program}: it is not executable; try chmod +x, or name its interpreter first"
            )
        }
        _ => format!("cannot start {program}: {error}"),
    }
}

fn prepare(order: &Order) -> anyhow::Result<()> {
    // A session of its own: no terminal, and on most kernels its own share of the CPU beside the supervisor's.
    let _ = nix::unistd::setsid();
    let limits = &order.limits;
    // At the first limit comes a signal that says why, at the second one SIGKILL.
    lower(Resource::CPU, limits.cpu_seconds, limits.cpu_seconds + 2)?;
    lower(Resource::FSIZE, limits.file_size, limits.file_size)?;
    lower(Resource::NOFILE, limits.descriptors, limits.descriptors)?;
    lower(Resource::NPROC, order.user_tasks, order.user_tasks)?;
    lower(Resource::DATA, limits.data, limits.data)?;
    lower(Resource::CORE, 0, 0)?;
    signals_as_usual();
    landlock::restrict(order).context("cannot take rights away by landlock")
}

fn lower(resource: Resource, soft: u64, hard: u64) -> anyhow::Result<()> {
    let what = || format!("cannot lower the limit {}", resource.as_name());
    let (_, now) = resource.get().with_context(what)?;
    resource.set(soft.min(now), hard.min(now)).with_context(what)
}

/// Undoes what whoever started the grader has ignored, such as SIGINT by a shell that runs it in the background: a signal
/// with a handler gets its default back at exec. (`Command` itself does that for SIGPIPE and the mask.)
fn signals_as_usual() {
    use signal_hook::consts::{
        SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ,
    };
    for signal in [SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ] {
        let _ = signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)));
    }
}
