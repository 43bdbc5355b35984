//! Command lines, folders and files that are odd.

use crate::bench::{Bench, Way, text};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Writes a script that can be executed, or not.
fn executable(path: &Path, script: &str, mode: u32) -> Vec<String> {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    vec![text(path)]
}

#[test]
fn a_path_with_spaces_and_worse_is_one_word() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let path = bench.path("my 'own' server; echo.sh");
        let program = executable(&path, "#!/bin/sh\necho I run\n", 0o755);
        let graded = bench.grade("ch2.1", &program);
        graded.expect_nothing("a path with spaces", "bad-ready-line", &["got \"I run\""]);
        assert!(graded.out.contains(r"/my '\''own'\'' server; echo.sh'"), "{}", graded.out);
    }
}

#[test]
fn a_name_that_is_a_command_is_shown_and_not_obeyed() {
    let bench = Bench::new(Way::Best);
    let path = bench.path("a\x1b[2J\n::error::x.sh");
    let graded = bench.grade("ch2.1", &executable(&path, "#!/bin/sh\nexit 1\n", 0o755));
    graded.expect_nothing("an ugly name", "ended-early", &[r"/a\x1b[2J\n::error::x.sh"]);
}

#[test]
fn the_address_stands_everywhere_where_it_is_wished() {
    let bench = Bench::new(Way::Best);
    let mut program = bench.sh("echo \"$*\"");
    program.extend(["--addr={addr}".into(), "{addr}".into()]);
    let graded = bench.grade("ch2.1", &program);
    let words = [&*format!("\"{} --addr=127.0.0.1:0 127.0.0.1:0", bench.mark())];
    graded.expect_nothing("{addr} twice", "bad-ready-line", &words);
}

#[test]
fn what_cannot_be_started_says_why() {
    for way in Way::BOTH {
        let bench = Bench::new(way);
        let folder = vec![text(&bench.path("work"))];
        let path = bench.path("plain.sh");
        let plain = executable(&path, "#!/bin/sh\nexit 0\n", 0o644);
        let lost = executable(&bench.path("lost.sh"), "#!/no/such/interpreter\n", 0o755);
        let bare = executable(&bench.path("bare.sh"), "echo I am sh\n", 0o755);
        for (name, program, symptom, words) in [
            ("a directory", folder, "cannot-start", "cannot start"),
            ("a script without +x", plain, "cannot-start", "it is not executable; try chmod +x"),
            (
                "an interpreter that is missing",
                lost,
                "cannot-start",
                "the interpreter that it names is missing",
            ),
            // As from a shell, `sh` takes it.
            ("a script without #!", bare, "bad-ready-line", "got \"I am sh\""),
            (
                "a program that is not there",
                vec!["no-such-program".into()],
                "cannot-start",
                "there is no such program",
            ),
            ("an empty word", vec![String::new()], "cannot-start", "cannot start"),
        ] {
            let graded = bench.grade("ch2.1", &program);
            graded.expect_nothing(name, symptom, &[words]);
        }
    }
}

#[test]
fn no_program_behind_the_dashes_is_a_wrong_command_line() {
    let bench = Bench::new(Way::Best);
    let graded = bench.grade("ch2.1", &[]);
    graded.note("nothing behind --");
    assert_eq!((graded.code, &*graded.out), (Some(2), ""));
    assert!(graded.err.starts_with("error: no program follows --"), "{}", graded.err);
    assert_eq!(graded.err.lines().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_a_fault_in_one_line() {
    let bench = Bench::new(Way::Best);
    let program = bench.sh("exit 0");
    // A superuser may write everywhere but here.
    fs::write(bench.path("file"), "").unwrap();
    for folder in [text(&bench.path("file")), text(&bench.path("file/below")), "/proc/self".into()]
    {
        let graded = bench.finish(bench.command_to(&folder, "ch2.1", &program));
        graded.note("an output folder that cannot be written");
        assert_eq!(graded.code, Some(3), "{graded:#?}");
        assert!(graded.err.starts_with("error: cannot "), "{}", graded.err);
        assert_eq!(graded.err.lines().count(), 1, "{}", graded.err);
        assert_eq!(graded.left, [""; 0]);
    }
}
