//! tokio's runtime: the event loop of this chapter, written once and for all.

use common::stop::Stop;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, available_parallelism};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};

/// A runtime with a thread for each core. The thread that makes it is none of them.
pub(crate) fn on_all_cores() -> io::Result<Runtime> {
    let cores = available_parallelism().map_or(1, usize::from);
    check_threads(cores)?;
    Builder::new_multi_thread().worker_threads(cores).enable_all().build()
}

/// A runtime with no thread but the one that runs it.
pub(crate) fn on_one_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Has the system so many threads to give? When it has not, tokio panics, and what it has begun may hang.
fn check_threads(threads: usize) -> io::Result<()> {
    let (all_there, waiting) = mpsc::channel::<()>();
    let waiting = Arc::new(Mutex::new(waiting));
    let start = |_| {
        let waiting = Arc::clone(&waiting);
        // They exist at the same time: each waits until the sender is dropped.
        thread::Builder::new().spawn(move || drop(waiting.lock().map(|waiting| waiting.recv())))
    };
    let started: io::Result<Vec<_>> = (0..threads).map(start).collect();
    drop(all_there);
    started?.into_iter().for_each(|thread| drop(thread.join()));
    Ok(())
}

/// The stop, as something that a coroutine can wait for: it is readable from the first signal on.
pub(crate) fn watch(stop: &Stop) -> io::Result<UnixStream> {
    let pipe = std::os::unix::net::UnixStream::from(stop.as_fd().try_clone_to_owned()?);
    pipe.set_nonblocking(true)?;
    UnixStream::from_std(pipe)
}
