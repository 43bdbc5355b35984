//! The files for machines.

use crate::{samples, support};
use grader::grading::Grading;
use grader::report::{Report, classroom, github, gradescope, json, junit};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

fn report(grading: &Grading) -> Report<'_> {
    Report { grading, program: &[] }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn json_is_the_result_and_what_follows_from_it() {
    let grading = support::mixed();
    let text = json::text(&report(&grading)).unwrap();
    let read: json::Result = serde_json::from_str(&text).unwrap();
    assert_eq!(read.grading, grading);
    assert_eq!((read.version, read.earned, read.points, read.exit_code), (1, 21, 100, 1));
    insta::assert_snapshot!(text);
}

#[test]
fn a_result_without_a_verdict_says_so_everywhere() {
    let grading = support::broken();
    let report = report(&grading);
    assert_eq!(parsed(&json::text(&report).unwrap())["exit_code"], 3);
    assert!(junit::text(&report).unwrap().contains("<error "));
    let gradescope = parsed(&gradescope::text(&report).unwrap());
    assert_eq!(gradescope["extra_data"]["exit_code"], 3);
    assert!(gradescope["output"].as_str().unwrap().starts_with("There is no verdict"));
    assert!(github::text(&report).contains("> **There is no verdict"));
    assert_eq!(classroom::runner(&report)["status"], "error");
}

#[test]
fn junit_is_xml() {
    let text = junit::text(&report(&support::mixed())).unwrap();
    insta::assert_snapshot!(text);
    for grading in [
        support::right(),
        support::mixed(),
        samples::hostile(),
        samples::unbuilt(),
        support::broken(),
    ] {
        assert_xml(&junit::text(&report(&grading)).unwrap());
    }
}

/// Lets a parser that nobody here wrote count the cases.
fn assert_xml(text: &str) {
    let code = "import sys, xml.etree.ElementTree as tree\n\
                root = tree.fromstring(sys.stdin.buffer.read())\n\
                print(len(root.findall('testsuite/testcase')), len(root.findall('testsuite')))";
    let python = Command::new("python3")
        .args(["-c", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        return eprint_skipped();
    };
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    let cases = text.matches("<testcase ").count();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{cases} 1"));
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn eprint_skipped() {
    eprintln!("skipped: no python3");
}

#[test]
fn gradescope_follows_its_specification() {
    let text = gradescope::text(&report(&support::mixed())).unwrap();
    let results = parsed(&text);
    assert_eq!(results["score"], 21);
    for test in results["tests"].as_array().unwrap() {
        assert!(["passed", "failed"].contains(&test["status"].as_str().unwrap()));
        assert!(test["score"].as_u64() <= test["max_score"].as_u64());
        assert_eq!(test["visibility"], "visible");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn github_shows_a_table_and_unfolds_failures() {
    insta::assert_snapshot!(github::text(&report(&support::mixed())));
}

#[test]
fn a_build_that_failed_is_no_fault() {
    let grading = samples::unbuilt();
    let report = report(&grading);
    insta::assert_snapshot!("junit_of_a_failed_build", junit::text(&report).unwrap());
    insta::assert_snapshot!("github_of_a_failed_build", github::text(&report));
    assert_eq!(classroom::runner(&report)["status"], "fail");
}

#[test]
fn classroom_gets_its_points() {
    let runner = classroom::runner(&report(&support::mixed()));
    assert_eq!((&runner["version"], &runner["status"]), (&1.into(), &"fail".into()));
    assert_eq!(runner["max_score"], 100);
    let scores =
        runner["tests"].as_array().unwrap().iter().map(|test| test["score"].as_u64().unwrap());
    assert_eq!(scores.sum::<u64>(), 21);
    let env = |name: &str| Some(format!("the {name}"));
    let result = classroom::classroom50(&report(&support::mixed()), &env).unwrap();
    assert_eq!(result["schema"], "classroom50/result/v1");
    assert_eq!(result["datetime"], "2026-11-21T03:00:00Z");
    assert_eq!((&result["score"], &result["max-score"]), (&21.into(), &100.into()));
    assert_eq!(result["submission"], "the SUBMISSION_TAG");
    assert_eq!(result["tests"][0]["test-name"], "ch3.1 says where it listens");
    assert_eq!(result["tests"][1]["passed"], false);
    let unknown = |name: &str| (name != "ASSIGNMENT").then(String::new);
    assert!(classroom::classroom50(&report(&support::mixed()), &unknown).is_none());
}
