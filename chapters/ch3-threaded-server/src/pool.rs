//! `pool`: a fixed number of threads, from the [`threadpool`] crate.
//!
//! Starting a thread costs tens of microseconds, more than a small request. A pool starts its threads once and
//! hands them one connection after another. In return it serves only as many connections at a time as it has
//! threads: the next one waits, however idle those are that came first.

use common::{Model, Server, Setting, blocking};
use std::io;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use threadpool::ThreadPool;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "pool",
    about: "a pool of threads (the threadpool crate)",
    // The queue of a ThreadPool has no limit of its own, so the number of connections is limited instead.
    most: |settings| settings.value(&crate::threads::MAX_CONNECTIONS),
    listeners: |_| 1,
    serve,
};

/// A thread that waits for a silent client can do nothing else, so there are many more of them than cores.
pub const WORKERS: Setting = Setting {
    name: "workers",
    default: 256,
    most: 10_000,
    help: "pool, channel: N threads serve, one connection each at a time",
};

/// Serves the connections with a pool of threads, until the server stops.
///
/// # Errors
///
/// When the system does not have so many threads.
pub fn serve(server: &Server) -> io::Result<()> {
    let workers = server.setting(&WORKERS);
    let pool = start(workers)?;
    for connection in server.incoming()? {
        let service = server.service();
        pool.execute(move || {
            // A job that panics takes its thread along, and the pool starts another. Catching the panic here spares
            // that, and the case in which the system has no other thread to give.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                blocking::drive(&connection, &mut service.session())
            }));
        });
    }
    pool.join();
    Ok(())
}

/// Starts the pool. When a thread cannot be started, [`ThreadPool::new`] panics: it has no other way to say so.
fn start(workers: usize) -> io::Result<ThreadPool> {
    let report = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let pool = catch_unwind(|| ThreadPool::new(workers));
    panic::set_hook(report);
    pool.map_err(|_| too_many(workers))
}

/// What to tell the user when the threads could not all be started.
pub(crate) fn too_many(workers: usize) -> io::Error {
    io::Error::other(format!("the system does not have {workers} threads to give"))
}
