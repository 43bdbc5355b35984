//! Runs the checks of a chapter against a program, and keeps what was found.

mod result;
mod work;

pub use result::{CheckResult, Grading, PartResult, Status};

use crate::check::Check;
use crate::checks;
use crate::hints::hints;
use crate::sandbox::Sandbox;
use std::sync::Arc;
use std::time::{Duration, Instant};
use work::{Board, End};

/// How long all checks of a chapter may take together. A program that replies to each question at the last moment could
/// keep the grader for hours.
const TOTAL: Duration = Duration::from_secs(300);
/// How often the run looks whether its time is over.
const LOOK: Duration = Duration::from_millis(50);

/// What is to be graded.
#[derive(Clone, Debug)]
pub struct Order {
    /// The chapter's number.
    pub chapter: u32,
    /// The numbers of the checks that are asked for; empty for all of the chapter.
    pub only: Vec<u32>,
    /// The program and its arguments. `{addr}` stands for the address, which is appended if it stands nowhere.
    pub command: Vec<String>,
    /// What all chance is drawn from.
    pub seed: u64,
    /// How many checks may run at the same time.
    pub jobs: usize,
}

/// What the checks have found.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// What kept the program from harming anybody: see [`Grading::isolation`].
    pub isolation: Vec<String>,
    /// The checks that were asked for, in their order.
    pub checks: Vec<CheckResult>,
    /// The grader's own failure, if it had one.
    pub fault: Option<String>,
}

/// Grades a program. `seen` is told each result as soon as it is known, in the order of the checks.
///
/// It never fails: the grader's own failure stands in the result.
pub fn grade(order: &Order, sandbox: &Sandbox, seen: &mut dyn FnMut(&CheckResult)) -> Judged {
    let all = checks::of(order.chapter).iter();
    let checks: Vec<&'static Check> =
        all.filter(|check| order.only.is_empty() || order.only.contains(&check.number)).collect();
    let mut judged = Judged { isolation: sandbox.isolation(), ..Judged::default() };
    let began = Instant::now();
    let board = Arc::new(Board::new(&checks, order.seed));
    for _ in 0..order.jobs.max(1) {
        // Threads of their own, for which nobody waits: a part whose time is over does not hold up the verdict.
        let (board, sandbox, command) = (board.clone(), sandbox.clone(), order.command.clone());
        let worker = move || board.work(&command, &sandbox);
        if let Err(error) = std::thread::Builder::new().name("check".into()).spawn(worker) {
            judged.fault = Some(format!("cannot start a thread: {error}"));
        }
    }
    for (place, check) in checks.iter().enumerate() {
        let ends = loop {
            if began.elapsed() > TOTAL || judged.fault.is_some() {
                board.stop();
                break board.ends_so_far(place);
            }
            if let Some(ends) = board.ends(place, LOOK) {
                break ends;
            }
        };
        let result = added_up(check, ends, &mut judged.fault);
        seen(&result);
        judged.checks.push(result);
    }
    judged
}

/// Adds the parts of a check up.
fn added_up(check: &Check, ends: Vec<(End, Duration)>, fault: &mut Option<String>) -> CheckResult {
    let took = ends.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let parts: Vec<PartResult> = check
        .parts
        .iter()
        .zip(ends)
        .map(|(part, (end, took))| {
            let mut skipped = None;
            let (status, failure) = match end {
                End::Passed => (Status::Passed, None),
                End::Failed(failure) => (Status::Failed, Some(*failure)),
                End::Skipped(why) => {
                    skipped = Some(why);
                    (Status::Skipped, None)
                }
                End::Blocked => (Status::Blocked, None),
                End::NotRun => (Status::NotRun, None),
                End::Fault(what) => {
                    fault.get_or_insert(format!("{}: {what}", check.id()));
                    (Status::NotRun, None)
                }
            };
            let (title, took_ms) = (part.title.to_owned(), millis(took));
            PartResult { title, points: part.points, status, took_ms, skipped, failure }
        })
        .collect();
    let kept = |part: &&PartResult| matches!(part.status, Status::Passed | Status::Skipped);
    let earned = parts.iter().filter(kept).map(|part| part.points).sum();
    let all = |wanted: Status| parts.iter().all(|part| part.status == wanted);
    let any = |wanted: Status| parts.iter().any(|part| part.status == wanted);
    let status = match () {
        () if all(Status::Skipped) => Status::Skipped,
        () if parts.iter().all(|part| kept(&part)) => Status::Passed,
        () if any(Status::Failed) && earned > 0 => Status::Partial,
        () if any(Status::Failed) => Status::Failed,
        () if any(Status::Blocked) => Status::Blocked,
        () => Status::NotRun,
    };
    let failure = parts.iter().find_map(|part| part.failure.as_ref());
    let hints = failure.map(|failure| hints(check.id(), failure)).unwrap_or_default();
    CheckResult {
        earned,
        status,
        took_ms: millis(took),
        parts,
        hints,
        ..CheckResult::not_run(check)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
