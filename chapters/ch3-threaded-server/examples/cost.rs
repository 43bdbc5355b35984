//! What a thread costs on this machine: its start, its wake-up, its memory.
//!
//! `cargo run --release -p ch3-threaded-server --example cost`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often each thing is timed; the median of them is shown.
const ROUNDS: usize = 5_000;

/// How many threads wait at the same time while their memory is read.
const THREADS: usize = 1_000;

fn main() -> io::Result<()> {
    println!("start a thread and wait for its end     {}", median(start_and_join));
    println!("wake a waiting thread, and be woken     {}", median(wake_and_be_woken()));
    println!("ask an echo server on loopback          {}", median(ask_over_loopback()?));
    memory_of_waiting_threads();
    println!("cores that two computing threads use    {:>5.1}", cores_of_two_threads());
    Ok(())
}

/// `clone(2)`, a stack, and the end of both.
fn start_and_join() {
    thread::spawn(|| {}).join().expect("an empty thread does not panic");
}

/// What it costs to hand a job to a thread of a pool and to hear that it is done.
fn wake_and_be_woken() -> impl FnMut() {
    let (jobs, inbox) = mpsc::channel();
    let (replies, done) = mpsc::channel();
    thread::spawn(move || inbox.iter().for_each(|()| replies.send(()).unwrap_or_default()));
    move || {
        jobs.send(()).expect("the thread waits for jobs");
        done.recv().expect("the thread answers each job");
    }
}

/// One small request and its reply: `write(2)` and `read(2)` on either side.
fn ask_over_loopback() -> io::Result<impl FnMut()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    thread::spawn(move || {
        let mut byte = [0];
        while server.read_exact(&mut byte).and_then(|()| server.write_all(&byte)).is_ok() {}
    });
    Ok(move || {
        client.write_all(b"?").expect("the server lives as long as its client");
        client.read_exact(&mut [0]).expect("an echo comes back");
    })
}

/// Threads that have done next to nothing, and wait.
fn memory_of_waiting_threads() {
    let before = [status("VmSize:"), status("VmRSS:"), mappings()];
    let threads: Vec<_> = (0..THREADS).map(|_| thread::spawn(thread::park)).collect();
    // A thread that waits on its own stack has touched it; one that has yet to run has not.
    while sleeping() < THREADS {
        thread::yield_now();
    }
    let after = [status("VmSize:"), status("VmRSS:"), mappings()];
    let each = |at: usize| (after[at] - before[at]) / THREADS;
    println!("addresses that a waiting thread holds   {:>5} KiB", each(0));
    println!("memory that it holds                    {:>5} KiB", each(1));
    println!("memory mappings that it holds           {:>5}", each(2));
    for thread in threads {
        thread.thread().unpark();
        thread.join().expect("a parked thread does not panic");
    }
}

/// Regions of our address space: `vm.max_map_count` limits their number.
fn mappings() -> usize {
    fs::read_to_string("/proc/self/maps").expect("this needs Linux and its /proc").lines().count()
}

/// CPU time over time: the sum over all threads, as `/proc/self/schedstat` of each tells it in nanoseconds.
fn cores_of_two_threads() -> f64 {
    let start = Instant::now();
    let compute = || {
        let end = start + Duration::from_millis(500);
        while Instant::now() < end {}
        let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("see proc(5)");
        stat.split(' ').next().and_then(|first| first.parse::<f64>().ok()).expect("nanoseconds")
    };
    let cpu = thread::scope(|scope| {
        let threads = [scope.spawn(compute), scope.spawn(compute)];
        threads.map(|thread| thread.join().expect("arithmetic does not panic")).iter().sum::<f64>()
    });
    cpu / start.elapsed().as_nanos() as f64
}

fn median(mut what: impl FnMut()) -> String {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            what();
            start.elapsed()
        })
        .collect();
    times.sort();
    format!("{:>5.1} µs", times[ROUNDS / 2].as_secs_f64() * 1e6)
}

/// A line of `/proc/self/status`, in KiB.
fn status(name: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").expect("this needs Linux and its /proc");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("see proc(5)");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

/// How many of our threads sleep: state `S` in `/proc/self/task/*/stat`, behind the name in parentheses.
fn sleeping() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("this needs Linux and its /proc");
    let stats =
        tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("stat")).ok());
    stats.filter(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" S"))).count()
}
