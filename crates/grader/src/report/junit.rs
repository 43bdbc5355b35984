//! `ch3.junit.xml`, which most CI systems show: a suite for the chapter, a test case for each check.

use super::failure::plain_story;
use super::{Report, escape, moment, why_not};
use crate::grading::{CheckResult, Status};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The text of the file.
pub fn text(report: &Report<'_>) -> anyhow::Result<String> {
    let grading = report.grading;
    let chapter = format!("ch{}", grading.chapter);
    let took = Duration::from_millis(grading.took_ms);
    let mut suite = TestSuite::new(&chapter);
    suite.set_time(took).set_timestamp(moment(grading.started));
    suite.add_property(("points", &*grading.points().to_string()));
    suite.add_property(("earned", &*grading.earned().to_string()));
    suite.add_property(("seed", &*grading.seed.to_string()));
    suite.add_property(("program", &*escape::line(&grading.program)));
    for check in &grading.checks {
        suite.add_test_case(case(report, check, &chapter));
    }
    if let Some(words) = &grading.build_failure {
        let text = escape::block(words).join("\n");
        suite.add_test_case(broken(
            "build",
            &chapter,
            NonSuccessKind::Failure,
            "the program was not built",
            &text,
        ));
    }
    if let Some(fault) = &grading.fault {
        let fault = escape::line(fault);
        suite.add_test_case(broken("grader", &chapter, NonSuccessKind::Error, &fault, &fault));
    }
    let mut junit = Junit::new("cargo grade");
    junit.set_time(took).set_timestamp(moment(grading.started)).add_test_suite(suite);
    Ok(junit.to_string()?)
}

fn case(report: &Report<'_>, check: &CheckResult, chapter: &str) -> TestCase {
    let status = match check.status {
        Status::Passed => TestCaseStatus::success(),
        Status::Partial | Status::Failed => failed(report, check),
        Status::Blocked | Status::NotRun | Status::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why_not(report.grading, check).unwrap_or_default());
            status
        }
    };
    let mut case = TestCase::new(escape::line(&format!("{} {}", check.id, check.title)), status);
    case.set_classname(chapter).set_time(Duration::from_millis(check.took_ms));
    case.add_property(("points", &*check.points.to_string()));
    case.add_property(("earned", &*check.earned.to_string()));
    case
}

fn failed(report: &Report<'_>, check: &CheckResult) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    if let Some(failure) = check.failure() {
        status.set_message(escape::line(&failure.to_string())).set_type(failure.symptom.name());
    }
    status.set_description(plain_story(report, check).join("\n"));
    status
}

/// A test case for what is no check: the build, and the grader itself.
fn broken(name: &str, chapter: &str, kind: NonSuccessKind, message: &str, text: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_type(name).set_description(text);
    let mut case = TestCase::new(name, status);
    case.set_classname(chapter);
    case
}
