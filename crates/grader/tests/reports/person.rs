//! The terminal.

use crate::{samples, support};
use grader::grading::Grading;
use grader::report::paint::{MOST_WIDTH, Paint};
use grader::report::person::{self, Hints};
use grader::report::{Report, escape, first_failed};
use std::path::PathBuf;

/// Everything that is printed for a grading.
fn screen(grading: &Grading, program: &[String], hints: Hints, all: bool, colours: bool) -> String {
    let paint = Paint::new(colours);
    let report = Report { grading, program };
    let failed = first_failed(grading).map(|check| check.id.clone());
    let mut checks = support::checks(3).iter();
    let read = checks.find(|check| Some(check.id().to_string()) == failed).map(|check| check.read);
    let mut lines = person::heading(grading, paint);
    if grading.build_failure.is_none() {
        lines.push(String::new());
        lines.extend(grading.checks.iter().map(|check| person::line(check, paint)));
    }
    lines.extend(person::details(&report, read.unwrap_or_default(), hints, all, paint));
    let written = [PathBuf::from("target/grade/results/ch3.json")];
    lines.extend(person::summary(&report, &written, "ch3.2  takes a line for a command", paint));
    lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn plain(grading: &Grading) -> String {
    screen(grading, &[], Hints::default(), false, false)
}

#[test]
fn one_of_everything() {
    insta::assert_snapshot!(plain(&support::mixed()));
}

#[test]
fn one_of_everything_in_colour() {
    let coloured = screen(&support::mixed(), &[], Hints::default(), false, true);
    assert_eq!(escape::without_colours(&coloured), plain(&support::mixed()));
    insta::assert_snapshot!(coloured.replace('\x1b', "␛"));
}

#[test]
fn every_failure_with_hints_and_a_program_of_ones_own() {
    let program = ["python3", "my server.py", "--addr", "{addr}"].map(String::from);
    let hints = Hints { known: 2, show: true };
    insta::assert_snapshot!(screen(&support::mixed(), &program, hints, true, false));
}

#[test]
fn hints_say_how_many_there_are() {
    let line = |known, show| {
        let text = screen(&support::mixed(), &[], Hints { known, show }, false, false);
        text.lines()
            .filter(|line| line.contains("hint"))
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(line(0, false), ["hint      there are 2 hints: cargo grade ch3.2 --hint"]);
    assert_eq!(line(1, false), ["hint      1 hint more: cargo grade ch3.2 --hint"]);
    assert_eq!(line(2, false), ["hint      you have seen 2 hints: cargo grade ch3.2 --hint"]);
    assert_eq!(
        line(1, true),
        [
            "hint 1    A read may bring several commands. What remains after the first line",
            "1 hint more: cargo grade ch3.2 --hint",
        ]
    );
}

#[test]
fn all_passed() {
    insta::assert_snapshot!(plain(&support::right()));
}

#[test]
fn a_build_that_failed() {
    insta::assert_snapshot!(plain(&samples::unbuilt()));
}

#[test]
fn a_fault_of_the_grader() {
    let text = plain(&support::broken());
    let summary = text.split("There is no verdict").nth(1).expect("it says that there is none");
    insta::assert_snapshot!(summary);
}

#[test]
fn no_line_is_too_wide() {
    for grading in [
        support::right(),
        support::mixed(),
        samples::hostile(),
        samples::unbuilt(),
        support::broken(),
    ] {
        for line in plain(&grading).lines() {
            assert!(line.chars().count() <= MOST_WIDTH, "{line}");
        }
    }
}
