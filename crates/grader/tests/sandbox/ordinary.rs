//! Programs that do nothing wrong.

use crate::support::{DEADLINE, finish, python, sandboxes, sh};
use grader::sandbox::{Exit, Launch, Process, Sandbox, StartError};
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn stdin_stdout_stderr_and_the_exit_code() {
    for sandbox in sandboxes() {
        let program = sh("echo ready; read -r line; echo \"<$line>\"; cat; echo done >&2; exit 7");
        let mut process = program.start(&sandbox);
        assert_eq!(process.output().line(0, DEADLINE).as_deref(), Some("ready"));
        assert_eq!(process.exit(), None);
        process.write(b"one\ntwo\n").unwrap();
        assert_eq!(process.output().line(1, DEADLINE).as_deref(), Some("<one>"));
        process.end_stdin();
        let (exit, stdout, stderr) = finish(process);
        assert_eq!((exit, &*stdout, &*stderr), (Exit::Code(7), "ready\n<one>\ntwo\n", "done\n"));
        program.expect_gone();
    }
}

#[test]
fn ends_with_0_and_by_a_signal() {
    for sandbox in sandboxes() {
        assert_eq!(finish(sh("exit 0").start(&sandbox)).0, Exit::Code(0));
        assert_eq!(finish(sh("kill -s SEGV $$").start(&sandbox)).0, Exit::Signal(11));
        // A program that exits with 128 + 11 has not crashed.
        assert_eq!(finish(sh("exit 139").start(&sandbox)).0, Exit::Code(139));
    }
}

#[test]
fn stdout_ends_when_the_program_closes_it() {
    for sandbox in sandboxes() {
        let program = sh("echo last; exec >&- 2>&-; exec sleep 1000");
        let process = program.start(&sandbox);
        assert!(process.output().finish(DEADLINE));
        assert_eq!(process.output().stdout(), "last\n");
        assert_eq!(process.exit(), None);
        drop(process);
        program.expect_gone();
    }
}

#[test]
fn stdin_that_is_never_read_holds_nobody_up() {
    for sandbox in sandboxes() {
        let program = sh("echo ready; exec sleep 1000");
        let mut process = program.start(&sandbox);
        process.write(&vec![b'x'; 1 << 20]).unwrap();
        process.end_stdin();
        assert!(process.unread() > 0);
        drop(process);
        program.expect_gone();
    }
}

#[test]
fn the_process_id_is_the_programs_own() {
    for sandbox in sandboxes() {
        let program = sh("echo ready; sleep 1000 & wait");
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        let name = fs::read_to_string(format!("/proc/{}/comm", process.pid())).unwrap();
        assert_eq!(name, "sh\n");
        assert!(
            harness::holds_within(DEADLINE, || process.tree().len() == 2),
            "{:?}",
            process.tree()
        );
        assert_eq!(process.tree()[0], process.pid());
        drop(process);
        program.expect_gone();
    }
}

#[test]
fn a_program_that_cannot_be_started_is_the_students() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    for sandbox in sandboxes() {
        for (program, word) in
            [("no-such-program", "no such program"), (plain.to_str().unwrap(), "not executable")]
        {
            let launch = Launch { argv: vec![program.into()], ..Launch::default() };
            match sandbox.start(&launch) {
                Err(StartError::Program(why)) => {
                    assert!(why.contains(program) && why.contains(word), "{why}");
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(sandbox.start(&Launch::default()), Err(StartError::Program(_))));
    }
}

#[test]
fn the_environment_holds_nothing_foreign() {
    for sandbox in sandboxes() {
        // Cargo gives tests many variables that no program needs.
        let (_, stdout, _) = finish(sh("env").start(&sandbox));
        assert!(stdout.contains("PATH=") && stdout.contains("TMPDIR="), "{stdout}");
        assert!(
            !stdout.contains("CARGO_MANIFEST_DIR") && !stdout.contains("CARGO_PKG"),
            "{stdout}"
        );
    }
}

#[test]
fn a_process_can_be_handed_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Process>();
    is_send::<Sandbox>();
}

#[test]
fn it_has_three_descriptors() {
    for sandbox in sandboxes() {
        // And one to read the folder.
        let (_, stdout, _) = finish(sh("exec ls -l /proc/self/fd").start(&sandbox));
        assert_eq!(stdout.matches("->").count(), 4, "{stdout}");
    }
}

#[test]
fn many_at_the_same_time() {
    for sandbox in sandboxes() {
        std::thread::scope(|scope| {
            for n in 0..8 {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let (exit, stdout, _) =
                        finish(sh(&format!("echo {n}; exit {n}")).start(sandbox));
                    assert_eq!((exit, stdout), (Exit::Code(n), format!("{n}\n")));
                });
            }
        });
    }
}

#[test]
fn a_python_program_with_threads() {
    for sandbox in sandboxes() {
        let code = "import threading\nt = [threading.Thread(target=print, args=(n,)) for n in range(128)]\n\
                    [x.start() for x in t]\n[x.join() for x in t]";
        let Some(program) = python(code) else { return };
        let (exit, stdout, stderr) = finish(program.start(&sandbox));
        assert_eq!((exit, stdout.lines().count(), &*stderr), (Exit::Code(0), 128, ""));
    }
}
