//! The parts of all checks as tasks on a board, from which threads take the next one.

use crate::check::{Check, Part};
use crate::failure::{Failure, Stop};
use crate::lab::Lab;
use crate::sandbox::Sandbox;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a part came to.
#[derive(Clone, Debug)]
pub(super) enum End {
    Passed,
    Failed(Box<Failure>),
    Skipped(String),
    Blocked,
    NotRun,
    Fault(String),
}

/// One part that is to be run.
#[derive(Debug)]
pub(super) struct Task {
    check: &'static Check,
    part: &'static Part,
    /// The place of its check among those that are run.
    place: usize,
    /// The places of the checks that must be passed first.
    needs: Vec<usize>,
    seed: u64,
}

/// All parts, and what has come of them.
#[derive(Debug)]
pub(super) struct Board {
    tasks: Vec<Task>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: usize,
    stopped: bool,
    ends: Vec<Option<(End, Duration)>>,
}

impl Board {
    /// With the parts of these checks. Needs that are not among them are not asked for.
    pub(super) fn new(checks: &[&'static Check], seed: u64) -> Self {
        let place_of = |number: &u32| checks.iter().position(|check| check.number == *number);
        let mut tasks = Vec::new();
        for (place, check) in checks.iter().enumerate() {
            let needs: Vec<usize> = check.needs.iter().filter_map(place_of).collect();
            for (at, part) in check.parts.iter().enumerate() {
                // Alone or among others, a part of a check draws the same chance from the same seed.
                let own =
                    (u64::from(check.chapter) << 16) + (u64::from(check.number) << 8) + at as u64;
                let seed = fastrand::Rng::with_seed(seed ^ (own << 32)).u64(..);
                tasks.push(Task { check, part, place, needs: needs.clone(), seed });
            }
        }
        let ends = tasks.iter().map(|_| None).collect();
        Self {
            tasks,
            state: Mutex::new(State { ends, ..State::default() }),
            changed: Condvar::new(),
        }
    }

    /// Runs one part after the other, until none is left. Several threads may do so at once.
    pub(super) fn work(&self, command: &[String], sandbox: &Sandbox) {
        while let Some(number) = self.take() {
            let task = &self.tasks[number];
            let began = Instant::now();
            let end = self.hindered(task).unwrap_or_else(|| task.run(command, sandbox));
            self.lock().ends[number] = Some((end, began.elapsed()));
            self.changed.notify_all();
        }
    }

    /// No part is begun any more.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// The ends of the parts of a check, as soon as all are known, or `None` after this time.
    pub(super) fn ends(&self, place: usize, patience: Duration) -> Option<Vec<(End, Duration)>> {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            let own = self.tasks.iter().zip(&state.ends).filter(|(task, _)| task.place == place);
            if let Some(ends) = own.map(|(_, end)| end.clone()).collect() {
                return Some(ends);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The ends of the parts of a check as far as they are known. Nobody waits for the others any more.
    pub(super) fn ends_so_far(&self, place: usize) -> Vec<(End, Duration)> {
        let state = self.lock();
        let own = self.tasks.iter().zip(&state.ends).filter(|(task, _)| task.place == place);
        own.map(|(_, end)| end.clone().unwrap_or((End::NotRun, Duration::ZERO))).collect()
    }

    fn take(&self) -> Option<usize> {
        let mut state = self.lock();
        let number = state.next;
        (number < self.tasks.len() && !state.stopped).then(|| {
            state.next += 1;
            number
        })
    }

    /// Waits for the checks that come first, and says why the task is not to be run, if it is not. They stand further
    /// up on the board, so somebody is at work on them.
    fn hindered(&self, task: &Task) -> Option<End> {
        let mut state = self.lock();
        loop {
            let needed = || {
                let with_end = self.tasks.iter().zip(&state.ends);
                with_end.filter(|(other, _)| task.needs.contains(&other.place)).map(|(_, end)| end)
            };
            if state.stopped {
                return Some(End::NotRun);
            }
            if needed().all(Option::is_some) {
                // Partly right is right enough to go on.
                let there = task.needs.iter().all(|&place| {
                    let with_end = self.tasks.iter().zip(&state.ends);
                    let mut own = with_end.filter(|(other, _)| other.place == place);
                    own.any(|(_, end)| matches!(end, Some((End::Passed | End::Skipped(_), _))))
                });
                return (!there).then_some(End::Blocked);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn run(&self, command: &[String], sandbox: &Sandbox) -> End {
        // A mistake of ours must not look like one of the student's.
        catch_unwind(AssertUnwindSafe(|| self.judge(command, sandbox))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            End::Fault(format!(
                "part {:?} of {} panicked: {text}",
                self.part.title,
                self.check.id()
            ))
        })
    }

    fn judge(&self, command: &[String], sandbox: &Sandbox) -> End {
        let mut lab = Lab::new(command, sandbox, self.seed);
        let end = match (self.part.run)(&mut lab) {
            Ok(()) => End::Passed,
            Err(Stop::Skip(why)) => End::Skipped(why),
            Err(Stop::Fault(error)) => End::Fault(format!("{error:#}")),
            Err(Stop::Failure(mut failure)) => match lab.lost() {
                Some(why) => End::Fault(why),
                None => {
                    lab.explain(&mut failure);
                    End::Failed(failure)
                }
            },
        };
        lab.close();
        end
    }
}
