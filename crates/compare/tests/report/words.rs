//! The terminal's tables and the findings.

use crate::fixture::{self, Sample, of_samples};
use compare::report::{self, summary::summarize};
use compare::results::{Decides, Fault, Results};
use std::collections::BTreeMap;

/// The report without colours.
fn printed(results: &Results, width: u16) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    report::print(&summarize(results), &mut out, width).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

#[test]
fn the_whole_report_in_the_terminal() {
    insta::assert_snapshot!(printed(&fixture::whole(), 100));
}

#[test]
fn tables_fit_and_nothing_of_others_moves_the_cursor() {
    let text = printed(&fixture::whole(), 100);
    let scenarios = text
        .lines()
        .filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '-'));
    for line in scenarios {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let mut coloured = Vec::new();
    report::print(&summarize(&fixture::whole()), &mut coloured, 100).unwrap();
    let coloured = String::from_utf8(coloured).unwrap();
    assert!(coloured.contains("\u{1b}[1m") && !coloured.contains("\u{1b}[2J"));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    // A narrow terminal is no reason to fail.
    assert!(printed(&fixture::whole(), 20).contains("async"));
}

fn findings(name: &str, decides: Decides, samples: &[(&str, Sample)]) -> Vec<String> {
    summarize(&of_samples(name, decides, samples)).parts.remove(0).findings
}

fn base() -> Sample {
    Sample::default()
}

/// A scenario, who was asked, and what is to be said of it.
type Case<'a> = (&'a str, Decides, Vec<(&'a str, Sample)>, &'a [&'a str]);

#[test]
fn each_rule_finds_what_it_looks_for() {
    let cpu = |cpu_per_million| Sample { cpu_per_million, ..base() };
    let memory =
        |kib: u64| Sample { per_connection: kib << 10, clients: 5_000, served: 5_000, ..base() };
    let tail = |tail| Sample { tail, ..base() };
    let lossy = Sample { errors: BTreeMap::from([(Fault::Closed, 63)]), served: 1, ..base() };
    let cases: [Case<'_>; 8] = [
        (
            "throughput",
            Decides::CpuPerRequest,
            vec![("event-loop", cpu(8.0)), ("spawn", cpu(80.0)), ("threads", cpu(20.0))],
            &["`throughput`: `spawn` needs 10 times the CPU of `event-loop` for a request."],
        ),
        (
            "churn",
            Decides::Throughput,
            vec![
                ("a", Sample { per_second: 1_000.0, ..base() }),
                ("b", Sample { per_second: 7_000.0, ..base() }),
            ],
            &["`churn`: `b` gives 7 times as many replies per second as `a`."],
        ),
        (
            "idle-crowd",
            Decides::MemoryPerConnection,
            vec![("async", memory(3)), ("threads", memory(27))],
            &[
                "`idle-crowd`: `threads` needs 9 times the memory of `async` for each connection (26.8 KiB and 3.00 KiB).",
            ],
        ),
        (
            "mixed",
            Decides::P99,
            vec![("event-loop", tail(20_000)), ("threads", tail(3_000))],
            &[
                "`mixed`: one request in a hundred of the group `light` waited 20.2 ms or longer at `event-loop` and 3.01 ms at `threads` (p99), 7 times as long.",
            ],
        ),
        (
            "latency",
            Decides::P99,
            vec![("pool", Sample { p50: 500, tail: 200_000, ..base() })],
            &[
                "`latency`: at `pool` half of the requests are answered within 500 µs, and one in a thousand only after 300 ms.",
            ],
        ),
        (
            "crash",
            Decides::Lost,
            vec![("fork", base()), ("spawn", base()), ("threads", lossy.clone())],
            &["`crash`: connections lost: 63 of 64 at `threads`; none at `fork` and `spawn`."],
        ),
        (
            "throughput",
            Decides::CpuPerRequest,
            vec![("iterative", Sample { served: 1, ..base() }), ("threads", base())],
            &["`iterative` left clients without any reply; it served 1 of 64 in `throughput`."],
        ),
        // Within noise, and below what is worth a sentence.
        (
            "throughput",
            Decides::CpuPerRequest,
            vec![("a", cpu(10.0)), ("b", cpu(10.1)), ("c", cpu(13.0))],
            &[],
        ),
    ];
    for (name, decides, samples, expected) in cases {
        let found = findings(name, decides, &samples);
        let digits = |text: &String| text.replace(|c: char| c.is_ascii_digit(), "#");
        assert_eq!(
            found.iter().map(digits).collect::<Vec<_>>(),
            expected.iter().map(|text| digits(&(*text).to_string())).collect::<Vec<_>>(),
            "{found:?}"
        );
    }
}
