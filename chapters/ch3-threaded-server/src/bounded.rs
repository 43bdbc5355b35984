//! A pool of threads behind a bounded queue.
//!
//! It knows nothing of sockets: a job is whatever the pool was made for. `tests/bounded_model.rs` runs this very
//! file under [loom](https://docs.rs/loom), in every order that the threads could take; there, `sync` is loom's.

use crate::sync::{Arc, Builder, JoinHandle, Receiver, Sender, bounded};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Threads that do jobs of one kind, and a queue in which a limited number of jobs wait for them.
#[derive(Debug)]
pub struct Pool<J> {
    queue: Sender<J>,
    workers: Vec<JoinHandle<()>>,
}

impl<J: Send + 'static> Pool<J> {
    /// Starts `workers` threads that do `work`, and a queue for `waiting` jobs.
    ///
    /// # Errors
    ///
    /// When the system cannot start a thread; those that were started end again.
    pub fn new(
        workers: usize,
        waiting: usize,
        work: impl Fn(J) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (queue, jobs) = bounded(waiting);
        let work = Arc::new(work);
        let start = |_| {
            let (jobs, work) = (jobs.clone(), Arc::clone(&work));
            Builder::new().spawn(move || do_jobs(&jobs, &*work))
        };
        let workers = (0..workers).map(start).collect::<io::Result<_>>()?;
        Ok(Self { queue, workers })
    }

    /// Puts a job into the queue; waits while the queue is full.
    pub fn submit(&self, job: J) {
        self.queue.send(job).expect("the workers receive until the pool is dropped");
    }

    /// Takes no more jobs, and waits until all that were submitted are done.
    pub fn stop(self) {
        drop(self.queue);
        for worker in self.workers {
            worker.join().expect("a worker catches every panic of its jobs");
        }
    }
}

/// Does one job after another, until the queue is empty and nobody can fill it any more.
fn do_jobs<J>(jobs: &Receiver<J>, work: &impl Fn(J)) {
    for job in jobs {
        // A job that panics costs its connection, which is dropped on the way out, and no worker.
        let _ = catch_unwind(AssertUnwindSafe(|| work(job)));
    }
}
