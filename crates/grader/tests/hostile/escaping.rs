//! Programs that would outlive their grading, and graders that are ended before it is over.

use crate::bench::{BOUND, Bench, Way, has_python};
use crate::graded::Files;
use harness::holds_within;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use std::process::Child;
use std::thread;
use std::time::Instant;

/// It serves as it should, and still nobody can stop it: what was started has ended before.
#[test]
fn a_daemon_cannot_be_stopped() {
    let bench = Bench::new(Way::Best);
    let script = format!(
        "import runpy\ndel sys.argv[1]\ndaemon()\nrunpy.run_path('{RIGHT}', run_name='__main__')\n"
    );
    let Some(program) = bench.server(&script) else { return };
    let graded = bench.grade("ch3.9", &program);
    graded.expect_nothing("leaves a daemon that serves", "left-behind", &[]);
}

/// A right one.
const RIGHT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/right/threaded.py");

/// Has children of another session, and all of them ignore what they can.
const STUBBORN: &str = "trap '' TERM HUP INT PIPE; (setsid sh -c 'while :; do sleep 0.1; done' \"$1\" &); \
                        while :; do sleep 0.1; done";

/// Starts a grading, and waits until its program runs.
fn begun(bench: &Bench) -> Child {
    let child = bench.command("ch2.1", &bench.sh(STUBBORN)).spawn().unwrap();
    let runs = |line: &String| line.contains(" sh -c while");
    assert!(holds_within(BOUND, || bench.running().iter().any(runs)), "{:?}", bench.running());
    child
}

fn expect_unfinished(files: &Files, words: &str) {
    assert_eq!((&files.json["exit_code"], &files.json["earned"]), (&3.into(), &0.into()));
    let fault = files.json["fault"].as_str().unwrap();
    assert!(fault.starts_with(words), "{fault}");
    assert_eq!(files.gradescope["score"].as_f64(), Some(0.0));
    assert_eq!(files.classroom["status"], "error");
    assert!(files.junit.contains(words) && files.junit.contains("<error"), "{}", files.junit);
    assert!(files.github.contains("There is no verdict"), "{}", files.github);
}

#[test]
fn a_grader_that_is_killed_takes_everything_with_it() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let mut child = begun(&bench);
        child.kill().unwrap();
        child.wait().unwrap();
        let gone = || bench.running().is_empty();
        assert!(holds_within(BOUND, gone), "{:?}", bench.running());
        expect_unfinished(&Files::read(&bench.path("out")), "not finished: ");
    }
}

#[test]
fn a_grader_that_is_interrupted_says_so() {
    for (way, signal) in [(Way::Best, Signal::SIGINT), (Way::Plain, Signal::SIGTERM)] {
        let bench = Bench::new(way);
        let mut child = begun(&bench);
        signal::kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let began = Instant::now();
        let mut status = None;
        holds_within(BOUND, || {
            status = child.try_wait().unwrap();
            status.is_some()
        });
        let status = status.unwrap_or_else(|| panic!("no end after {:?}", began.elapsed()));
        assert_eq!(status.code(), Some(3), "{}", bench.text("stdout"));
        let gone = || bench.running().is_empty();
        assert!(holds_within(BOUND, gone), "{:?}", bench.running());
        let out = bench.text("stdout");
        assert!(out.contains("interrupted before all checks were run"), "{out}");
        expect_unfinished(&Files::read(&bench.path("out")), "interrupted before");
    }
}

#[test]
fn two_gradings_of_one_program_do_not_meet() {
    if !has_python() {
        return;
    }
    thread::scope(|scope| {
        for way in Way::BOTH {
            scope.spawn(move || {
                let bench = Bench::new(way);
                let graded = bench.grade("ch3.1", &["python3".into(), RIGHT.into()]);
                graded.note("a right one, twice at the same time");
                assert_eq!((graded.code, graded.earned()), (Some(0), 5), "{}", graded.out);
                graded.expect_clean("two at once");
            });
        }
    });
}
