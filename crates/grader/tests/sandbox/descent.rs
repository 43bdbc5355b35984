//! Programs that hide behind their descendants.

use crate::support::{DEADLINE, Marked, perl, python, sandboxes, sh};
use grader::sandbox::Exit;
use harness::{holds_within, proc};

/// Forks, ends, and begins a session in the child, without end: its process id is never the same.
const HOPPER: &str =
    "import os\nprint('ready', flush=True)\nwhile True:\n if os.fork(): os._exit(0)\n os.setsid()";
/// The same, ten times as fast.
const QUICK_HOPPER: &str = "use POSIX; $| = 1; print \"ready\\n\"; while (1) { fork and POSIX::_exit(0); POSIX::setsid() }";

#[test]
fn a_daemon_is_seen_and_ended() {
    for sandbox in sandboxes() {
        let program = sh(
            "(setsid sh -c 'trap \"\" TERM HUP; echo daemon; while :; do sleep 0.1; done' \"$0\" &); exit 0",
        );
        let process = program.start(&sandbox);
        assert_eq!(process.wait(DEADLINE), Some(Exit::Code(0)));
        assert_eq!(process.output().line(0, DEADLINE).as_deref(), Some("daemon"));
        assert!(!process.living().is_empty());
        assert!(!process.tree().contains(&process.pid()));
        let ending = process.end();
        assert!(!ending.left.is_empty() && ending.ignored_term, "{sandbox:?} {ending:?}");
        program.expect_gone();
    }
}

#[test]
fn a_zombie_is_seen() {
    for sandbox in sandboxes() {
        let code = "import os, time\nif os.fork() == 0: os._exit(0)\nprint('ready', flush=True)\ntime.sleep(1000)";
        let Some(program) = python(code) else { return };
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        let zombie = || {
            process.tree().into_iter().any(|pid| proc::state(pid).is_ok_and(|state| state == 'Z'))
        };
        assert!(holds_within(DEADLINE, zombie));
        assert_eq!(process.living(), [process.pid()]);
        assert_eq!(process.tree().len(), 2);
        drop(process);
        program.expect_gone();
    }
}

#[test]
fn one_that_never_stays_the_same_process_is_ended() {
    for sandbox in sandboxes() {
        for program in [python(HOPPER), perl(QUICK_HOPPER)].into_iter().flatten() {
            let process = program.start(&sandbox);
            process.output().line(0, DEADLINE).unwrap();
            process.wait(DEADLINE).unwrap();
            process.end();
            program.expect_gone();
        }
    }
}

/// Doubles ten times, so that it would do no great harm if the sandbox did not work.
const BOMB: &str = "bomb() {
        if [ $1 -eq 10 ]; then while :; do sleep 1; done; fi
        bomb $(($1 + 1)) | bomb $(($1 + 1)) &
    }
    bomb 0; while :; do sleep 1; done";

/// Its children stay.
const BROOD: &str =
    "import os, time\nfor n in range(500):\n if os.fork() == 0: time.sleep(1000)\ntime.sleep(1000)";

#[test]
fn a_fork_bomb_is_bounded() {
    for sandbox in sandboxes() {
        expect_bounded(&sh(BOMB), &sandbox);
        let Some(program) = python(BROOD) else { return };
        expect_bounded(&program, &sandbox);
    }
}

fn expect_bounded(program: &Marked, sandbox: &grader::sandbox::Sandbox) {
    let mut launch = program.launch.clone();
    launch.limits.tasks = 40;
    let process = sandbox.start(&launch).unwrap();
    let limit = Exit::Limit("more than 40 threads and processes".to_owned());
    assert_eq!(process.wait(DEADLINE), Some(limit));
    process.end();
    program.expect_gone();
}
