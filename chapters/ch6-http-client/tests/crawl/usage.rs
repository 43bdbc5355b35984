//! The command line.

use crate::run::{TempFile, crawl, ends, fails};
use harness::site::{Answer, Site};
use std::path::Path;

#[test]
fn help_lists_flags_limits_and_exit_codes() {
    let end = crawl(&["--help"]).run();
    ends(&end, 0);
    for flag in [
        "--depth",
        "--pages",
        "--check-external",
        "--check-assets",
        "--variants",
        "--strip-params",
        "--per-host",
        "--delay",
        "--max-time",
        "--max-size",
        "--retry",
        "--cacert",
        "--json",
        "--map",
        "--state",
        "--verbose",
        "--help",
        "robots.txt",
        "phpsessid",
        "100,000 URLs",
        "\n  103  ",
        "\n  130  ",
    ] {
        assert!(end.stdout.contains(flag), "{flag}\n{end}");
    }
    assert!(end.stdout.lines().all(|line| line.len() <= 120), "{end}");
}

#[test]
fn what_makes_no_sense_is_said_in_one_line() {
    for (args, code, says) in [
        (&[][..], 2, "the URL is missing"),
        (&["a", "b"], 2, "only one URL"),
        (&["--bogus", "a"], 2, "--bogus"),
        (&["--delay", "x", "a"], 2, "--delay takes seconds"),
        (&["http://me:secret@a/"], 2, "logs in nowhere"),
        (&["ftp://a/"], 1, "cannot speak ftp"),
        (&["http://"], 3, "is no URL"),
        (&["--json", "/no/such/folder/x", "a"], 23, "cannot write /no/such/folder/x"),
        (&["--map", "/no/such/folder/x", "a"], 23, "cannot write /no/such/folder/x"),
        (&["--state", "/no/such/folder/x", "a"], 26, "cannot use the state file"),
        (&["--cacert", "/no/such/file", "a"], 26, "cannot use the certificates"),
    ] {
        let end = crawl(args).run();
        fails(&end, code, says);
        assert!(!end.stderr.contains("secret"), "a password is not repeated\n{end}");
    }
}

#[test]
fn one_file_is_not_for_two_things() {
    let file = TempFile::new("all");
    let path = file.path();
    let (folder, name) = path.rsplit_once('/').unwrap();
    let round = format!("{folder}/./../{}/{name}", folder.rsplit_once('/').unwrap().1);
    for flags in [["--json", "--state"], ["--json", "--map"], ["--map", "--state"]] {
        let says = format!("{} and {} are both", flags[0], flags[1]);
        fails(&crawl(&[flags[0], path, flags[1], &round, "http://127.0.0.1:1/"]).run(), 2, &says);
        assert!(!Path::new(path).exists(), "nothing is opened");
    }
    std::fs::write(path, "mine").unwrap();
    fails(&crawl(&["--state", path, "--map", &round, "a"]).run(), 2, "--map and --state are both");
    assert_eq!(file.read(), "mine");
    let site = Site::start(|_| Answer::html(""));
    let args = ["--delay", "0", "--json", "/dev/null", "--map", "/dev/null", &site.url("/")];
    ends(&crawl(&args).run(), 0);
}
