//! `diff` and `merge`.

use crate::fixture::{self, Sample, of_samples};
use compare::diff::diff;
use compare::merge::{Error, merge};
use compare::results::{Decides, Fault, Outcome, Results};
use std::collections::BTreeMap;

fn with_threads(sample: Sample) -> Results {
    of_samples(
        "throughput",
        Decides::Throughput,
        &[("threads", sample), ("async", Sample::default())],
    )
}

#[test]
fn nothing_changes_between_a_run_and_itself() {
    let whole = fixture::whole();
    let found = diff(&whole, &whole);
    assert!(
        found.changes.is_empty() && found.others.is_empty() && found.warnings.is_empty(),
        "{found}"
    );
    assert!(found.compared > 100);
    let least = found.compared as f64 / 126.0;
    assert!((found.by_chance - least).abs() < 1e-6, "{}", found.by_chance);
}

#[test]
fn what_changed_beyond_noise_is_told_and_no_more() {
    let before = with_threads(Sample::default());
    let after = with_threads(Sample { per_second: 20_000.0, ..Sample::default() });
    let found = diff(&before, &after);
    let changes: Vec<_> = found.changes.iter().map(ToString::to_string).collect();
    // CPU per request and latency stayed.
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(
        changes[0].starts_with(
            "`threads` in `throughput`: replies per second 33 % lower, which is worse ("
        ),
        "{changes:?}"
    );
    assert!(changes[1].contains("bytes per second"));
    assert!(diff(&after, &before).changes.iter().all(compare::diff::Change::is_better));
}

#[test]
fn a_change_too_small_to_matter_is_not_told() {
    let mut after = with_threads(Sample::default());
    for cell in &mut after.runs[0].cells {
        let Outcome::Measured(reading) = &mut cell.outcome else { continue };
        reading.server.memory_at_start += 4096;
        reading.server.memory_peak += 4096;
    }
    assert!(diff(&with_threads(Sample::default()), &after).changes.is_empty());
}

#[test]
fn two_rounds_are_not_compared() {
    let mut after = with_threads(Sample { per_second: 20_000.0, ..Sample::default() });
    after.runs[0].cells.retain(|cell| cell.round <= 2);
    let found = diff(&with_threads(Sample::default()), &after);
    assert_eq!((found.compared, found.changes.len()), (0, 0));
    assert!(found.to_string().ends_with("0 of 0 readings changed beyond noise; about 0 would by chance alone, if nothing had changed.\n"));
}

#[test]
fn what_is_only_on_one_side_is_told() {
    let before = with_threads(Sample::default());
    let errors = BTreeMap::from([(Fault::Body, 2)]);
    let mut after = with_threads(Sample { errors, ..Sample::default() });
    for cell in after.runs[0].cells.iter_mut().filter(|cell| cell.server == "async") {
        cell.outcome = Outcome::NotServed("404".into());
    }
    after.runs[0].servers.push(fixture::server("new"));
    after.runs[0].cells.extend(fixture::cells("throughput", "new", &Sample::default(), 5, 9));
    let others = diff(&before, &after).others;
    for expected in [
        "`threads` in `throughput`: no flaw before, 10 faults (10 body) after",
        "`async` in `throughput`: no flaw before, not served after",
        "only in the second: `new` in `throughput`",
    ] {
        assert!(others.iter().any(|other| other == expected), "{expected}: {others:?}");
    }
    assert!(
        diff(&after, &before).others.iter().any(|other| other.starts_with("only in the first"))
    );
}

#[test]
fn different_environments_are_compared_with_a_warning() {
    let before = with_threads(Sample::default());
    let mut after = before.clone();
    after.runs[0].environment.cpu = "faster".into();
    after.runs[0].environment.commit = "fedcba".into();
    let warnings = diff(&before, &after).warnings;
    assert_eq!(
        warnings,
        [
            "the environments differ in CPU: Example CPU 3000 and faster",
            "the environments differ in commit: 0123456789ab and fedcba"
        ]
    );
    let mut other_load = before.clone();
    other_load.runs[0].scenarios[0].load = "more".into();
    assert_eq!(diff(&before, &other_load).warnings, ["the load of `throughput` was another"]);
    // Two commits on one machine on both sides: each has its partner.
    let mut commits = before.clone();
    commits.runs.push(before.runs[0].clone());
    commits.runs[1].environment.commit = "fedcba".into();
    assert!(diff(&commits, &commits).others.is_empty());
    // Where there are several kinds, each is compared with its own.
    let mut both = before.clone();
    both.runs.push(after.runs[0].clone());
    let found = diff(&both, &after);
    assert_eq!(found.others, ["only in the first: runs on Example CPU 3000, 2 CPUs, mode quick"]);
    assert!(found.changes.is_empty() && found.warnings.is_empty(), "{found}");
}

#[test]
fn merged_are_all_runs_and_each_once() {
    let one = with_threads(Sample::default());
    let mut two = one.clone();
    two.runs[0].environment.started = "2026-11-21T00:00:00Z".into();
    let both = merge(vec![one.clone(), two.clone()]).unwrap();
    // No assert_eq: a histogram has thousands of lines.
    assert!(both.runs == [one.runs[0].clone(), two.runs[0].clone()]);
    assert!(merge(vec![both.clone(), one.clone(), two.clone()]).unwrap() == both);

    assert_eq!(merge(Vec::new()), Err(Error::Nothing));
    two.version = 0;
    let error = merge(vec![one, two]).unwrap_err();
    assert_eq!(error, Error::Versions(1, 0));
    assert!(!error.to_string().contains('\n'));
}
