//! Waiting in another thread, so that a test can see whether, and by what, the wait ends.

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Only bounds a failure.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Does something that waits, in a thread of its own. Returns when that thread sleeps, or has ended: what happens
/// next happens to somebody who waits already.
#[track_caller]
pub(crate) fn in_background<T: Send + 'static>(
    wait: impl FnOnce() -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    let (begun, beginning) = mpsc::channel();
    thread::spawn(move || {
        // Not the name of the link, which means another thread to everyone, but what it leads to: PID/task/TID.
        begun.send(std::fs::read_link("/proc/thread-self")).unwrap();
        // An error: the test did not wait for the end.
        let _ = sender.send(wait());
    });
    let thread = beginning.recv_timeout(DEADLINE).expect("a thread begins").expect("Linux has it");
    let thread = Path::new("/proc").join(thread).join("stat");
    let end = Instant::now() + DEADLINE;
    // The state stands behind the name, which is in brackets; there is no file when the thread has ended.
    while let Ok(stat) = std::fs::read_to_string(&thread)
        && !stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" S"))
    {
        assert!(
            Instant::now() < end,
            "the thread waits for something, and does not run on: {stat}"
        );
        thread::yield_now();
    }
    receiver
}
