//! `cargo grade ch3`.

use crate::bench::{Bench, says};
use crate::support;
use grader::grading::Status;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};

/// What is printed, without the line of the time that it took.
fn timeless(text: &str) -> String {
    let lines =
        text.lines().filter(|line| !line.contains("built in ") && !line.contains("checked in "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_person_sees_the_first_failure() {
    let bench = Bench::finds(support::mixed());
    let said = bench.run("ch3 --seed 91 --format json,junit,gradescope,github");
    assert_eq!((said.code, &*said.err), (1, ""));
    insta::assert_snapshot!(timeless(&said.out));
    assert_eq!(bench.json()["earned"], 21);
    assert_eq!(bench.json()["seed"], 91);
}

#[test]
fn a_full_pass_names_the_next_chapter_or_the_reference() {
    let bench = Bench::finds(support::right());
    let said = bench.run("ch3");
    assert_eq!(said.code, 0);
    assert!(
        said.out.ends_with("next compare with the reference: cargo grade solution ch3\n"),
        "{}",
        said.out
    );
    let said = bench.run("ch3.2");
    assert!(said.out.ends_with("next all of it: cargo grade ch3\n"), "{}", said.out);
    assert!(!said.out.contains("ch3.1"), "{}", said.out);
}

#[test]
fn the_order_is_what_was_asked_for() {
    let orders = Arc::new(Mutex::new(Vec::new()));
    let mut bench = Bench::finds(support::right());
    let (kept, grade) = (Arc::clone(&orders), says(support::right()));
    bench.grade = Arc::new(move |order, seen| {
        kept.lock().unwrap().push(order.clone());
        grade(order, seen)
    });
    bench.run("ch3.4 ch3.2 --seed 7 --jobs 2 -- python3 my.py");
    bench.run("ch3");
    let orders = orders.lock().unwrap();
    assert_eq!((&*orders[0].only, orders[0].seed, orders[0].jobs), (&[2, 4][..], 7, 2));
    assert_eq!(orders[0].command, ["python3", "my.py"]);
    assert!(orders[1].only.is_empty());
    assert_eq!(orders[1].command, ["/built", "--addr", "{addr}"]);
}

#[test]
fn while_it_runs_the_files_say_that_it_has_not_finished() {
    let mut bench = Bench::finds(support::right());
    let file = bench.root().join("target/grade/results/ch3.json");
    bench.grade = Arc::new(move |_, _| {
        let text = std::fs::read_to_string(&file)?;
        let json: serde_json::Value = serde_json::from_str(&text)?;
        assert_eq!(
            (&json["exit_code"], &json["earned"], &json["points"]),
            (&3.into(), &0.into(), &100.into())
        );
        assert!(json["fault"].as_str().unwrap().starts_with("not finished"));
        Ok(crate::bench::judged(support::right()))
    });
    let said = bench.run("ch3 --format json");
    assert_eq!((said.code, &bench.json()["earned"]), (0, &100.into()), "{}", said.out);
}

#[test]
fn an_interruption_keeps_what_was_seen_and_is_no_verdict() {
    let mut bench = Bench::finds(support::right());
    let (stop, (_open, never)) = (Arc::clone(&bench.stop), mpsc::channel::<()>());
    let never = Mutex::new(never);
    bench.grade = Arc::new(move |_, seen| {
        seen(&support::right().checks[0]);
        stop.store(true, Ordering::Relaxed);
        // A check that waits for somebody's program.
        let _ = never.lock().unwrap().recv();
        Ok(crate::bench::judged(support::right()))
    });
    let said = bench.run("ch3 --format json");
    assert_eq!(said.code, 3);
    assert!(
        said.out.contains("✓ ch3.1") && said.out.contains("interrupted before"),
        "{}",
        said.out
    );
    let json = bench.json();
    assert_eq!((&json["earned"], &json["exit_code"]), (&10.into(), &3.into()));
    assert_eq!(json["checks"][1]["status"], serde_json::to_value(Status::NotRun).unwrap());
    assert!(!bench.has(".grade/progress.json"));
}

#[test]
fn a_panic_and_an_error_of_the_grader_are_faults() {
    let mut bench = Bench::finds(support::right());
    bench.grade = Arc::new(|_, _| panic!("no such state"));
    let said = bench.run("ch3 --format json");
    assert_eq!(said.code, 3);
    assert!(said.out.contains("fault     the grader failed: no such state"), "{}", said.out);
    assert_eq!(bench.json()["fault"], "the grader failed: no such state");
    bench.grade = Arc::new(|_, _| anyhow::bail!("no sandbox here"));
    let said = bench.run("ch3");
    assert_eq!(said.code, 3);
    assert!(
        said.out.contains("not the program's fault:\n  fault     no sandbox here"),
        "{}",
        said.out
    );
    assert!(!bench.has(".grade/progress.json"));
}

#[test]
fn a_folder_that_cannot_be_written_is_no_verdict() {
    let bench = Bench::finds(support::right());
    bench.put("file", "");
    let said = bench.run("ch3 --format json --output chapters/ch3-threaded-server/exercise/file/x");
    assert_eq!((said.code, &*said.out), (3, ""));
    assert!(said.err.starts_with("error: cannot make the folder "), "{}", said.err);
}

#[test]
fn paths_are_those_of_the_folder_in_which_it_was_typed() {
    let bench = Bench::finds(support::right());
    for (folder, output, shown) in [
        ("", "", "target/grade/results"),
        ("chapters/ch3-threaded-server", "", "../../target/grade/results"),
        ("chapters/ch3-threaded-server", "--output out", "out"),
        ("chapters/ch3-threaded-server", "--output ../x", "../x"),
    ] {
        let said = bench.run_in(folder, &format!("ch3 --format json {output}"));
        assert!(said.out.contains(&format!("written to {shown}: ch3.json\n")), "{}", said.out);
    }
}
