//! Runs the checks of a chapter against a program, and keeps what was found.

mod result;
mod work;

pub use result::{CheckResult, Grading, PartResult, Status};

use crate::check::Check;
use crate::checks;
use crate::failure::{Failure, Stop};
use crate::hints::hints;
use crate::sandbox::Sandbox;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use work::{Board, End};

/// How long all checks of a chapter may take together. A program that replies to each question at the last moment could
/// keep the grader for hours.
const TOTAL: Duration = Duration::from_secs(300);
/// How often the run looks whether it is to stop.
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
    /// Becomes true when the run is to end: what is not judged by then stays so.
    pub stop: Arc<AtomicBool>,
}

/// Grades a program. `seen` is told each result as soon as it is known, in the order of the checks.
///
/// It never fails: the grader's own failure stands in the result.
pub fn grade(order: &Order, sandbox: &Sandbox, seen: &mut dyn FnMut(&CheckResult)) -> Grading {
    let checks = chosen(order);
    let mut grading = Grading::begin(order, sandbox);
    let began = Instant::now();
    let board = Arc::new(Board::new(&checks, order.seed));
    for _ in 0..order.jobs.max(1) {
        // Threads of their own, for which nobody waits: an interrupted run does not wait for a silent program.
        let (board, sandbox, command) = (board.clone(), sandbox.clone(), order.command.clone());
        let spawned = std::thread::Builder::new().name("check".into()).spawn(move || board.work(&command, &sandbox));
        if let Err(error) = spawned {
            grading.fault = Some(format!("cannot start a thread: {error}"));
        }
    }
    for (place, check) in checks.iter().enumerate() {
        let ends = loop {
            let over = order.stop.load(Ordering::SeqCst) || began.elapsed() > TOTAL || grading.fault.is_some();
            if over {
                board.stop();
            }
            if let Some(ends) = board.ends(place, if over { Duration::ZERO } else { LOOK }) {
                break ends;
            }
            if over {
                break check.parts.iter().map(|_| (End::NotRun, Duration::ZERO)).collect();
            }
        };
        let result = judged(check, ends, &mut grading.fault);
        seen(&result);
        grading.checks.push(result);
    }
    grading.took_ms = millis(began.elapsed());
    grading
}

/// The result of grading a program that could not be built, or whose grading did not begin.
pub fn not_begun(order: &Order, isolation: Vec<String>) -> Grading {
    let mut grading = Grading { isolation, ..Grading::empty(order) };
    for check in chosen(order) {
        let ends = check.parts.iter().map(|_| (End::NotRun, Duration::ZERO)).collect();
        grading.checks.push(judged(check, ends, &mut None));
    }
    grading
}

/// The checks that are asked for, in their order.
fn chosen(order: &Order) -> Vec<&'static Check> {
    let all = checks::of(order.chapter).iter();
    all.filter(|check| order.only.is_empty() || order.only.contains(&check.number)).collect()
}

impl Grading {
    fn begin(order: &Order, sandbox: &Sandbox) -> Self {
        Self { isolation: sandbox.isolation(), ..Self::empty(order) }
    }

    fn empty(order: &Order) -> Self {
        let course = course::Course::read();
        let chapter = course.chapters.into_iter().find(|chapter| chapter.number == order.chapter);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let task = chapter.as_ref().and_then(|chapter| chapter.exercise.as_ref());
        Self {
            chapter: order.chapter,
            task: task.map(|exercise| exercise.task.clone()).unwrap_or_default(),
            folder: chapter.map(|chapter| chapter.folder).unwrap_or_default(),
            program: order.command.join(" "),
            seed: order.seed,
            isolation: Vec::new(),
            started: now.as_secs(),
            build_ms: 0,
            took_ms: 0,
            build_failure: None,
            fault: None,
            checks: Vec::new(),
        }
    }
}

/// Adds the parts of a check up.
fn judged(check: &Check, ends: Vec<(End, Duration)>, fault: &mut Option<String>) -> CheckResult {
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
    let hints = parts.iter().find_map(|part| part.failure.as_ref());
    let hints = hints.map(|failure| hints_for(check, failure)).unwrap_or_default();
    CheckResult {
        id: check.id().to_string(),
        name: check.name.to_owned(),
        title: check.title.to_owned(),
        points: check.points(),
        earned,
        status,
        took_ms: millis(took),
        parts,
        hints,
    }
}

fn hints_for(check: &Check, failure: &Failure) -> Vec<String> {
    hints(check.id(), failure)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What a part came to, from what its function said.
fn end_of(result: Result<(), Stop>) -> End {
    match result {
        Ok(()) => End::Passed,
        Err(Stop::Failure(failure)) => End::Failed(failure),
        Err(Stop::Skip(why)) => End::Skipped(why),
        Err(Stop::Fault(error)) => End::Fault(format!("{error:#}")),
    }
}
