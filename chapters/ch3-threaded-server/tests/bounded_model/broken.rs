//! The pool once more, with a mistake: what the model must find.

use crate::sync::{Arc, Builder, JoinHandle, Receiver, Sender, bounded};
use loom::sync::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// What is wrong with a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// Nothing.
    None,
    /// A worker leaves after a job that panicked.
    WorkerDiesOfPanic,
    /// Stopping does not close the queue.
    NeverCloses,
    /// Stopping does not wait for the workers.
    DoesNotWait,
    /// Stopping tells the workers to leave what waits in the queue.
    ForgetsTheQueue,
    /// A worker does a job a second time if the first time was a panic.
    TriesAgain,
    /// A worker does its job while it holds a lock that the others need.
    OneAtATime,
    /// The queue has no limit.
    Unbounded,
}

/// [`crate::bounded::Pool`] with a mistake.
pub(crate) struct Pool<J> {
    mistake: Mistake,
    queue: Sender<J>,
    workers: Vec<JoinHandle<()>>,
    stopping: Arc<AtomicBool>,
}

impl<J: Copy + Send + 'static> Pool<J> {
    pub(crate) fn new(
        mistake: Mistake,
        workers: usize,
        waiting: usize,
        work: impl Fn(J) + Send + Sync + 'static,
    ) -> Self {
        let (queue, jobs) = bounded(if mistake == Mistake::Unbounded { 100 } else { waiting });
        let shared = Arc::new((work, Mutex::new(())));
        let stopping = Arc::new(AtomicBool::new(false));
        let start = |_| {
            let (jobs, shared, stopping) = (jobs.clone(), shared.clone(), stopping.clone());
            let run = move || do_jobs(mistake, &jobs, &shared, &stopping);
            Builder::new().spawn(run).expect("the model has threads")
        };
        let workers = (0..workers).map(start).collect();
        Self { mistake, queue, workers, stopping }
    }
}

fn do_jobs<J: Copy>(
    mistake: Mistake,
    jobs: &Receiver<J>,
    (work, lock): &(impl Fn(J), Mutex<()>),
    stopping: &AtomicBool,
) {
    for job in jobs {
        if mistake == Mistake::ForgetsTheQueue && stopping.load(SeqCst) {
            return;
        }
        let held = (mistake == Mistake::OneAtATime).then(|| lock.lock().unwrap());
        let end = catch_unwind(AssertUnwindSafe(|| work(job)));
        drop(held);
        match mistake {
            Mistake::WorkerDiesOfPanic if end.is_err() => return,
            Mistake::TriesAgain if end.is_err() => {
                let _ = catch_unwind(AssertUnwindSafe(|| work(job)));
            }
            _ => {}
        }
    }
}

impl<J> crate::Jobs<J> for Pool<J> {
    fn submit(&self, job: J) {
        self.queue.send(job).expect("somebody receives");
    }

    fn stop(self) {
        self.stopping.store(true, SeqCst);
        let kept = (self.mistake == Mistake::NeverCloses).then_some(self.queue);
        let awaited = if self.mistake == Mistake::DoesNotWait { Vec::new() } else { self.workers };
        for worker in awaited {
            worker.join().expect("a worker catches every panic of its jobs");
        }
        drop(kept);
    }
}
