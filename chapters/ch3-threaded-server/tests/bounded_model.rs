//! The bounded pool in every order that its threads could take.
//!
//! [loom](https://docs.rs/loom) runs a small program again and again. Wherever one thread could be interrupted, by a
//! lock or a wait, it tries each of the others, until it has seen every order. (Here: every order in which threads that
//! could go on are interrupted at most twice. That keeps the number small, and nearly all mistakes need no more.)
//! If no thread can go on, it says `deadlock`.
//!
//! The program is `src/bounded.rs` itself, the very file, on the threads and the channel of [`sync`].

#[path = "../src/bounded.rs"]
pub mod bounded;

#[path = "bounded_model/sync.rs"]
mod sync;

#[path = "bounded_model/broken.rs"]
mod broken;

use broken::Mistake;
use loom::sync::{Condvar, Mutex};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Something.
    Works,
    /// Fails.
    Panics,
    /// Waits until another job of this kind runs at the same time.
    Meets,
}
use Kind::{Meets, Panics, Works};

/// A number, and what it does.
type Job = (usize, Kind);

/// What is tried, in every order.
#[derive(Clone, Copy, Debug)]
struct Plan {
    workers: usize,
    /// How many jobs the queue holds.
    waiting: usize,
    /// One list for each thread that submits; the first is for the thread that stops the pool in the end.
    submitters: &'static [&'static [Kind]],
    /// How often a thread that could go on is interrupted, at most.
    interruptions: usize,
}

const fn plan(workers: usize, waiting: usize, submitters: &'static [&'static [Kind]]) -> Plan {
    Plan { workers, waiting, submitters, interruptions: 2 }
}

/// A pool, as far as its users see it.
trait Jobs<J> {
    fn submit(&self, job: J);
    fn stop(self);
}

impl Jobs<Job> for bounded::Pool<Job> {
    fn submit(&self, job: Job) {
        self.submit(job);
    }
    fn stop(self) {
        self.stop();
    }
}

/// What became of the jobs. It is no part of the model: its counters are std's, between which loom does not look.
struct Ledger {
    /// How often each job began.
    begun: Vec<AtomicUsize>,
    /// How many jobs came to their end, if only by a panic.
    ended: AtomicUsize,
    /// How many jobs were submitted: submit has returned.
    submitted: AtomicUsize,
    /// How many jobs of the kind that meets have come.
    met: Mutex<usize>,
    meeting: Condvar,
    /// Nothing but a point at which loom may go on with another thread.
    middle: loom::sync::atomic::AtomicBool,
}

impl Ledger {
    fn new(jobs: usize) -> Self {
        Self {
            begun: (0..jobs).map(|_| AtomicUsize::new(0)).collect(),
            ended: AtomicUsize::new(0),
            submitted: AtomicUsize::new(0),
            met: Mutex::new(0),
            meeting: Condvar::new(),
            middle: loom::sync::atomic::AtomicBool::new(false),
        }
    }

    /// Does a job.
    fn work(&self, (number, kind): Job) {
        self.begun[number].fetch_add(1, SeqCst);
        if kind == Meets {
            let mut met = self.met.lock().unwrap();
            *met += 1;
            self.meeting.notify_all();
            while *met < 2 {
                met = self.meeting.wait(met).unwrap();
            }
        }
        // Here others may go on while this job is in progress.
        self.middle.store(true, Relaxed);
        self.ended.fetch_add(1, SeqCst);
        if kind == Panics {
            // Unlike panic!, this says nothing on stderr, where it would be said some thousand times.
            std::panic::resume_unwind(Box::new("a job panics"));
        }
    }
}

/// Submits the jobs of one thread. Whenever submit returns, the job must have found its place: with a worker, or in
/// the queue.
fn submit_all(pool: &impl Jobs<Job>, ledger: &Ledger, plan: Plan, first: usize, kinds: &[Kind]) {
    for (i, kind) in kinds.iter().enumerate() {
        pool.submit((first + i, *kind));
        let submitted = ledger.submitted.fetch_add(1, SeqCst) + 1;
        let unfinished = submitted.saturating_sub(ledger.ended.load(SeqCst));
        let most = plan.waiting + plan.workers;
        assert!(unfinished <= most, "{unfinished} jobs were let in, there is room for {most}");
    }
}

fn model(interruptions: usize) -> loom::model::Builder {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(interruptions);
    model
}

/// Runs `plan` in every order, with the pool that `start` makes.
fn check<P: Jobs<Job> + Send + Sync + 'static>(
    plan: Plan,
    start: impl Fn(Arc<Ledger>) -> P + Send + Sync + 'static,
) {
    model(plan.interruptions).check(move || {
        let jobs: usize = plan.submitters.iter().map(|kinds| kinds.len()).sum();
        let ledger = Arc::new(Ledger::new(jobs));
        let pool = Arc::new(start(Arc::clone(&ledger)));

        let mut first = plan.submitters[0].len();
        let others: Vec<_> = plan.submitters[1..]
            .iter()
            .map(|kinds| {
                let (pool, ledger, begin) = (Arc::clone(&pool), Arc::clone(&ledger), first);
                first += kinds.len();
                loom::thread::spawn(move || submit_all(&*pool, &ledger, plan, begin, kinds))
            })
            .collect();
        submit_all(&*pool, &ledger, plan, 0, plan.submitters[0]);
        for other in others {
            other.join().unwrap();
        }
        let Ok(pool) = Arc::try_unwrap(pool) else { panic!("the other submitters have ended") };
        pool.stop();

        let begun: Vec<_> = ledger.begun.iter().map(|begun| begun.load(SeqCst)).collect();
        assert_eq!(begun, vec![1; jobs], "when stop returns, each job has begun once");
        let ended = ledger.ended.load(SeqCst);
        assert_eq!(ended, jobs, "when stop returns, each job has ended");
    });
}

/// Tries the pool itself.
fn holds(workers: usize, waiting: usize, submitters: &'static [&'static [Kind]]) {
    holds_for(plan(workers, waiting, submitters));
}

fn holds_for(plan: Plan) {
    check(plan, move |ledger| {
        let work = move |job| ledger.work(job);
        bounded::Pool::new(plan.workers, plan.waiting, work).expect("the model has threads")
    });
}

#[test]
fn a_pool_without_jobs_stops() {
    holds(2, 1, &[&[]]);
}

#[test]
fn one_worker_does_every_job() {
    holds(1, 2, &[&[Works, Works, Works]]);
}

#[test]
fn two_workers_do_every_job() {
    holds(2, 2, &[&[Works, Works]]);
}

#[test]
fn submit_waits_while_the_queue_is_full() {
    holds(2, 1, &[&[Works, Works, Works]]);
}

#[test]
fn a_queue_of_zero_hands_over() {
    holds(2, 0, &[&[Works, Works]]);
}

#[test]
fn two_threads_submit() {
    holds(1, 1, &[&[Works], &[Works, Works]]);
    holds(2, 1, &[&[Works], &[Panics]]);
}

#[test]
fn two_threads_submit_to_a_queue_of_zero() {
    holds(1, 0, &[&[Works], &[Works]]);
    // Four threads that all wait for each other: with two interruptions this alone would take ten seconds.
    holds_for(Plan { interruptions: 1, ..plan(2, 0, &[&[Works], &[Works]]) });
}

#[test]
fn a_panic_costs_the_only_worker_nothing() {
    holds(1, 1, &[&[Panics, Panics, Works]]);
    holds(1, 0, &[&[Panics, Works]]);
}

#[test]
fn after_a_panic_there_are_still_two_workers() {
    holds(2, 1, &[&[Panics, Meets, Meets]]);
    holds(2, 0, &[&[Panics, Meets, Meets]]);
}

#[test]
fn when_a_thread_cannot_be_started_the_others_end() {
    model(2).check(|| {
        sync::THREADS_LEFT.set(2);
        let pool = bounded::Pool::new(3, 1, |_: Job| ());
        sync::THREADS_LEFT.set(usize::MAX);
        assert!(pool.is_err(), "the third thread could not be started");
        // Were they left waiting for jobs, loom would report a deadlock.
    });
}

/// Each mistake, a plan in which it matters, and what the model says to it.
const MISTAKES: [(Mistake, Plan, &str); 9] = [
    (Mistake::WorkerDiesOfPanic, plan(2, 1, &[&[Panics, Meets, Meets]]), "deadlock"),
    (Mistake::WorkerDiesOfPanic, plan(1, 1, &[&[Panics, Works, Works]]), "somebody receives"),
    (Mistake::NeverCloses, plan(2, 1, &[&[Works]]), "deadlock"),
    (Mistake::DoesNotWait, plan(2, 1, &[&[Works]]), "when stop returns, each job has"),
    (Mistake::ForgetsTheQueue, plan(1, 1, &[&[Works, Works]]), "each job has begun once"),
    (Mistake::TriesAgain, plan(1, 1, &[&[Panics]]), "each job has begun once"),
    (Mistake::OneAtATime, plan(2, 1, &[&[Meets, Meets]]), "deadlock"),
    (Mistake::Unbounded, plan(1, 1, &[&[Works, Works, Works]]), "there is room for 2"),
    // The control: without a mistake, the model has nothing to say.
    (Mistake::None, plan(2, 1, &[&[Panics, Meets, Meets]]), "1 passed"),
];

/// Which of [`MISTAKES`] a child is to try.
const CHILD: &str = "BOUNDED_MODEL_MISTAKE";

/// Not a test by itself: a model that fails may take its process along, so each mistake is tried in a child.
#[test]
fn child() {
    let Ok(which) = std::env::var(CHILD) else { return };
    let (mistake, plan, _) = MISTAKES[which.parse::<usize>().unwrap()];
    check(plan, move |ledger| {
        let work = move |job| ledger.work(job);
        broken::Pool::new(mistake, plan.workers, plan.waiting, work)
    });
}

#[test]
fn the_model_finds_every_mistake() {
    for (i, (mistake, plan, said)) in MISTAKES.iter().enumerate() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, i.to_string())
            .output()
            .expect("this program can be started again");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let passed = output.status.success();
        assert_eq!(passed, *mistake == Mistake::None, "{mistake:?} with {plan:?}: {text}");
        assert!(text.contains(said), "{mistake:?} with {plan:?} is found by {said:?}: {text}");
    }
}
