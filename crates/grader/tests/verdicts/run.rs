//! Grades a program as `cargo grade` does, in this process.

use grader::failure::Failure;
use grader::grading::{CheckResult, Judged, Order, Status, grade};
use grader::sandbox::Sandbox;
use std::sync::LazyLock;

static SANDBOX: LazyLock<Sandbox> =
    LazyLock::new(|| Sandbox::with_executable(env!("CARGO_BIN_EXE_grader")).expect("a sandbox"));

/// Grades all of a chapter, with a seed of its own.
pub(crate) fn grade_with(chapter: u32, command: &[&str], seed: u64) -> Judged {
    let command = command.iter().map(|&word| word.to_owned()).collect();
    let order = Order { chapter, only: Vec::new(), command, seed, jobs: 3 };
    let judged = grade(&order, &SANDBOX, &mut |_| {});
    assert_eq!(judged.fault, None, "the grader failed, not the program");
    judged
}

/// The checks that were run and are wrong.
pub(crate) fn failed(judged: &Judged) -> Vec<&CheckResult> {
    let wrong = |check: &&CheckResult| matches!(check.status, Status::Failed | Status::Partial);
    judged.checks.iter().filter(wrong).collect()
}

/// What was earned, of what.
pub(crate) fn points(judged: &Judged) -> (u32, u32) {
    let sum = |points: fn(&CheckResult) -> u32| judged.checks.iter().map(points).sum();
    (sum(|check| check.earned), sum(|check| check.points))
}

/// What went wrong, for whoever has to find out why a test failed.
pub(crate) fn story(judged: &Judged) -> String {
    let mut text = String::new();
    for check in failed(judged) {
        for part in &check.parts {
            let Some(failure) = &part.failure else { continue };
            text += &format!("{} {}: {}\n", check.id, part.title, line(failure));
            for line in failure.transcript.iter().chain(&failure.program) {
                text += &format!("    {line}\n");
            }
        }
    }
    text
}

/// A failure in one line.
pub(crate) fn line(failure: &Failure) -> String {
    format!("[{}] {failure}", failure.symptom.name())
}
