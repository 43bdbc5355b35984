//! The command line.

use crate::run::{ends, launch};

#[test]
fn help_says_all() {
    let end = launch("--help").run();
    ends(&end, 0);
    for flag in [
        "--at-once",
        "--per-host",
        "--order",
        "--json",
        "--fail",
        "--retry",
        "--max-time",
        "--connect-timeout",
        "--read-timeout",
        "--max-redirs",
        "--max-filesize",
        "--proxy",
        "--no-proxy",
        "--cacert",
        "--head",
        "--header",
        "  103  ",
        "  130  ",
    ] {
        assert!(end.stdout.contains(flag), "{flag} is missing\n{end}");
    }
    assert!(end.stdout.lines().all(|line| line.chars().count() <= 120), "it fits\n{end}");
}

#[test]
fn what_makes_no_sense_is_one_line() {
    for (flags, says) in [
        ("--at-once 0", "--at-once takes a whole number from 1 to 1000, not '0'"),
        ("--max-time soon", "--max-time takes seconds"),
        ("--order random", "--order takes finish or input, not 'random'"),
        ("--nonsense", "--nonsense"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
    ] {
        let end = launch(flags).run();
        ends(&end, 2);
        assert!(end.stderr.starts_with("error: ") && end.stderr.contains(says), "{end}");
        assert_eq!((end.stderr.lines().count(), &*end.stdout), (1, ""), "{end}");
    }
    let end = launch("--cacert /nonexistent").run();
    ends(&end, 26);
    assert!(end.stderr.contains("cannot use the certificates in /nonexistent"), "{end}");
}
