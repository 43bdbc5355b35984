//! Shows a result to people and to machines.
//!
//! * [`person`] is what a person sees, line by line; [`failure`] is the story of one failed check, for everybody.
//! * [`json`], [`junit`], [`gradescope`], [`github`] and [`classroom`] are what machines read, and [`files`] writes it:
//!   once before anything runs, and once at the end, so that there is always a file that tells the truth.
//! * [`escape`] makes harmless what a program wrote, and [`paint`] knows colours and widths.

pub mod classroom;
pub mod escape;
pub mod failure;
pub mod files;
pub mod github;
pub mod gradescope;
pub mod json;
pub mod junit;
pub mod paint;
pub mod person;

use crate::grading::{CheckResult, Grading, Status};

/// A grading, and how it was asked for: all that a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What was found.
    pub grading: &'a Grading,
    /// The program that was named after `--`; empty if it was the exercise of the chapter.
    pub program: &'a [String],
}

impl Report<'_> {
    /// The command that holds exactly the same conversation with this check again.
    pub fn replay(&self, check: &CheckResult) -> String {
        format!("cargo grade {} --seed {}{}", check.id, self.grading.seed, self.tail())
    }

    /// What a command for the same program ends with.
    pub fn tail(&self) -> String {
        if self.program.is_empty() {
            return String::new();
        }
        let words: Vec<_> = self.program.iter().map(|word| escape::word(word)).collect();
        escape::line(&format!(" -- {}", words.join(" ")))
    }
}

/// Whether a check was run and is wrong, in whole or in part.
pub fn is_failed(check: &CheckResult) -> bool {
    matches!(check.status, Status::Failed | Status::Partial)
}

/// The first check that was run and is wrong: the one to look at. A check that it blocks comes later.
pub fn first_failed(grading: &Grading) -> Option<&CheckResult> {
    grading.checks.iter().find(|check| is_failed(check))
}

/// Why a check was not run, or not judged, in a few words; `None` if it was.
pub fn why_not(grading: &Grading, check: &CheckResult) -> Option<String> {
    match check.status {
        Status::Blocked => Some("not run: a check before it must pass first".into()),
        Status::Skipped => Some("cannot be judged on this machine: nothing is taken off".into()),
        Status::NotRun if grading.build_failure.is_some() => {
            Some("not run: the program was not built".into())
        }
        Status::NotRun if grading.fault.is_some() => {
            Some("not run: the grading did not finish".into())
        }
        Status::NotRun => Some("not run: the time was over".into()),
        Status::Passed | Status::Partial | Status::Failed => None,
    }
}

/// A moment as machines write it: `2026-11-21T03:14:36Z`.
fn moment(seconds: u64) -> chrono::DateTime<chrono::FixedOffset> {
    let seconds = i64::try_from(seconds).unwrap_or(0);
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().fixed_offset()
}
