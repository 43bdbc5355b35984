//! The first stage: starts the program, watches all that comes of it, and ends it.

use super::descent::Descent;
use super::watch::{self, Watch};
use super::{CONFINE, HIDDEN};
use crate::sandbox::exit::Exit;
use crate::sandbox::order::{END, Order, Word};
use anyhow::Context;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;
use std::{env, thread};

/// How long a program may take to end after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(2);

/// What happens to a supervisor.
enum Event {
    /// The program has ended.
    Ended(Exit),
    /// The grader wants the end.
    End,
    /// The grader is gone.
    Gone,
}

/// What a supervisor knows.
struct Supervisor<'a> {
    order: &'a Order,
    grader: UnixStream,
    events: Receiver<Event>,
    descent: Descent,
    /// Whether the grader knows how the program ended.
    told: bool,
}

/// Runs the program until the grader wants its end, or is gone. `text` is the order as it came.
pub(super) fn run(order: &Order, text: &str, argv: &[OsString]) -> anyhow::Result<()> {
    close_inherited();
    // Ctrl-C at the terminal is the grader's matter.
    let _ = nix::unistd::setsid();
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true).context("cannot adopt orphans")?;
    // A grader that is gone has left its folder.
    let begun = begin(order, text, argv).inspect_err(|_| {
        if UnixStream::connect(order.socket()).is_err() {
            let _ = fs::remove_dir_all(&order.home);
        }
    });
    let (grader, program) = begun?;
    let (sender, events) = mpsc::channel();
    let (listener, to_listener) = (grader.try_clone()?, sender.clone());
    thread::spawn(move || listen(listener, &to_listener));
    let alone = Arc::new(AtomicBool::new(false));
    let descent = Descent::new(program, alone.clone());
    thread::spawn(move || reap(program, &sender, &alone));
    Supervisor { order, grader, events, descent, told: false }.watch();
    Ok(())
}

fn begin(order: &Order, text: &str, argv: &[OsString]) -> anyhow::Result<(UnixStream, u32)> {
    let pipes = open(order)?;
    let grader = UnixStream::connect(order.socket()).context("cannot reach the grader")?;
    Ok((grader, spawn(order, text, argv, pipes)?))
}

/// Closes what whoever started the grader has left open, such as cargo's pipe for the number of its jobs: the program shall
/// have three descriptors.
fn close_inherited() {
    let open = fs::read_dir("/dev/fd").into_iter().flatten();
    let open = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    // One of them was for reading the folder, and is closed when all are collected.
    for descriptor in open.collect::<Vec<_>>() {
        if descriptor > 2 {
            let _ = nix::unistd::close(descriptor);
        }
    }
}

/// Opens the named pipes, which nobody needs by name any more then.
///
/// To open a pipe waits until somebody has its other end (fifo(7)). The grader has it, unless it was killed meanwhile: then
/// we would wait for ever. So nothing is waited for until all are open.
fn open(order: &Order) -> anyhow::Result<[File; 3]> {
    let [stdin, stdout, stderr] = order.pipes();
    let open = |path: PathBuf, options: &mut OpenOptions| {
        let options = options.custom_flags(OFlag::O_NONBLOCK.bits());
        let file =
            options.open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        fcntl(&file, FcntlArg::F_SETFL(OFlag::empty()))?;
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        anyhow::Ok(file)
    };
    Ok([
        open(stdin, File::options().read(true))?,
        open(stdout, File::options().write(true))?,
        open(stderr, File::options().write(true))?,
    ])
}

/// Starts the second stage. All copies of the pipes but its own are closed then.
fn spawn(order: &Order, text: &str, argv: &[OsString], pipes: [File; 3]) -> anyhow::Result<u32> {
    // The link leads to the right file even if somebody has built the grader anew meanwhile.
    let link = PathBuf::from("/proc/self/exe");
    let executable = if link.exists() { link } else { env::current_exe()? };
    let [stdin, stdout, stderr] = pipes.map(Stdio::from);
    let mut command = Command::new(executable);
    command.args([HIDDEN, CONFINE, text]).args(argv);
    command.env("TMPDIR", order.scratch()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdin(stdin).stdout(stdout).stderr(stderr);
    // The reaper waits for it, as for everybody.
    Ok(command.spawn().context("cannot start the second stage")?.id())
}

/// Hears what the grader wants.
fn listen(grader: UnixStream, events: &Sender<Event>) {
    let mut lines = BufReader::new(grader).lines();
    while let Some(Ok(line)) = lines.next() {
        if line == END {
            let _ = events.send(Event::End);
        }
    }
    let _ = events.send(Event::Gone);
}

/// Waits for everybody: for the program, and for the orphans that its descendants leave to us.
fn reap(program: u32, events: &Sender<Event>, alone: &AtomicBool) {
    loop {
        let (pid, exit) = match waitpid(None, None) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, Exit::Code(code)),
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, Exit::Signal(signal as i32)),
            Ok(_) | Err(Errno::EINTR) => continue,
            // Nobody is left, and so nobody can come any more.
            Err(_) => return alone.store(true, Ordering::Release),
        };
        if pid.as_raw().unsigned_abs() == program {
            let _ = events.send(Event::Ended(exit));
        }
    }
}

impl Supervisor<'_> {
    fn watch(mut self) {
        let mut watch = Watch::new(self.order);
        loop {
            // When nobody is left, there is nothing to look at.
            let pause = if self.descent.is_over() { PATIENCE } else { watch::TOTAL };
            match self.events.recv_timeout(pause) {
                Ok(Event::End) => return self.end(),
                Ok(Event::Gone) | Err(RecvTimeoutError::Disconnected) => return self.give_up(),
                Ok(event) => self.note(event),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !self.descent.is_over()
                && let Some(limit) = watch.passed(&self.descent)
            {
                self.tell(Exit::Limit(limit));
                self.descent.kill();
            }
        }
    }

    fn note(&mut self, event: Event) {
        if let Event::Ended(exit) = event {
            self.tell(exit);
        }
    }

    /// Tells how the program ended: the first word counts.
    fn tell(&mut self, exit: Exit) {
        let limits = &self.order.limits;
        let is = |exit: &Exit, signal: Signal| *exit == Exit::Signal(signal as i32);
        let exit = match exit {
            exit if is(&exit, Signal::SIGXCPU) => Exit::Limit(limits.over_cpu()),
            exit if is(&exit, Signal::SIGXFSZ) => Exit::Limit(limits.over_file_size()),
            exit => exit,
        };
        if !std::mem::replace(&mut self.told, true) {
            let _ = Word::Exited(exit).tell(&self.grader);
        }
    }

    fn end(mut self) {
        let heard = self.descent.terminate(PATIENCE);
        self.descent.kill();
        // One that ended just now has an exit too: the reaper tells it before it finds nobody left.
        while let Ok(event) = self.events.try_recv() {
            self.note(event);
        }
        let _ = Word::Ended { ignored_term: !heard }.tell(&self.grader);
    }

    /// Nobody is there any more to whom anything could be said.
    fn give_up(self) {
        self.descent.kill();
        let _ = fs::remove_dir_all(&self.order.home);
    }
}
