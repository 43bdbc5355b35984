//! What a coroutine costs on this machine: its future, its switches, its timers, its memory, beside those of a thread.
//!
//! `cargo run --release -p ch5-async-server --example cost`
#![expect(clippy::print_stdout, reason = "a person reads this, and nobody waits for it")]

use ch5_async_server::coroutines;
use common::connections::Connection;
use session::Session;
use std::fs;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::mpsc as threads;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc as coroutine;
use tokio::time::{Sleep, sleep};

/// How often each thing is done; what is shown is the mean of the best of some runs, for others only make it longer.
const TIMES: u32 = 500;
const RUNS: usize = 200;

/// How many coroutines, or timers, wait at the same time.
const MANY: usize = 100_000;

/// So far away that none of them goes off.
const LATER: Duration = Duration::from_secs(600);

fn main() -> io::Result<()> {
    println!(
        "the future of one conversation           {:>5} bytes",
        size_of_future(coroutines::drive)
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        show("start a coroutine and wait for its end", start_and_wait().await);
        show("wake a coroutine, and be woken", wake_coroutine().await);
    });
    show("wake a thread, and be woken", wake_thread());
    runtime.block_on(async {
        show("set a timer, and take it back", set_timers().await);
        let mut idle: Vec<_> = (0..MANY).map(|_| Box::pin(sleep(LATER))).collect();
        for timer in &mut idle {
            poll_once(timer.as_mut()).await;
        }
        show("the same, while 100,000 others are set", set_timers().await);
    });
    println!(
        "memory that the smallest coroutine holds {:>5} bytes",
        memory_of_a_coroutine(&runtime)
    );
    Ok(())
}

/// As the compiler lays it out: everything that lives across one of its waits.
fn size_of_future<'c, F: Future>(
    _: impl FnOnce(&'c Connection<TcpStream>, Box<dyn Session + Send>) -> F,
) -> usize {
    size_of::<F>()
}

async fn start_and_wait() -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..TIMES {
            tokio::spawn(async {}).await.expect("it does nothing, so it does not panic");
        }
        best = best.min(start.elapsed() / TIMES);
    }
    best
}

async fn wake_coroutine() -> Duration {
    let (jobs, mut inbox) = coroutine::channel(1);
    let (replies, mut done) = coroutine::channel(1);
    tokio::spawn(async move {
        while let Some(()) = inbox.recv().await {
            let _ = replies.send(()).await;
        }
    });
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..TIMES {
            jobs.send(()).await.expect("the other one waits for jobs");
            done.recv().await.expect("it answers each of them");
        }
        best = best.min(start.elapsed() / TIMES);
    }
    best
}

fn wake_thread() -> Duration {
    let (jobs, inbox) = threads::channel();
    let (replies, done) = threads::channel();
    std::thread::spawn(move || inbox.iter().for_each(|()| replies.send(()).unwrap_or_default()));
    best_of_some(|| {
        jobs.send(()).expect("the thread waits for jobs");
        done.recv().expect("it answers each of them");
    })
}

fn best_of_some(mut what: impl FnMut()) -> Duration {
    let run = |_| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| what());
        start.elapsed() / TIMES
    };
    (0..RUNS).map(run).min().unwrap_or_default()
}

/// As every request moves a deadline. A timer is set when it is first polled, and taken back when it is dropped.
async fn set_timers() -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..TIMES {
            poll_once(pin!(sleep(LATER))).await;
        }
        best = best.min(start.elapsed() / TIMES);
    }
    best
}

async fn poll_once(mut timer: Pin<&mut Sleep>) {
    poll_fn(|context| {
        let _ = timer.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

/// Coroutines that wait for the same thing for ever.
fn memory_of_a_coroutine(runtime: &tokio::runtime::Runtime) -> usize {
    let before = resident();
    for _ in 0..MANY {
        runtime.spawn(std::future::pending::<()>());
    }
    runtime.block_on(tokio::task::yield_now());
    (resident() - before) * 1024 / MANY
}

/// Our memory, in KiB: the line of `/proc/self/status`.
fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/status").expect("this needs Linux and its /proc");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("see proc(5)");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

fn show(what: &str, time: Duration) {
    println!("{what:40} {:>5} ns", time.as_nanos());
}
