//! Right programs earn 100 points, and skeletons none.

use crate::run::{grade_with, points, story};
use grader::failure::Symptom;
use grader::grading::Status;
use std::io::{self, Write};
use std::process::Command;

/// Seeds of the runs: what is cut where depends on them.
const SEEDS: [u64; 2] = [1, 91];

#[track_caller]
fn earns_all(chapter: u32, command: &[&str]) {
    for seed in SEEDS {
        let judged = grade_with(chapter, command, seed);
        assert_eq!(points(&judged), (100, 100), "{command:?}, seed {seed}\n{}", story(&judged));
    }
}

/// The reference of a chapter, or its skeleton.
fn built(chapter: u32, what: &str) -> String {
    let path = harness::build(&format!("ch{chapter}-exercise"), &format!("ch{chapter}-{what}"));
    path.into_os_string().into_string().expect("a path in UTF-8")
}

#[test]
fn the_references_earn_all() {
    for chapter in grader::checks::chapters() {
        earns_all(chapter, &[&built(chapter, "solution")]);
    }
}

#[test]
fn the_slow_server_of_chapter_7_earns_all_of_chapter_3_and_so_does_its_reference() {
    for example in ["slow_tally", "fast_tally"] {
        let path = harness::build_example("ch7-performance-tuning", example);
        earns_all(3, &[path.to_str().expect("a path in UTF-8")]);
    }
}

#[test]
fn a_client_that_asks_one_thing_after_the_other_earns_all() {
    earns_all(1, &[env!("CARGO_BIN_EXE_wrong-tally-client"), "--fault", "one-after-the-other"]);
}

#[test]
fn the_wrong_programs_without_their_fault_earn_all() {
    earns_all(1, &[env!("CARGO_BIN_EXE_wrong-tally-client")]);
    earns_all(2, &[env!("CARGO_BIN_EXE_wrong-tally-server")]);
    earns_all(3, &[env!("CARGO_BIN_EXE_wrong-tally-server")]);
}

/// Grades a script of `tests/right`, as one would type it.
#[track_caller]
fn python_earns_all(chapter: u32, script: &str, rest: &[&str]) {
    if !Command::new("python3")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        // Written past the capture of the test harness, so that a plain `cargo test` shows it.
        let _ = writeln!(io::stderr(), "skipped: {script}: no python3");
        return;
    }
    let script = format!("{}/tests/right/{script}", env!("CARGO_MANIFEST_DIR"));
    earns_all(chapter, &[&["python3", &script], rest].concat());
}

#[test]
fn a_plain_python_client_earns_all() {
    python_earns_all(1, "client.py", &[]);
}

#[test]
fn a_plain_python_server_with_threads_earns_all() {
    python_earns_all(2, "threaded.py", &[]);
    python_earns_all(3, "threaded.py", &["--addr", "{addr}"]);
}

#[test]
fn a_plain_python_server_with_coroutines_earns_all() {
    python_earns_all(2, "asyncio_server.py", &[]);
    python_earns_all(3, "asyncio_server.py", &["--addr={addr}"]);
}

#[test]
fn skeletons_earn_nothing_and_say_what_is_next() {
    for chapter in grader::checks::chapters() {
        let judged = grade_with(chapter, &[&built(chapter, "skeleton")], 1);
        assert_eq!(points(&judged), (0, 100), "ch{chapter}");
        let none = |status| matches!(status, Status::Failed | Status::Blocked);
        assert!(judged.checks.iter().all(|check| none(check.status)), "ch{chapter}");
        let first = judged.checks[0].failure().expect("the first check fails");
        assert_eq!(first.symptom, Symptom::NotWritten, "ch{chapter}: {first}");
        let said = first.program.concat();
        assert!(said.contains("not written yet: step 1"), "ch{chapter}: {said:?}");
    }
}
