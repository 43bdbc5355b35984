//! The command line as it is typed.

use crate::bench::Bench;
use crate::support;
use grader::commands::flags::{Command, parse};
use grader::report::files::Format;

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let bench = Bench::finds(support::right());
    let lines = [
        "ch3 --sed 1",
        "ch3 --seed x",
        "ch3 --jobs 0",
        "ch3 --format xml",
        "ch3 --output",
        "chapter3",
        "ch5",
        "ch9",
        "ch3.7",
        "ch1.1",
        "ch3 ch1",
        "ch3 --",
        "-- ./server",
        "explain",
        "explain ch3 -- ./server",
        "reset",
        "reset ch3.4",
        "reset ch3 --hint",
        "solution ch3.4",
        "ch3 --spoil",
        "--watch",
        "ch3 --watch -- ./no-such-file",
    ];
    let mut table = String::new();
    for line in lines {
        let said = bench.run(line);
        assert_eq!((said.code, &*said.out), (2, ""), "{line}");
        assert_eq!(said.err.lines().count(), 1, "{line}");
        table += &format!("$ cargo grade {line}\n{}", said.err);
    }
    insta::assert_snapshot!(table);
}

#[test]
fn everything_can_be_said_at_once() {
    let words = "ch3.4 ch3.2 --seed 91 --jobs=2 --hint --all --format json,github --format junit --output x --watch \
                 -- python3 s.py --seed 1 -- {addr}";
    let Ok(Command::Grade(ask)) = parse(words.split_whitespace().map(Into::into)) else {
        panic!("it is a grading")
    };
    assert_eq!((ask.target.chapter, &*ask.target.checks), (3, &[2, 4][..]));
    assert_eq!((ask.seed, ask.jobs, ask.hint, ask.all, ask.watch), (Some(91), 2, true, true, true));
    assert_eq!(ask.formats, [Format::Json, Format::Github, Format::Junit]);
    assert_eq!(ask.program, ["python3", "s.py", "--seed", "1", "--", "{addr}"]);
}

#[test]
fn help_fits_and_says_all() {
    let said = Bench::finds(support::right()).run("--help");
    assert_eq!((said.code, &*said.err), (0, ""));
    insta::assert_snapshot!(said.out);
    for line in said.out.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}
