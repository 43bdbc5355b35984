//! `ch3.json`: the result itself.

use super::{Report, escape};
use crate::grading::Grading;
use serde::{Deserialize, Serialize};

/// The form of the file. It grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// The result, and what is computed from it, so that no reader has to know the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Result {
    /// The form of this file.
    pub version: u32,
    /// The points that were earned.
    pub earned: u32,
    /// The points that could be earned.
    pub points: u32,
    /// What the grader exits with: 0 all passed, 1 some failed, 3 there is no verdict.
    pub exit_code: u8,
    /// What was found.
    #[serde(flatten)]
    pub grading: Grading,
}

/// The text of the file.
pub fn text(report: &Report<'_>) -> anyhow::Result<String> {
    let grading = tame(report.grading.clone());
    let result = Result {
        version: VERSION,
        earned: grading.earned(),
        points: grading.points(),
        exit_code: grading.exit_code(),
        grading,
    };
    Ok(serde_json::to_string_pretty(&result)? + "\n")
}

/// The result with all that a program wrote as it may be shown anywhere, and within bounds. A file's name, too, may have
/// an escape in it.
fn tame(mut grading: Grading) -> Grading {
    grading.program = escape::line(&grading.program);
    grading.fault = grading.fault.map(|fault| escape::line(&fault));
    let parts = grading.checks.iter_mut().flat_map(|check| &mut check.parts);
    for failure in parts.filter_map(|part| part.failure.as_mut()) {
        failure.expected = escape::line(&failure.expected);
        failure.got = escape::line(&failure.got);
        failure.transcript = escape::lines(&failure.transcript);
        failure.program = escape::lines(&failure.program);
    }
    grading.build_failure = grading.build_failure.map(|words| escape::block(&words).join("\n"));
    grading
}
