//! Checks and results, made by hand.

use grader::check::{Check, Part};
use grader::failure::{Failure, Stop, Symptom};
use grader::grading::{CheckResult, Grading, Status};
use grader::lab::Lab;

fn never(_: &mut Lab) -> Result<(), Stop> {
    Err(anyhow::anyhow!("no test runs this").into())
}

const fn part(points: u32, title: &'static str) -> Part {
    Part { points, title, run: never }
}

/// A chapter of six checks.
static CHECKS: [Check; 6] = [
    Check {
        chapter: 3,
        number: 1,
        name: "ready",
        title: "says where it listens",
        about: "The first line on stdout is `listening on HOST:PORT`, flushed.",
        read: &[],
        needs: &[],
        parts: &[part(10, "the ready line")],
    },
    Check {
        chapter: 3,
        number: 2,
        name: "framing",
        title: "takes a line for a command, however it arrives",
        about: "TCP carries bytes, not lines.",
        read: &[],
        needs: &[1],
        parts: &[part(10, "pieces"), part(10, "several at once")],
    },
    Check {
        chapter: 3,
        number: 3,
        name: "together",
        title: "serves a second client while the first one is silent",
        about: "Two clients are open at the same time. The first one says nothing, and the second one must get its reply.\n\n\
                The subtle thing: a server that reads until the first client has gone\nlooks right as long as there is one.\n\n    \
                add a 1   →   a 1\n",
        read: &["chapters/ch3-threaded-server/README.md, Who waits?", "man 7 socket"],
        needs: &[1, 2],
        parts: &[part(15, "two clients"), part(5, "a crowd of fifty")],
    },
    Check {
        chapter: 3,
        number: 4,
        name: "workers",
        title: "has at most --workers threads",
        about: "A limit.",
        read: &[],
        needs: &[3],
        parts: &[part(20, "threads")],
    },
    Check {
        chapter: 3,
        number: 5,
        name: "ipv6",
        title: "listens on [::1] too",
        about: "An address.",
        read: &[],
        needs: &[1],
        parts: &[part(1, "IPv6")],
    },
    Check {
        chapter: 3,
        number: 6,
        name: "stop",
        title: "stops on SIGTERM within five seconds",
        about: "A clean stop.",
        read: &[],
        needs: &[1],
        parts: &[part(29, "stop")],
    },
];

/// The checks of chapter 3; no other chapter has any.
pub(crate) fn checks(chapter: u32) -> &'static [Check] {
    if chapter == 3 { &CHECKS } else { &[] }
}

/// What a check comes to when all of its parts end like this.
fn result(check: &Check, status: Status) -> CheckResult {
    let mut result = CheckResult::not_run(check);
    result.earned =
        if matches!(status, Status::Passed | Status::Skipped) { result.points } else { 0 };
    result.status = status;
    result.took_ms = 120;
    for part in &mut result.parts {
        part.status = status;
    }
    result
}

fn grading(checks: Vec<CheckResult>) -> Grading {
    Grading {
        chapter: 3,
        folder: "ch3-threaded-server".into(),
        task: "the server, with a thread for each client".into(),
        program: "cargo run --package ch3-exercise".into(),
        seed: 91,
        isolation: vec![
            "limits: 60 s of CPU time, 512 MiB of memory".into(),
            "landlock: writes only into its own folder".into(),
            "landlock: listens only where it was told to".into(),
            "no bubblewrap: bwrap is not installed".into(),
        ],
        started: 1_795_230_000,
        build_ms: 840,
        took_ms: 3_200,
        build_failure: None,
        fault: None,
        checks,
    }
}

/// All is right.
pub(crate) fn right() -> Grading {
    grading(CHECKS.iter().map(|check| result(check, Status::Passed)).collect())
}

/// One of everything: passed, partly right, wrong, blocked, not judged, not run.
pub(crate) fn mixed() -> Grading {
    let mut all = right();
    let each = [
        Status::Passed,
        Status::Partial,
        Status::Failed,
        Status::Blocked,
        Status::Skipped,
        Status::NotRun,
    ];
    for (i, status) in each.into_iter().enumerate() {
        all.checks[i] = result(&CHECKS[i], status);
    }
    let framing = &mut all.checks[1];
    framing.earned = 10;
    framing.parts[0].status = Status::Passed;
    framing.parts[1].status = Status::Failed;
    framing.parts[1].failure = Some(lost());
    framing.hints = vec![
        "A read may bring several commands. What remains after the first line ending?".into(),
        "Keep what is left over in a buffer, and look for the next line in it before you read again.".into(),
    ];
    let together = &mut all.checks[2];
    for part in &mut together.parts {
        part.failure = Some(Failure::new(
            Symptom::OneAtATime,
            "`b 1` for the second client, within 5 s",
            "nothing, until the first client had gone",
        ));
    }
    together.hints = vec!["Who accepts while the first client is served?".into()];
    all
}

fn lost() -> Failure {
    let transcript = [
        "0.000 s  client  connects",
        r"0.001 s  client  add apples 3\nadd pears 4\n",
        r"0.003 s  server  apples 3\n",
        "                 ^ expected `pears 4` after it",
        "5.003 s  client  gives up",
    ];
    let mut failure = Failure::new(
        Symptom::LostCommand,
        r"two replies, `apples 3\n` and `pears 4\n`, to two commands that were sent as one piece of 28 bytes",
        r"one reply, `apples 3\n`, and then nothing for 5 s",
    )
    .with(transcript.map(String::from).to_vec());
    failure.program =
        vec!["it is still running".into(), "stderr ends with: thread 'main' says hello".into()];
    failure
}

/// The grader fails in the middle.
pub(crate) fn broken() -> Grading {
    let mut all = mixed();
    all.fault = Some("no free port: 127.0.0.1 has none left".into());
    all
}
