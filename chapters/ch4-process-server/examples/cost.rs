//! What a process costs on this machine: its beginning and its end, and the memory that it holds alone.
//!
//! `cargo run --release -p ch4-process-server --example cost`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

// The very functions of the server, in which all of its unsafe code stands.
#[expect(dead_code, reason = "forking is all that is measured of it")]
#[path = "../src/process.rs"]
mod process;

use nix::sys::wait::waitpid;
use std::fs;
use std::hint::black_box;
use std::io::{self, Read};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often each thing is timed.
const ROUNDS: usize = 200;

/// How many children wait at the same time while their memory is read.
const CHILDREN: usize = 20;

/// What a parent may have in use: a cache, a table.
const IN_USE: usize = 64 << 20;

fn main() -> io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        // What `spawn` starts is this program once more.
        Some("end") => Ok(()),
        Some("wait") => io::stdin().read_to_end(&mut Vec::new()).map(drop),
        _ => measure(),
    }
}

fn measure() -> io::Result<()> {
    if !Path::new("/proc/self/smaps_rollup").exists() {
        return Err(io::Error::other("this needs Linux, with /proc mounted"));
    }
    println!("the median of {ROUNDS}, and from the fastest tenth to the slowest");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    time("fork a process and wait for its end", || fork_and_wait(&listener))?;
    time("start a program and wait for its end", spawn_and_wait)?;
    let table = vec![1_u8; IN_USE];
    time("fork, with 64 MiB in use", || fork_and_wait(&listener))?;
    time("start a program, with 64 MiB in use", spawn_and_wait)?;
    drop(black_box(table));

    let forked = forked_children(&listener)?;
    show_memory("a forked process", &forked.iter().map(|(pid, _)| *pid).collect::<Vec<_>>())?;
    end_forked(forked)?;
    let spawned: Vec<_> = (0..CHILDREN).map(|_| spawned_child()).collect::<io::Result<_>>()?;
    show_memory("a fresh program", &spawned.iter().map(Child::id).collect::<Vec<_>>())?;
    end_spawned(spawned)?;

    // The last one: who forks has no other thread.
    time("start a thread and wait for its end", start_and_join)
}

/// `fork(2)` as the server does it, `_exit(2)` and `waitpid(2)`.
fn fork_and_wait(listener: &TcpListener) -> io::Result<()> {
    let child = process::fork(listener, listener.as_fd(), || {})?;
    waitpid(child, None)?;
    Ok(())
}

/// The same with `execve(2)`: the program is loaded and linked, begins at its `main` and returns from it.
fn spawn_and_wait() -> io::Result<()> {
    this_program("end").spawn()?.wait().map(drop)
}

fn this_program(what: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg(what).stdin(Stdio::piped());
    command
}

/// `clone(2)`, a stack, and the end of both.
fn start_and_join() -> io::Result<()> {
    thread::Builder::new().spawn(|| {})?.join().expect("an empty thread does not panic");
    Ok(())
}

fn time(what: &str, mut act: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        act()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let [fast, median, slow] = [1, 5, 9].map(|tenth| micros(times[ROUNDS * tenth / 10]));
    println!("{what:<40}{median:>8.1} µs  ({fast:.1} – {slow:.1})");
    Ok(())
}

/// Children that have done next to nothing, and wait: each for the end of its line to us.
fn forked_children(listener: &TcpListener) -> io::Result<Vec<(u32, UnixStream)>> {
    let child = |_| {
        let (ours, theirs) = UnixStream::pair()?;
        let pid = process::fork(listener, theirs.as_fd(), || {
            let _ = (&theirs).read(&mut [0]);
        })?;
        Ok((pid.as_raw().cast_unsigned(), ours))
    };
    (0..CHILDREN).map(child).collect()
}

fn end_forked(children: Vec<(u32, UnixStream)>) -> io::Result<()> {
    for (pid, line) in children {
        drop(line);
        waitpid(nix::unistd::Pid::from_raw(pid.cast_signed()), None)?;
    }
    Ok(())
}

fn spawned_child() -> io::Result<Child> {
    this_program("wait").spawn()
}

fn end_spawned(children: Vec<Child>) -> io::Result<()> {
    // `wait` closes the child's standard input first.
    children.into_iter().try_for_each(|mut child| child.wait().map(drop))
}

/// What each of these waiting processes holds alone, in the mean.
fn show_memory(whose: &str, pids: &[u32]) -> io::Result<()> {
    for pid in pids {
        // One that has yet to run has touched nothing.
        while !sleeps(*pid)? {
            thread::yield_now();
        }
    }
    let mut alone = 0;
    let mut tables = 0;
    for pid in pids {
        let memory = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        alone += kibibytes(&memory, "Private_Clean:") + kibibytes(&memory, "Private_Dirty:");
        tables += kibibytes(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmPTE:");
    }
    let [alone, tables] = [alone, tables].map(|sum| sum / pids.len());
    println!(
        "{:<40}{alone:>6} KiB, and {tables} KiB of page tables",
        format!("{whose} holds alone")
    );
    Ok(())
}

/// State `S` in `/proc/PID/stat`, behind the name in parentheses.
fn sleeps(pid: u32) -> io::Result<bool> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    Ok(stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" S")))
}

/// A line of a file of `/proc`, in KiB.
fn kibibytes(text: &str, name: &str) -> usize {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
