//! The program itself.

use std::process::{Command, Output};

fn grader(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grader")).args(words).output().unwrap()
}

#[test]
fn help_and_usage_errors_have_their_exit_codes() {
    let help = grader(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(help.stdout.starts_with(b"cargo grade: ") && help.stderr.is_empty());
    let wrong = grader(&["chapter3"]);
    assert_eq!(wrong.status.code(), Some(2));
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        error.starts_with("error: 'chapter3' is no chapter") && error.lines().count() == 1,
        "{error}"
    );
}
