//! Runs the checks of a chapter against a program, and keeps what was found.

mod result;

pub use result::{CheckResult, Grading, PartResult, Status};

use crate::sandbox::Sandbox;

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

/// Grades a program. `seen` is told each result as soon as it is known, in the order of the checks.
///
/// It never fails: the grader's own failure stands in the result.
pub fn grade(order: &Order, sandbox: &Sandbox, seen: &mut dyn FnMut(&CheckResult)) -> Grading {
    let _ = (order, sandbox, seen);
    Grading {
        chapter: order.chapter,
        folder: String::new(),
        task: String::new(),
        program: order.command.join(" "),
        seed: order.seed,
        isolation: Vec::new(),
        started: 0,
        build_ms: 0,
        took_ms: 0,
        build_failure: None,
        fault: None,
        checks: Vec::new(),
    }
}
