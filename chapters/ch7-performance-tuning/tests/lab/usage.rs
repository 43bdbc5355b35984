//! The command line, and what can be wrong with it.

use super::{file, lab, run};
use harness::{Finished, Stdout};

#[track_caller]
fn fails(end: &Finished, code: i32, says: &str) {
    assert_eq!(end.status.code(), Some(code), "{end}");
    let errors: Vec<_> = end.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(errors.len() == 1 && errors[0].contains(says), "{says}\n{end}");
    assert_eq!(end.stdout, "", "{end}");
}

#[test]
fn nothing_at_all_lists_the_labs() {
    for args in [&[][..], &["--help"], &["-h"]] {
        let end = run(args);
        assert_eq!(end.status.code(), Some(0), "{end}");
        for name in ["transfer", "window", "nagle", "buffer", "link", "--quick", "--agree"] {
            assert!(end.stdout.contains(&format!("  {name} ")), "{name}\n{end}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for (args, says) in [
        (&["nonsense"][..], "there is no lab 'nonsense'"),
        (&["--quick"], "the name of a lab comes first"),
        (&["buffer", "--rate", "1"], "invalid option '--rate'"),
        (&["transfer", "--rate", "fast"], "--rate takes bytes"),
        (&["transfer", "--rate", "0"], "--rate 0 is no rate"),
        (&["transfer", "--rate", "1", "--delay", "9s"], "takes longer than the 20 s"),
        (&["transfer", "--quick", "--jitter", "1s"], "takes longer than the 2.5 s"),
        (&["transfer", "--loss", "100"], "--loss takes per cent from 0 to 20"),
        (&["transfer", "--rate", "1GiB", "--delay", "200ms"], "205 MiB would be on this line"),
        (&["window", "--quick", "--rate", "64k"], "takes longer than the 2.5 s"),
        (&["window", "--delay", "0s"], "this lab needs a line"),
        (&["buffer", "--rounds"], "missing argument"),
        (&["all", "--out", "x.svg"], "--out names the chart of one lab"),
        (&["link", "--to", "nowhere"], "--to takes HOST:PORT"),
        (&["link", "--addr", "127.0.0.1:9", "--to", "127.0.0.1:9"], "is the link itself"),
    ] {
        let end = run(args);
        fails(&end, 2, says);
        assert!(end.stderr.contains("(see --help)"), "{end}");
    }
}

#[test]
fn a_chart_that_cannot_be_written_is_one_line() {
    let nowhere = file("no-such-folder/chart.svg");
    let end = run(&["buffer", "--quick", "--out", nowhere.to_str().unwrap()]);
    fails(&end, 1, "cannot write the chart to");
    assert!(end.stderr.contains("(try --out FILE.svg)"), "{end}");
}

#[test]
fn who_closes_standard_output_has_read_enough() {
    let chart = file("closed.svg");
    for args in [&["--help"][..], &["buffer", "--quick", "--out", chart.to_str().unwrap()]] {
        for stdout in [Stdout::Closed, Stdout::ReaderGone] {
            let end = lab(args).stdout(stdout).run();
            assert_eq!(end.status.code(), Some(0), "{stdout:?}\n{end}");
            assert!(!end.stderr.contains("error") && !end.stderr.contains("panicked"), "{end}");
        }
    }
}

#[test]
fn a_full_device_is_one_line() {
    let end = lab(&["--help"]).stdout(Stdout::NoSpace).run();
    fails(&end, 1, "cannot write to standard output: no space left on device");
}

#[test]
fn a_debug_build_says_so() {
    let chart = file("debug.svg");
    let end = run(&["buffer", "--quick", "--out", chart.to_str().unwrap()]);
    let warned = end.stderr.lines().filter(|line| line.contains("this is a debug build")).count();
    assert_eq!(warned, usize::from(cfg!(debug_assertions)), "{end}");
}
