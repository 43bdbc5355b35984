//! Everything that an HTTP client may meet, met by hand and by library: [`harness::hostile::http`] has the cases.

mod met;

mod verdict;

use harness::hostile::http::{Case, Kind, cases_at};
use met::{Met, Way};
use std::io::Write;
use std::time::Duration;
use verdict::judge;

/// What drips, drips so slowly.
const PACE: Duration = Duration::from_millis(100);

/// Meets each of these cases in both ways, several at a time, and tells what was wrong.
fn hold(wanted: impl Fn(&Case) -> bool) {
    let cases: Vec<_> = cases_at(PACE).into_iter().filter(wanted).collect();
    assert!(!cases.is_empty(), "there is no such case");
    let meet = |case: &Case| Way::BOTH.map(|way| judge(case, &Met::new(case, way)).err());
    let wrong: Vec<String> = in_parallel(&cases, meet).into_iter().flatten().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A few threads, because most of a case is waiting.
fn in_parallel<T: Send>(cases: &[Case], meet: impl Fn(&Case) -> T + Sync) -> Vec<T> {
    const THREADS: usize = 4;
    let part = cases.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let meet = &meet;
        let threads: Vec<_> = cases
            .chunks(part)
            .map(|part| scope.spawn(move || part.iter().map(meet).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn what_is_well_formed_is_read_alike() {
    hold(|case| matches!(case.kind, Kind::WellFormed(_)));
}

#[test]
fn what_is_malformed_is_refused_in_one_line() {
    hold(|case| matches!(case.kind, Kind::Malformed));
}

#[test]
fn what_is_unclear_is_refused_or_read_right() {
    hold(|case| matches!(case.kind, Kind::Unclear(_)));
}

#[test]
fn what_ends_early_is_no_response() {
    hold(|case| matches!(case.kind, Kind::Early | Kind::Once));
}

#[test]
fn what_never_comes_is_given_up_in_time() {
    hold(|case| matches!(case.kind, Kind::Silent));
}

#[test]
fn what_never_ends_is_cut_off() {
    hold(|case| matches!(case.kind, Kind::Endless | Kind::Bomb { .. }));
}

#[test]
fn where_a_redirect_leads() {
    hold(|case| matches!(case.kind, Kind::Redirect { .. }));
}

/// `cargo test -p ch6-http-client --test hostile -- --ignored --nocapture`
#[test]
#[ignore = "proves nothing: it prints what both clients make of each case"]
fn table() {
    let cases = cases_at(PACE);
    let rows = in_parallel(&cases, |case| {
        let [by_hand, by_library] = Way::BOTH.map(|way| Met::new(case, way).summary());
        format!("| {} | {} | {by_hand} | {by_library} |", case.name, case.section)
    });
    let _ = writeln!(std::io::stderr(), "| case | RFC | by hand | by library |\n|---|---|---|---|");
    let _ = writeln!(std::io::stderr(), "{}", rows.join("\n"));
}
