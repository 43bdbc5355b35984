//! A run of the checks: a line for each as soon as it is known, and an ear for Ctrl-C.

use super::world::{Grade, World};
use crate::grading::{CheckResult, Grading, Judged, Order};
use crate::report::person;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// What stands in the result after Ctrl-C. It is no verdict, so the exit code is 3.
pub(super) const INTERRUPTED: &str = "interrupted before all checks were run: grade again";
/// How often we look whether somebody wants us to stop.
const LOOK: Duration = Duration::from_millis(50);

enum Event {
    Seen(CheckResult),
    Done(anyhow::Result<Judged>),
}

/// Runs the checks in a thread of their own, because this one listens for Ctrl-C.
pub(super) fn run(world: &mut World<'_>, order: &Order, grading: &mut Grading) {
    let begin = Instant::now();
    let (tell, told) = mpsc::channel();
    let worker = thread::spawn({
        let (grade, order): (Arc<Grade>, Order) = (Arc::clone(&world.grade), order.clone());
        move || {
            let done = grade(&order, &mut |check| {
                let _ = tell.send(Event::Seen(check.clone()));
            });
            let _ = tell.send(Event::Done(done));
        }
    });
    let mut seen = 0;
    world.say(&[""]);
    show_running(world, grading, seen);
    let fault = loop {
        match told.recv_timeout(LOOK) {
            Ok(Event::Seen(check)) => {
                show(world, &check);
                seen += 1;
                if let Some(place) = grading.checks.iter_mut().find(|known| known.id == check.id) {
                    *place = check;
                }
                show_running(world, grading, seen);
            }
            Ok(Event::Done(Ok(done))) => {
                // What was not worth waiting for has no line yet.
                for check in done.checks.iter().skip(seen) {
                    show(world, check);
                }
                grading.isolation = done.isolation;
                grading.checks = done.checks;
                break done.fault;
            }
            Ok(Event::Done(Err(error))) => break Some(format!("{error:#}")),
            // What runs still is ended by the sandbox when we end.
            Err(RecvTimeoutError::Timeout) if world.stop.load(Ordering::Relaxed) => {
                break Some(INTERRUPTED.into());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let why =
                    worker.join().err().map_or("it said nothing".into(), |panic| message(&*panic));
                break Some(format!("the grader failed: {why}"));
            }
        }
    };
    grading.fault = fault;
    grading.took_ms = millis(begin);
    erase(world);
}

/// What a panic said.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".into())
}

fn show(world: &mut World<'_>, check: &CheckResult) {
    erase(world);
    world.say(&[person::line(check, world.paint)]);
}

/// On a terminal, says which check is waited for.
fn show_running(world: &mut World<'_>, grading: &Grading, seen: usize) {
    if let (true, Some(check)) = (world.terminal, grading.checks.get(seen)) {
        let _ = write!(world.out, "{}", person::running(&check.id, &check.title, world.paint));
        let _ = world.out.flush();
    }
}

fn erase(world: &mut World<'_>) {
    if world.terminal {
        let _ = write!(world.out, "\r\x1b[K");
    }
}

/// The time since then, in milliseconds.
pub(super) fn millis(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}
