//! `results.json`, as the autograder specification of Gradescope has it.
//!
//! In a container of Gradescope, `run_autograder` is `cargo grade ch3 --format gradescope --output /autograder/results`.
//! The file has a score of its own, its tests have theirs, and everything is visible to the student. The grader's own
//! failure is a score of 0 that says so, with an `exit_code` of 3 in `extra_data`.

use super::failure::plain_story;
use super::{Report, escape, is_failed, why_not};
use crate::grading::{CheckResult, Status};
use serde_json::{Value, json};

/// The text of the file.
pub fn text(report: &Report<'_>) -> anyhow::Result<String> {
    let grading = report.grading;
    let results = json!({
        "score": grading.earned(),
        "execution_time": seconds(grading.build_ms + grading.took_ms),
        "output": output(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        // What the grader prints stands in `output` already, and what a program prints is no result.
        "stdout_visibility": "hidden",
        "extra_data": {
            "chapter": grading.chapter,
            "seed": grading.seed,
            "exit_code": grading.exit_code(),
        },
        "tests": grading.checks.iter().map(|check| test(report, check)).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&results)? + "\n")
}

fn test(report: &Report<'_>, check: &CheckResult) -> Value {
    let output = if is_failed(check) {
        plain_story(report, check).join("\n")
    } else {
        why_not(report.grading, check).unwrap_or_default()
    };
    let is_right = matches!(check.status, Status::Passed | Status::Skipped);
    json!({
        "name": escape::line(&check.title),
        "number": check.id.trim_start_matches("ch"),
        "score": check.earned,
        "max_score": check.points,
        "status": if is_right { "passed" } else { "failed" },
        "output": output,
        "visibility": "visible",
        "execution_time": seconds(check.took_ms),
    })
}

/// What stands above the tests.
fn output(report: &Report<'_>) -> String {
    let grading = report.grading;
    let mut lines = Vec::new();
    if let Some(fault) = &grading.fault {
        lines.push("There is no verdict, and that is not the program's fault:".to_owned());
        lines.push(escape::line(fault));
        lines.push("Submit again, or show this to whoever set the exercise.".to_owned());
    }
    if let Some(words) = &grading.build_failure {
        lines.push("The program was not built, so nothing could be judged:".to_owned());
        lines.extend(escape::block(words));
    }
    lines.push(format!(
        "{} of {} points (seed {})",
        grading.earned(),
        grading.points(),
        grading.seed
    ));
    lines.join("\n")
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
