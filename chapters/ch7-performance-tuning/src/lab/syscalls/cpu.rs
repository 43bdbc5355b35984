//! The CPU time that a thread has used. It goes on only while the thread runs, so a busy machine does not add to it what
//! others compute.

use nix::time::{ClockId, clock_gettime};
use std::io;
use std::time::Duration;

/// CPU time of the calling thread since it began.
pub fn of_this_thread() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

/// CPU time of all threads of this process, those that have ended among them.
pub fn of_this_process() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}

/// Seconds of CPU time that this thread needs for one `work`, on the average of so many.
pub fn each(times: u32, mut work: impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    // The first pages, the first cache lines and the first segments of a connection are dearer than all others.
    for _ in 0..times.div_ceil(8) {
        work()?;
    }
    let before = of_this_thread()?;
    for _ in 0..times {
        work()?;
    }
    Ok((of_this_thread()? - before).as_secs_f64() / f64::from(times))
}

/// Keeps the calling thread on the `nth` of the cores that this process may use, and the threads that it will start. So a
/// wake-up is a switch from one thread to the other, and nothing else. Where there is no such core, or no such call, the
/// thread stays where it is: `false`.
#[cfg(target_os = "linux")]
pub fn pin(nth: usize) -> bool {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use std::sync::OnceLock;

    // A thread that is kept on one core may use no other, nor may those that it starts. So what counts is what the first
    // to ask was told.
    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    let this = nix::unistd::Pid::from_raw(0);
    let cores = CORES.get_or_init(|| {
        let allowed = sched_getaffinity(this).unwrap_or_default();
        (0..CpuSet::count()).filter(|&core| allowed.is_set(core).unwrap_or(false)).collect()
    });
    let mut only = CpuSet::new();
    cores
        .get(nth)
        .is_some_and(|core| only.set(*core).is_ok() && sched_setaffinity(this, &only).is_ok())
}

/// This system keeps no thread on a core.
#[cfg(not(target_os = "linux"))]
pub fn pin(_nth: usize) -> bool {
    false
}
