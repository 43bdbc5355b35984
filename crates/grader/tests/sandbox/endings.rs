//! How programs are ended.

use crate::support::{DEADLINE, finish, python, sandboxes, sh};
use grader::sandbox::{Exit, Signal};
use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn one_that_obeys_sigterm_is_not_killed() {
    for sandbox in sandboxes() {
        let program = sh("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.1; done");
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        let ending = process.end();
        assert_eq!((ending.exit, ending.ignored_term), (Some(Exit::Code(3)), false));
        assert_eq!(ending.output.stdout(), "ready\nbye\n");
        assert!(ending.left.is_empty());
        program.expect_gone();
    }
}

#[test]
fn one_that_ignores_sigterm_is_killed_after_two_seconds() {
    for sandbox in sandboxes() {
        let program = sh("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        let start = Instant::now();
        let ending = process.end();
        assert!(start.elapsed() >= Duration::from_secs(2));
        assert_eq!((ending.exit, ending.ignored_term), (Some(Exit::Signal(9)), true));
        program.expect_gone();
    }
}

#[test]
fn one_that_stands_still_hears_sigterm() {
    for sandbox in sandboxes() {
        let program = sh("echo ready; kill -s STOP $$; echo on");
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        let ending = process.end();
        assert!(!ending.ignored_term);
        program.expect_gone();
    }
}

#[test]
fn a_signal_reaches_the_program_alone() {
    for sandbox in sandboxes() {
        for signal in [Signal::SIGTERM, Signal::SIGINT] {
            let program = sh(
                "trap 'exit 4' TERM INT; sh -c 'while :; do sleep 0.1; done' \"$0\" & echo ready; wait",
            );
            let process = program.start(&sandbox);
            process.output().line(0, DEADLINE).unwrap();
            process.signal(signal);
            assert_eq!(process.wait(DEADLINE), Some(Exit::Code(4)));
            assert!(!process.living().is_empty());
            // The shell's child has been left to the supervisor.
            let ending = process.end();
            assert!(!ending.left.is_empty());
            assert_eq!(ending.exit, Some(Exit::Code(4)));
            program.expect_gone();
        }
    }
}

#[test]
fn a_signal_that_our_caller_ignores_is_not_ignored_by_the_program() {
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' INT TERM HUP PIPE CHLD; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap());
    command.args(["--exact", "endings::under_a_caller_that_ignores_signals", "--ignored"]);
    let output = command.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}

#[test]
#[ignore = "started by a_signal_that_our_caller_ignores_is_not_ignored_by_the_program"]
fn under_a_caller_that_ignores_signals() {
    for sandbox in sandboxes() {
        let code = "import signal\n\
                    for name in 'INT', 'TERM', 'HUP', 'CHLD':\n\
                    \x20print(signal.getsignal(getattr(signal, 'SIG' + name)) == signal.SIG_IGN)";
        let Some(program) = python(code) else { return };
        let (_, stdout, stderr) = finish(program.start(&sandbox));
        assert_eq!((&*stdout, &*stderr), ("False\nFalse\nFalse\nFalse\n", ""));
    }
}

#[test]
fn a_drop_ends_everything_at_once() {
    for sandbox in sandboxes() {
        let program = sh("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        drop(process);
        program.expect_gone();
    }
}
