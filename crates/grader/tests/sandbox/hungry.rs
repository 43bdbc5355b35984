//! Programs that take too much.

use crate::support::{DEADLINE, finish, python, sandboxes, sh};
use grader::sandbox::Exit;
use harness::holds_within;

#[test]
fn memory_is_bounded() {
    for sandbox in sandboxes() {
        let code = "x = []\nwhile True: x.append(b'x' * (1 << 20))";
        let Some(mut program) = python(code) else { return };
        program.launch.limits.memory = 64 << 20;
        let (exit, ..) = finish(program.start(&sandbox));
        assert_eq!(exit, Exit::Limit("more than 64 MiB of memory".to_owned()));
        program.expect_gone();
    }
}

#[test]
fn memory_that_children_share_counts_once() {
    for sandbox in sandboxes() {
        // Five processes, which together would have 240 MiB if each had its own.
        let code = "import os, time\nx = b'x' * (40 << 20)\nfor n in range(5):\n if os.fork() == 0: time.sleep(2); os._exit(0)\n\
                    for n in range(5): os.wait()";
        let Some(mut program) = python(code) else { return };
        program.launch.limits.memory = 160 << 20;
        assert_eq!(finish(program.start(&sandbox)).0, Exit::Code(0));
        program.expect_gone();
    }
}

#[test]
fn cpu_time_is_bounded() {
    for sandbox in sandboxes() {
        let mut program = sh("while :; do :; done");
        program.launch.limits.cpu_seconds = 1;
        assert_eq!(
            finish(program.start(&sandbox)).0,
            Exit::Limit("more than 1 s of CPU time".to_owned())
        );
    }
}

#[test]
fn files_are_bounded() {
    for sandbox in sandboxes() {
        let mut program = sh("exec head -c 3000000 /dev/zero >\"$TMPDIR/large\"");
        program.launch.limits.file_size = 1 << 20;
        assert_eq!(
            finish(program.start(&sandbox)).0,
            Exit::Limit("a file of more than 1 MiB".to_owned())
        );
    }
}

#[test]
fn many_files_are_bounded() {
    for sandbox in sandboxes() {
        let mut program = sh("n=0; while :; do n=$((n + 1)); echo x >\"$TMPDIR/file-$n\"; done");
        program.launch.limits.scratch_size = 1 << 20;
        let limit = "more than 1 MiB in its scratch folder";
        assert_eq!(finish(program.start(&sandbox)).0, Exit::Limit(limit.to_owned()));
    }
}

#[test]
fn output_without_end_is_read_and_forgotten() {
    for sandbox in sandboxes() {
        let mut program = sh("yes \"$0\" >&2 & exec yes \"$0\"");
        program.launch.limits.output_kept = 1 << 16;
        let process = program.start(&sandbox);
        let full = || {
            process.output().stdout().len() >= 1 << 16
                && process.output().stderr().contains("left out")
        };
        assert!(holds_within(DEADLINE, full));
        let ending = process.end();
        assert_eq!(ending.output.stdout().len(), 1 << 16);
        assert!(ending.output.stderr().len() < 1 << 17);
        program.expect_gone();
    }
}

#[test]
fn the_end_of_stderr_is_kept() {
    for sandbox in sandboxes() {
        let mut program =
            sh("echo first >&2; head -c 1000000 /dev/zero | tr '\\0' x >&2; echo last >&2");
        program.launch.limits.output_kept = 1000;
        let (_, _, stderr) = finish(program.start(&sandbox));
        assert!(stderr.starts_with("first\n") && stderr.ends_with("xlast\n"), "{stderr}");
    }
}
