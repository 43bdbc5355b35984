//! Ranks, marks and what is taken together.

use crate::fixture::{self, Sample, of_samples};
use compare::report::measure::Measure;
use compare::report::summary::{Mark, Question, Standing, summarize};
use compare::results::{Decides, Fault, Outcome, Results, Run};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn question(results: &Results) -> Question {
    let mut parts = summarize(results).parts;
    assert_eq!(parts.len(), 1);
    parts.remove(0).questions.remove(0)
}

/// The names with their ranks, in the order of the report; 0 stands for none.
fn ranks(results: &Results) -> Vec<(String, usize)> {
    let rank = |standing: &Standing| if let Standing::Rank(rank) = standing { *rank } else { 0 };
    let entries = question(results).entries;
    entries.iter().map(|entry| (entry.server.name.clone(), rank(&entry.standing))).collect()
}

fn named(all: &[(&str, usize)]) -> Vec<(String, usize)> {
    all.iter().map(|(name, rank)| ((*name).to_string(), *rank)).collect()
}

fn rate(per_second: f64) -> Sample {
    Sample { per_second, ..Sample::default() }
}

#[test]
fn overlapping_intervals_share_a_rank() {
    let results = of_samples(
        "t",
        Decides::Throughput,
        &[("slow", rate(10_000.0)), ("a", rate(30_000.0)), ("b", rate(30_100.0))],
    );
    let found = ranks(&results);
    assert_eq!(found.iter().map(|(_, rank)| *rank).collect::<Vec<_>>(), [1, 1, 3]);
    assert_eq!(found[2].0, "slow");
    assert!(
        question(&results).verdict.contains("cannot be told apart, and are first"),
        "{found:?}"
    );
}

#[test]
fn less_is_better_where_it_is() {
    let cpu = |cpu_per_million| Sample { cpu_per_million, ..Sample::default() };
    let results =
        of_samples("t", Decides::CpuPerRequest, &[("dear", cpu(20.0)), ("cheap", cpu(10.0))]);
    assert_eq!(ranks(&results), named(&[("cheap", 1), ("dear", 2)]));
    let verdict = question(&results).verdict;
    assert!(
        verdict.starts_with("`cheap` is first: 5") || verdict.starts_with("`cheap` is first: 4"),
        "{verdict}"
    );
}

#[test]
fn a_fast_server_that_errs_is_behind_a_slow_one_that_does_not() {
    let errors = BTreeMap::from([(Fault::Order, 1)]);
    let wrong = Sample { errors, ..rate(90_000.0) };
    let starving = Sample { served: 1, ..rate(95_000.0) };
    let all = [("wrong", wrong), ("starving", starving), ("slow", rate(10_000.0))];
    let results = of_samples("t", Decides::Throughput, &all);
    // Among those with a flaw the figures decide.
    assert_eq!(ranks(&results), named(&[("slow", 1), ("starving", 2), ("wrong", 3)]));
    let question = question(&results);
    assert_eq!(
        question.verdict,
        "`slow` is first: no other served all its clients without a fault."
    );
    assert_eq!(question.entries[1].marks, [Mark::Starved(1, 64)]);
    assert_eq!(question.entries[2].notes(), ["5 faults (5 order)"]);
}

#[test]
fn where_losses_decide_they_are_no_flaw() {
    let lossy = |lost| Sample {
        errors: BTreeMap::from([(Fault::Reset, lost)]),
        served: 64 - lost as u32,
        ..Sample::default()
    };
    let liar = Sample { errors: BTreeMap::from([(Fault::Body, 1)]), ..Sample::default() };
    let all = [("liar", liar), ("all", lossy(64)), ("some", lossy(3)), ("none", Sample::default())];
    let results = of_samples("t", Decides::Lost, &all);
    assert_eq!(ranks(&results), named(&[("none", 1), ("some", 2), ("all", 3), ("liar", 4)]));
    assert_eq!(question(&results).verdict, "`none` is first: 0 lost connections, `some` 3.");
}

#[test]
fn few_rounds_give_no_ranks() {
    let mut results = of_samples("t", Decides::Throughput, &[("a", rate(1e4)), ("b", rate(9e4))]);
    results.runs[0].cells.retain(|cell| cell.round <= 2);
    results.runs[0].interrupted = true;
    assert_eq!(ranks(&results), named(&[("b", 0), ("a", 0)]));
    let summary = summarize(&results);
    assert!(
        summary.parts[0].warnings[0].contains("fewer rounds"),
        "{:?}",
        summary.parts[0].warnings
    );
    assert_eq!(summary.parts[0].questions[0].verdict, "Too little was measured for ranks.");
    assert!(summary.parts[0].findings.is_empty());
}

#[test]
fn what_failed_or_is_not_served_has_no_rank() {
    let mut results = of_samples(
        "t",
        Decides::Throughput,
        &[("a", rate(1e4)), ("b", rate(2e4)), ("c", rate(3e4))],
    );
    for cell in &mut results.runs[0].cells {
        match (cell.server.as_str(), cell.round) {
            ("a", _) => cell.outcome = Outcome::NotServed("404".into()),
            ("b", _) | ("c", 2) => cell.outcome = Outcome::Failed("it died".into()),
            _ => {}
        }
    }
    assert_eq!(ranks(&results), named(&[("c", 1), ("a", 0), ("b", 0)]));
    let entries = question(&results).entries;
    assert_eq!(entries[0].notes(), ["failed in 1 of 5 rounds: it died"]);
    assert_eq!(entries[1].notes(), ["not served: 404"]);
    assert_eq!(entries[2].notes(), ["failed: it died"]);
}

#[test]
fn a_generator_without_rest_is_told() {
    let results =
        of_samples("t", Decides::Throughput, &[("a", Sample { busy: 0.97, ..rate(1e4) })]);
    let entry = &question(&results).entries[0];
    assert_eq!(entry.marks, [Mark::GeneratorBusy(0.97)]);
    assert!(entry.is_clean());
}

#[test]
fn readings_that_cannot_be_had_are_missing() {
    let none =
        Sample { per_second: 0.0, served: 0, clients: 0, switches: None, ..Sample::default() };
    let entry = &question(&of_samples("t", Decides::P99, &[("a", none)])).entries[0];
    for measure in [
        Measure::P99,
        Measure::CpuPerMillion,
        Measure::SwitchesPerRequest,
        Measure::MemoryPerConnection,
    ] {
        assert_eq!(entry.estimate(measure), None, "{measure:?}");
    }
    assert_eq!(entry.standing, Standing::Unranked);
}

#[test]
fn machines_of_one_kind_are_taken_together_and_others_are_not() {
    let one = of_samples("t", Decides::Throughput, &[("a", rate(1e4)), ("b", rate(2e4))]);
    let mut results = one.clone();
    results.runs.push(one.runs[0].clone());
    results.runs[1].environment.started = "later".into();
    assert_eq!(question(&results).entries[0].estimates[&Measure::PerSecond].rounds.len(), 10);
    assert_eq!(summarize(&results).warnings, [""; 0]);

    results.runs[1].environment.cpu = "another CPU".into();
    let summary = summarize(&results);
    assert_eq!(summary.parts.len(), 2);
    assert!(summary.warnings[0].ends_with("They differ in: CPU."), "{:?}", summary.warnings);

    results.runs[1] = one.runs[0].clone();
    results.runs[1].cells.retain(|cell| cell.server == "a");
    let warnings = &summarize(&results).parts[0].warnings;
    assert!(warnings[0].starts_with("Not every run measured the same"), "{warnings:?}");
}

/// What another run did otherwise, and what is to be said of it.
type Disturbance<'a> = (fn(&mut Run), &'a str);

#[test]
fn what_disturbs_the_figures_is_told() {
    let warnings = |change: fn(&mut Run)| {
        let mut results = of_samples("t", Decides::Throughput, &[("a", rate(1e4))]);
        let mut second = results.runs[0].clone();
        change(&mut second);
        results.runs.push(second);
        let summary = summarize(&results);
        [summary.warnings, summary.parts[0].warnings.clone()].concat().join("\n")
    };
    let cases: [Disturbance<'_>; 7] = [
        (|run| run.environment.noise.stolen = 0.1, "restless"),
        (|run| run.environment.noise.longest_us = 90_000, "at most 90.0 ms on end"),
        (
            |run| run.scenarios[0].load = "more".into(),
            "The load of `t` was not the same in all runs.",
        ),
        (
            |run| run.servers[0].command = "b".into(),
            "The command of `a` was not the same in all runs.",
        ),
        (|run| run.interrupted = true, "One of the runs was ended early"),
        (|run| run.method.mode = "thorough".into(), "They differ in: method."),
        (|run| run.environment.rustc = "other".into(), "They differ in: compiler."),
    ];
    for (change, expected) in cases {
        let found = warnings(change);
        assert!(found.contains(expected), "{expected}: {found}");
    }
    assert_eq!(warnings(|run| run.environment.started = "later".into()), "");

    let mut results = of_samples("t", Decides::Throughput, &[("a", rate(1e4))]);
    results.runs[0].method.server_cpus.clear();
    results.runs[0].environment.commit.push_str("-dirty");
    assert_eq!(summarize(&results).parts[0].warnings.len(), 2);
}

#[test]
fn an_empty_file_is_a_report_too() {
    let summary = summarize(&Results { version: 1, runs: Vec::new() });
    assert_eq!(summary.warnings, ["There is no run in these results."]);
    let run = fixture::run(
        vec![fixture::scenario("t", Decides::P99)],
        vec![fixture::server("a")],
        Vec::new(),
    );
    assert!(question(&fixture::of(run)).entries.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever is better beyond the intervals has the better rank, and ranks are dense enough: somebody is first.
    #[test]
    fn better_beyond_noise_is_never_behind(rates in prop::collection::vec((1e3..1e5_f64, any::<bool>()), 1..8)) {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let sample = |(per_second, starves): &(f64, bool)| {
            Sample { served: if *starves { 3 } else { 64 }, ..rate(*per_second) }
        };
        let samples: Vec<_> = names.into_iter().zip(rates.iter().map(sample)).collect();
        let results = of_samples("t", Decides::Throughput, &samples);
        let entries = question(&results).entries;
        let rank = |standing: &Standing| if let Standing::Rank(rank) = standing { *rank } else { usize::MAX };
        prop_assert_eq!(rank(&entries[0].standing), 1);
        for (place, one) in entries.iter().enumerate() {
            prop_assert!(rank(&one.standing) <= place + 1);
            for other in &entries {
                let (a, b) = (&one.estimates[&Measure::PerSecond], &other.estimates[&Measure::PerSecond]);
                let (x, y) = (rank(&one.standing), rank(&other.standing));
                if one.is_clean() == other.is_clean() && b.is_below(a) {
                    prop_assert!(x < y);
                }
                if one.is_clean() && !other.is_clean() {
                    prop_assert!(x < y);
                }
            }
        }
    }
}
