//! The console blocks of the READMEs are run, and the runner itself is tested.

use course::Course;
use std::io::Write;
use std::path::PathBuf;
use tests::console::{Outcome, play};
use tests::files::{self, File};
use tests::markdown::Document;

/// Runs the console blocks of one file.
fn run(path: &str) {
    let outcome = play(&Document::parse(&files::read(path)), &harness::build);
    for skipped in &outcome.skipped {
        // Written past the capture of the test harness, so that a plain `cargo test` shows it.
        let _ = writeln!(std::io::stderr(), "skipped: {skipped}");
    }
    let failures = outcome.failures.join("\n\n");
    assert!(
        failures.is_empty(),
        "\n`-` is what the document shows, `+` is what came, `.` is what `...` covers:\n\n{failures}\n"
    );
    assert!(
        outcome.passed + outcome.skipped.len() > 0,
        "{path} shows no console block: what can a reader try?"
    );
}

#[test]
fn the_console_blocks_of_the_readme_show_what_happens() {
    run("README.md");
}

#[test]
fn the_console_blocks_of_the_chapters_show_what_happens() {
    for chapter in Course::read().chapters {
        run(&format!("chapters/{}/README.md", chapter.folder));
    }
}

/// Plays a document with a stand-in for every program: it says that it listens, and listens nowhere.
fn stand_in(blocks: &str) -> Outcome {
    let text = format!("```console\n{blocks}\n```\n");
    let speaker = |_: &str, _: &str| -> PathBuf { files::root().join("tests/fixtures/speaker") };
    play(&Document::parse(&File { path: "x.md".into(), text }), &speaker)
}

const START: &str =
    "$ cargo run -p p\nlistening on 127.0.0.1:8080\ntry: curl http://127.0.0.1:8080/";

#[track_caller]
fn passes(blocks: &str) {
    let outcome = stand_in(blocks);
    assert!(outcome.failures.is_empty(), "{}", outcome.failures.join("\n"));
    assert_eq!(outcome.skipped, [""; 0]);
}

#[track_caller]
fn fails(blocks: &str, messages: &[&str]) {
    assert_eq!(stand_in(blocks).failures, messages);
}

#[test]
fn the_output_of_a_command_is_compared() {
    passes("$ printf 'a\\nb\\n'\na\nb");
    passes("$ echo out; echo err >&2\nout\nerr");
    passes("$ printf 'a\\nb\\nc\\n'\n...\nb\n...");
    passes("$ false");
    fails("$ printf 'a\\nb\\n'\na\nc", &["x.md:2: $ printf 'a\\nb\\n'\n      a\n    - c\n    + b"]);
    fails("$ true\nsomething", &["x.md:2: $ true\n    - something"]);
    fails("$ echo something", &["x.md:2: $ echo something\n    + something"]);
}

#[test]
fn a_server_stays_for_the_commands_that_follow() {
    passes(&format!(
        "{START}\n```\n\nSome words.\n\n```console\n$ echo to 127.0.0.1 8080, 18080\nto 127.0.0.1 8080, 18080"
    ));
    passes(&format!("{START}\n$ echo 8080 | sed s/4711/real/\nreal"));
    fails(&format!("{START}\n$ echo 8080\n8081"), &["x.md:5: $ echo 8080\n    - 8081\n    + 8080"]);
    fails("$ echo 8080\n8080", &["x.md:2: $ echo 8080\n    no server was started above"]);
}

#[test]
fn control_c_stops_the_server_and_its_last_words_are_compared() {
    passes(&format!("{START}\n^C\nstopped"));
    passes(&format!(
        "{START}\n```\n\n```console\n$ echo 8080\n8080\n^C\nstopped\n$ echo 8080\n8080"
    ));
    fails(
        &format!("{START}\n^C\nbye"),
        &[
            "x.md:5: ^C\n      listening on 127.0.0.1:8080\n      try: curl http://127.0.0.1:8080/\n    - bye\n    + stopped",
        ],
    );
    let failing = START.replace("-p p", "-p p -- --fail");
    fails(
        &format!("{failing}\n^C\nstopped"),
        &["x.md:5: ^C\n    the server ended with exit status: 3"],
    );
    fails("^C", &["x.md:2: ^C\n    no server runs that could be stopped"]);
}

#[test]
fn a_program_that_does_not_listen_is_awaited() {
    passes(&format!("{START}\n$ cargo run -p p -- --help\na speaker\n^C\nstopped"));
    let error = "error: cannot listen on 127.0.0.1:8080: address already in use";
    passes(&format!("{START}\n$ cargo run -p p -- --addr 127.0.0.1:8080\n{error}\n^C\nstopped"));
    passes(&START.replace("-p p", "-p p -- --addr 127.0.0.1:8080"));
}

#[test]
fn a_start_that_shows_otherwise_is_found() {
    let outcome =
        stand_in(&START.replace("try: curl", "try: wget").replace("8080/", "8080/\n^C\nstopped"));
    let [start, interrupt] = &outcome.failures[..] else { panic!("{:?}", outcome.failures) };
    assert!(
        start.contains("    - try: wget http://127.0.0.1:8080/\n    + try: curl http"),
        "{start}"
    );
    assert!(interrupt.ends_with("no server runs that could be stopped"), "{interrupt}");
}

#[test]
fn what_cannot_be_run_is_refused() {
    let outcome = stand_in("$ cargo test --workspace");
    assert!(outcome.failures[0].contains("put it into an `sh` block"), "{:?}", outcome.failures);
    assert_eq!(stand_in("lost").failures, ["x.md:2: no command, `$ …`, stands above this line"]);
}
