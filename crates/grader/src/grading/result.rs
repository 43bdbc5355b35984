//! What a grading found: plain data, from which every report is made.

use crate::check::{Check, Part};
use crate::failure::Failure;
use serde::{Deserialize, Serialize};

/// The result of grading one program in one chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// The chapter's number.
    pub chapter: u32,
    /// The chapter's folder, such as `ch3-threaded-server`.
    pub folder: String,
    /// The exercise's task in one line.
    pub task: String,
    /// The command line that was graded, as one would type it.
    pub program: String,
    /// The seed of this run: the same seed gives the same conversations.
    pub seed: u64,
    /// What kept the program from harming anybody, a line for each means, and what could not be had.
    pub isolation: Vec<String>,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long the program took to build, in milliseconds; 0 if nothing was built.
    pub build_ms: u64,
    /// How long the checks took, in milliseconds.
    pub took_ms: u64,
    /// Why nothing could be judged, if the program could not be built: the compiler's words.
    pub build_failure: Option<String>,
    /// The grader's own failure, if it had one. Then nothing here is the student's fault.
    pub fault: Option<String>,
    /// The checks in their order: all of the chapter, or those that were asked for.
    pub checks: Vec<CheckResult>,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Such as `ch3.4`.
    pub id: String,
    /// One stable word.
    pub name: String,
    /// What the program must do, in one line.
    pub title: String,
    /// What it is worth.
    pub points: u32,
    /// What was earned of it.
    pub earned: u32,
    /// How it ended.
    pub status: Status,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Its parts, each with its own end.
    pub parts: Vec<PartResult>,
    /// What to try, the gentlest hint first. Empty if it was passed.
    pub hints: Vec<String>,
}

/// The result of one part of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartResult {
    /// What it looks at.
    pub title: String,
    /// What it is worth.
    pub points: u32,
    /// How it ended.
    pub status: Status,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Why it could not be judged here, if that is so.
    pub skipped: Option<String>,
    /// Why it was not passed.
    pub failure: Option<Failure>,
}

/// How a check, or a part of one, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All of it is right.
    Passed,
    /// Some parts are right (of checks only).
    Partial,
    /// It is wrong.
    Failed,
    /// It was not run: another check comes first.
    Blocked,
    /// It was not run: the time was over, the build failed, the run was interrupted, or the grader failed.
    NotRun,
    /// It cannot be judged on this machine, and so nothing is taken off: no IPv6, no `/proc`.
    Skipped,
}

impl Grading {
    /// The points that were earned.
    pub fn earned(&self) -> u32 {
        self.checks.iter().map(|check| check.earned).sum()
    }

    /// The points that could be earned: 100 if all checks of the chapter were run.
    pub fn points(&self) -> u32 {
        self.checks.iter().map(|check| check.points).sum()
    }

    /// Whether every check that was run is passed, and nothing went wrong besides.
    pub fn passed(&self) -> bool {
        self.fault.is_none()
            && self.build_failure.is_none()
            && self
                .checks
                .iter()
                .all(|check| matches!(check.status, Status::Passed | Status::Skipped))
    }

    /// The first check that is not passed: the next step.
    pub fn next(&self) -> Option<&CheckResult> {
        let open = |check: &&CheckResult| !matches!(check.status, Status::Passed | Status::Skipped);
        self.checks.iter().find(open)
    }

    /// The exit code of the program: 0 all passed, 1 some failed, 3 the grader's own failure (2 is a usage error).
    pub fn exit_code(&self) -> u8 {
        match (self.fault.is_some(), self.passed()) {
            (true, _) => 3,
            (false, true) => 0,
            (false, false) => 1,
        }
    }
}

impl CheckResult {
    /// As long as nothing is known.
    pub fn not_run(check: &Check) -> Self {
        let part = |part: &Part| PartResult {
            title: part.title.to_owned(),
            points: part.points,
            status: Status::NotRun,
            took_ms: 0,
            skipped: None,
            failure: None,
        };
        Self {
            id: check.id().to_string(),
            name: check.name.to_owned(),
            title: check.title.to_owned(),
            points: check.points(),
            earned: 0,
            status: Status::NotRun,
            took_ms: 0,
            parts: check.parts.iter().map(part).collect(),
            hints: Vec::new(),
        }
    }

    /// The failure to show first.
    pub fn failure(&self) -> Option<&Failure> {
        self.parts.iter().find_map(|part| part.failure.as_ref())
    }
}
