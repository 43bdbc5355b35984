//! The examples show what the lesson says that they show.
#![cfg(target_os = "linux")]

use harness::{Launch, Program, build_example};

/// The lines that an example prints, with single spaces.
fn lines(example: &str, args: &[String]) -> Vec<String> {
    let end = Launch::new(build_example("ch2-simple-server", example)).args(args).run();
    assert!(end.status.success() && end.stderr.is_empty(), "{end}");
    let one_space = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    end.stdout.lines().map(one_space).collect()
}

#[test]
fn backlog() {
    let lines = lines("backlog", &[]);
    for begin in ["0 1 ", "1 2 ", "5 6 ", "128 129 "] {
        let begin = format!("{begin}neither in nor refused in, ");
        assert!(lines.iter().any(|line| line.starts_with(&begin)), "{begin}…: {lines:#?}");
    }
}

#[test]
fn datagrams() {
    let lines = lines("datagrams", &[]);
    for wanted in [
        "the first recv 8 bytes, \"the firs\"",
        "the second recv 6 bytes, \"second\"",
        "errors that the sender saw 0",
        "socket, second send success",
    ] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted}: {lines:#?}");
    }
}

#[test]
fn wait() {
    let server =
        Program::start(env!("CARGO_BIN_EXE_ch2-simple-server"), &["--addr", "127.0.0.1:0"]);
    let lines = lines("wait", &[server.addr().to_string()]);
    assert_eq!(lines.len(), 7, "a title, five clients, and what follows: {lines:#?}");
    // How much later the last one was answered depends on when the machine let each of them begin; never so little.
    let answered = |line: &String| -> u32 {
        line.split(' ').nth_back(1).and_then(|ms| ms.parse().ok()).expect("milliseconds")
    };
    assert!(answered(&lines[1]) >= 200 && answered(&lines[5]) >= 200, "{lines:#?}");
    assert!(lines[6].starts_with("one after another"), "{lines:#?}");
}
