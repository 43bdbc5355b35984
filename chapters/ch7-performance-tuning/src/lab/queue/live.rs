//! The same clients by the clock: threads that serve, and clients who come when they come.

use super::jobs::Job;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What became of one client.
#[derive(Clone, Copy, Debug)]
pub struct Stay {
    /// Seconds from its arrival to the end of its service.
    pub whole: f64,
    /// Seconds for which it was served.
    pub service: f64,
}

/// Serves the clients with so many threads, from one line, beginning at `start`. What becomes of them is told in the
/// order in which they come.
///
/// A stay counts from the moment at which the client was due, not from the one at which we noticed it: so a server that
/// is late cannot hide it (the mistake is called coordinated omission). The line is a cursor into the list: behind it are
/// those who were taken, and those before it whose time has come stand in line.
///
/// `early` is by how much a sleep of this machine is too long: it is slept less.
///
/// # Errors
///
/// When the system does not have so many threads.
pub fn serve(jobs: &[Job], servers: u32, start: Instant, early: Duration) -> io::Result<Vec<Stay>> {
    let cursor = AtomicUsize::new(0);
    let mut stays = thread::scope(|scope| {
        let work = || server(jobs, &cursor, start, early);
        let start = |_| thread::Builder::new().spawn_scoped(scope, work);
        // The calling thread is one of the servers.
        let threads: Vec<_> = (1..servers).map(start).collect();
        let mut stays = work();
        for thread in threads {
            stays.extend(thread?.join().expect("it only sleeps"));
        }
        Ok::<_, io::Error>(stays)
    })?;
    stays.sort_by_key(|(at, _)| *at);
    Ok(stays.into_iter().map(|(_, stay)| stay).collect())
}

fn server(
    jobs: &[Job],
    cursor: &AtomicUsize,
    start: Instant,
    early: Duration,
) -> Vec<(usize, Stay)> {
    sleep_precisely();
    let mut stays = Vec::new();
    loop {
        let at = cursor.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(at) else { return stays };
        let due = start + Duration::from_secs_f64(job.arrival);
        let begun = sleep_until(due, early).max(due);
        let done = sleep_until(begun + Duration::from_secs_f64(job.service), early);
        let since = |moment| done.saturating_duration_since(moment).as_secs_f64();
        stays.push((at, Stay { whole: since(due), service: since(begun) }));
    }
}

/// Sleeps until about this moment, and returns when it is over.
fn sleep_until(moment: Instant, early: Duration) -> Instant {
    let now = Instant::now();
    let left = moment.saturating_duration_since(now).saturating_sub(early);
    if left.is_zero() {
        return now;
    }
    thread::sleep(left);
    Instant::now()
}

/// By how much a sleep is too long on this machine: the median of many short ones.
///
/// # Errors
///
/// When the system does not have a thread.
pub fn oversleep() -> io::Result<Duration> {
    // In a thread of its own, because it asks for precision, and others need not have it.
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, || {
            sleep_precisely();
            let mut late = [(); 100].map(|()| one_sleep());
            late.sort();
            late[late.len() / 2]
        });
        Ok(thread?.join().expect("it only sleeps"))
    })
}

fn one_sleep() -> Duration {
    const SLEEP: Duration = Duration::from_millis(1);
    let start = Instant::now();
    thread::sleep(SLEEP);
    start.elapsed().saturating_sub(SLEEP)
}

/// Linux may end a sleep 50 µs late, to end several together (`PR_SET_TIMERSLACK`, prctl(2)). This thread asks it not to.
fn sleep_precisely() {
    // Where that is refused, sleeps are a little longer, and `oversleep` sees it.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_timerslack(1);
}
