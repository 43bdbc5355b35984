//! What takes results from a workflow of GitHub and keeps the points.
//!
//! * `ch3.classroom.json` is what the runners of GitHub Classroom's autograding give to
//!   `classroom-resources/autograding-grading-reporter`: a step hands it over, in base64, as its output `result`.
//!   GitHub has closed Classroom, and the reporter still works: it sums up the points in annotations of the run.
//!   For a step with `id: ch3` it wants `CH3_RESULTS: ${{ steps.ch3.outputs.result }}` and `runners: ch3`. The step needs
//!   `continue-on-error: true`, because the grader's exit code tells about the program.
//! * `result.json` is what Classroom 50, which took Classroom's place, takes from any autograder
//!   (`classroom50/result/v1`). Its runner says in the environment whose work this is, and looks for the file in the
//!   folder in which it has started us: `--output .` there. Of its optional fields none is written.

use super::failure::plain_story;
use super::{Report, escape, is_failed, moment, why_not};
use crate::grading::{CheckResult, Status};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

/// What Classroom 50 sets: whose work this is, and where it stands.
const IDENTITY: [(&str, &str); 6] = [
    ("classroom", "CLASSROOM"),
    ("assignment", "ASSIGNMENT"),
    ("submission", "SUBMISSION_TAG"),
    ("commit", "COMMIT_URL"),
    ("release", "RELEASE_URL"),
    ("review", "REVIEW_URL"),
];

/// The result of a runner of GitHub Classroom's autograding.
pub fn runner(report: &Report<'_>) -> Value {
    let grading = report.grading;
    let status = match grading.exit_code() {
        0 => "pass",
        1 => "fail",
        _ => "error",
    };
    let tests: Vec<_> = grading.checks.iter().map(|check| {
        let message = if is_failed(check) {
            Some(plain_story(report, check).join("\n"))
        } else {
            why_not(grading, check)
        };
        json!({
            "name": escape::line(&format!("{} {}", check.id, check.title)),
            "status": if is_right(check) { "pass" } else if grading.fault.is_some() { "error" } else { "fail" },
            "message": message,
            "test_code": report.replay(check),
            "filename": "",
            "line_no": 0,
            "duration": check.took_ms,
            "score": check.earned,
        })
    }).collect();
    json!({ "version": 1, "status": status, "max_score": grading.points(), "tests": tests })
}

/// The result as Classroom 50 takes it; `None` where its runner has not said whose work this is.
pub fn classroom50(report: &Report<'_>, env: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    let grading = report.grading;
    let mut result = Map::new();
    result.insert("schema".into(), "classroom50/result/v1".into());
    for (field, name) in IDENTITY {
        let value = env(name).filter(|value| !value.is_empty());
        // The whole difference, or at least the commit.
        let value = if field == "review" { value.or_else(|| env("COMMIT_URL")) } else { value };
        result.insert(field.into(), value?.into());
    }
    let moment = moment(grading.started).to_rfc3339_opts(SecondsFormat::Secs, true);
    result.insert("datetime".into(), moment.into());
    result.insert("score".into(), grading.earned().into());
    result.insert("max-score".into(), grading.points().into());
    let test = |check: &CheckResult| {
        json!({
            "test-name": escape::line(&format!("{} {}", check.id, check.title)),
            "passed": is_right(check),
            "score": check.earned,
            "max-score": check.points,
        })
    };
    result.insert("tests".into(), grading.checks.iter().map(test).collect::<Vec<_>>().into());
    Some(result.into())
}

/// RFC 4648, section 4.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn is_right(check: &CheckResult) -> bool {
    matches!(check.status, Status::Passed | Status::Skipped)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, encoded) in cases {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
