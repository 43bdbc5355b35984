//! `--hint`: one more each time.

use crate::bench::{Bench, says};
use crate::support;
use grader::failure::Symptom;
use grader::grading::Status;

fn hints(out: &str) -> usize {
    out.lines().filter(|line| line.starts_with("  hint ") && !line.contains("cargo grade")).count()
}

#[test]
fn each_time_there_is_one_more_until_the_check_passes() {
    let mut bench = Bench::finds(support::mixed());
    assert!(bench.run("ch3").out.contains("there are 2 hints: cargo grade ch3.2 --hint"));
    assert_eq!(hints(&bench.run("ch3 --hint").out), 1);
    assert!(bench.run("ch3.2").out.contains("hint      1 hint more: cargo grade ch3.2 --hint"));
    assert_eq!(hints(&bench.run("ch3.2 --hint").out), 2);
    let said = bench.run("ch3 --hint");
    assert_eq!(hints(&said.out), 2);
    assert!(said.out.contains("that was the last one"), "{}", said.out);
    bench.grade = says(support::right());
    assert_eq!(hints(&bench.run("ch3 --hint").out), 0);
    bench.grade = says(support::mixed());
    assert!(bench.run("ch3").out.contains("there are 2 hints"));
}

#[test]
fn another_failure_has_other_hints() {
    let mut bench = Bench::finds(support::mixed());
    bench.run("ch3 --hint");
    let mut other = support::mixed();
    other.checks[1].parts[1].failure.as_mut().unwrap().symptom = Symptom::Silent;
    bench.grade = says(other);
    assert!(bench.run("ch3").out.contains("there are 2 hints"));
}

#[test]
fn the_first_check_that_is_wrong_gets_the_hint() {
    let mut grading = support::mixed();
    grading.checks[1].status = Status::Passed;
    let bench = Bench::finds(grading);
    let said = bench.run("ch3 --hint");
    assert!(
        said.out.contains("hint 1    Who accepts while the first client is served?"),
        "{}",
        said.out
    );
    assert!(said.out.contains("that was the last one"), "{}", said.out);
}
