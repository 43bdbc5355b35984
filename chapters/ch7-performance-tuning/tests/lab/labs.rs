//! Each lab with small volumes: it ends well, every row is there, and its chart is well-formed.

use super::{file, lab, run};
use ch7_performance_tuning::lab::LABS;
use svg::node::element::tag::Type;
use svg::parser::Event;

/// Rows by which each lab is known.
const ROWS: &[(&str, &[&str])] = &[
    ("transfer", &["T, N = 4 KiB", "T, N = R·D = 410 KiB", "T, N = 1 MiB"]),
    ("window", &["RTT of a single block", "W = 1 KiB", "W = 512 KiB", "SO_RCVBUF = 16 KiB"]),
    (
        "nagle",
        &[
            "one write",
            "two writes",
            "cure: one writev",
            "cure: TCP_NODELAY",
            "two writes, new connections",
        ],
    ),
    (
        "buffer",
        &["a, the price of a call", "calls per MiB, 64 B buffer", "throughput, 1 MiB buffer"],
    ),
];

/// Every tag that opens is closed, in its order.
#[track_caller]
pub(super) fn assert_well_formed(text: &str) {
    let mut open = Vec::new();
    for event in svg::read(text).unwrap() {
        match event {
            Event::Tag(name, Type::Start, _) => open.push(name),
            Event::Tag(name, Type::End, _) => assert_eq!(open.pop(), Some(name), "{text}"),
            Event::Error(error) => panic!("{error}: {text}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}: {text}");
    assert!(!text.contains("NaN"), "{text}");
}

#[track_caller]
fn hold(name: &str) {
    let chart = file(&format!("{name}.svg"));
    let end = run(&[name, "--quick", "--out", chart.to_str().unwrap()]);
    assert_eq!(end.status.code(), Some(0), "{end}");
    let rows = ROWS.iter().find(|(lab, _)| *lab == name).unwrap().1;
    let heads = ["law ", "source ", "method ", "because ", "agreement ", "chart "];
    for begin in rows.iter().copied().chain(heads) {
        assert!(end.stdout.lines().any(|line| line.starts_with(begin)), "{begin}\n{end}");
    }
    assert_well_formed(&std::fs::read_to_string(&chart).unwrap());
}

#[test]
fn transfer() {
    hold("transfer");
}

#[test]
fn window() {
    hold("window");
}

#[test]
fn nagle() {
    hold("nagle");
}

#[test]
fn buffer() {
    hold("buffer");
}

#[test]
fn each_lab_says_what_it_is() {
    for known in LABS {
        let end = lab(&[known.name, "--help"]).run();
        assert_eq!(end.status.code(), Some(0), "{end}");
        assert!(end.stdout.starts_with(&format!("lab {}: {}", known.name, known.about)), "{end}");
        for flag in known.flags {
            assert!(end.stdout.contains(&format!("  --{} ", flag.name)), "{end}");
        }
    }
}

#[test]
fn several_runs_tell_how_often_a_prediction_held() {
    let chart = file("agree.html");
    let end = run(&["buffer", "--quick", "--agree", "2", "--out", chart.to_str().unwrap()]);
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert!(end.stdout.contains(" of 2 "), "{end}");
    assert!(end.stdout.contains("predictions agree in at least 9 of 10 runs"), "{end}");
    for run in ["run 1 of 2", "run 2 of 2"] {
        assert_eq!(end.stderr.matches(run).count(), 1, "{end}");
    }
    let page = std::fs::read_to_string(&chart).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg"), "{page}");
}
