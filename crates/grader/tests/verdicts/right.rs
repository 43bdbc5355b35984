//! Right programs earn 100 points, and skeletons none.

use crate::run::{grade_with, points, story};
use grader::failure::Symptom;
use grader::grading::Status;
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
fn a_client_that_asks_one_thing_after_the_other_earns_all() {
    earns_all(1, &[env!("CARGO_BIN_EXE_wrong-tally-client"), "--fault", "one-after-the-other"]);
}

#[test]
fn the_wrong_programs_without_their_fault_earn_all() {
    earns_all(1, &[env!("CARGO_BIN_EXE_wrong-tally-client")]);
    earns_all(2, &[env!("CARGO_BIN_EXE_wrong-tally-server")]);
    earns_all(3, &[env!("CARGO_BIN_EXE_wrong-tally-server")]);
}

#[test]
fn plain_python_programs_earn_all() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        let mut stderr = std::io::stderr();
        let _ = std::io::Write::write_all(&mut stderr, b"skipped: right programs in Python: no python3\n");
        return;
    }
    let script = |name: &str| format!("{}/tests/right/{name}", env!("CARGO_MANIFEST_DIR"));
    earns_all(1, &["python3", &script("client.py")]);
    for server in ["threaded.py", "asyncio_server.py"] {
        earns_all(2, &["python3", &script(server)]);
        earns_all(3, &["python3", &script(server), "--addr", "{addr}"]);
    }
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
