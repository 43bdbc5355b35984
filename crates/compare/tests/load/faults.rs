//! Planted faults: each is found, and is called what it is.

use crate::support::{clients, kinds, load, run_until, server};
use compare::load::{Clients, Pace, Request};
use compare::results::Fault;
use std::collections::BTreeSet;
use std::time::Duration;

/// Runs against a server that is wrong now and then, until it was found out so often. Returns how many replies were right,
/// those of the warm-up included.
#[track_caller]
fn only(model: &str, clients: Clients, faults: u64, fault: Fault) -> u64 {
    let server = server(model);
    let (answer, _) = run_until(server.addr(), &load(clients), |seen| seen.faults >= faults);
    assert_eq!(kinds(&answer), BTreeSet::from([fault]), "{model}: {:?}", answer.groups[0].errors);
    let group = &answer.groups[0];
    assert_eq!(group.latency.0.len(), group.replies, "{model}: a fault is not in the latency");
    assert!(group.errors[&fault] >= faults, "{model}");
    answer.replies
}

#[test]
fn one_lost_reply_in_ten_thousand_is_found() {
    let impatient = Clients { patience: Duration::from_secs(5), ..clients(32) };
    let replies = only("drops", impatient, 3, Fault::Timeout);
    assert!(replies >= 29_000, "three losses among {replies} replies");
}

#[test]
fn one_connection_that_ends_in_ten_thousand_requests_is_found() {
    let replies = only("closes", clients(32), 3, Fault::Closed);
    assert!(replies >= 29_000, "three losses among {replies} replies");
}

#[test]
fn replies_to_somebody_else_are_found() {
    let request = |every| Request::GetAndEcho { path: "/".to_owned(), every };
    for model in ["swaps", "mixes"] {
        let replies = only(model, Clients { request: request(4), ..clients(16) }, 5, Fault::Order);
        assert!(replies > 100, "{model}: {replies}");
    }
    // With nobody else there, nobody's replies are swapped.
    let server = server("");
    let all = load(Clients { request: request(1), ..clients(16) });
    let (answer, _) = run_until(server.addr(), &all, |seen| seen.replies >= 2000);
    assert_eq!(kinds(&answer), BTreeSet::new());
}

#[test]
fn every_wrong_reply_is_found() {
    for (model, fault) in [
        ("status", Fault::Status),
        ("body", Fault::Body),
        ("last-byte", Fault::Body),
        ("longer", Fault::Body),
        ("shorter", Fault::Body),
        ("surplus", Fault::Surplus),
        ("malformed", Fault::Malformed),
        ("resets", Fault::Reset),
        ("half", Fault::Closed),
    ] {
        assert!(only(model, clients(8), 5, fault) >= 80, "{model}");
    }
}

#[test]
fn one_wrong_byte_in_a_long_body_is_found() {
    let long = Clients { request: Request::Get("/bytes/300000".to_owned()), ..clients(2) };
    only("last-byte", long, 2, Fault::Body);
}

#[test]
fn a_strange_server_is_compared_with_its_first_reply() {
    let server = server("body");
    let strange = Clients { request: Request::Get("/bytes/77".to_owned()), ..clients(4) };
    let mut all = load(strange);
    all.ours = false;
    let (answer, _) = run_until(server.addr(), &all, |seen| seen.faults >= 5);
    assert_eq!(kinds(&answer), BTreeSet::from([Fault::Body]));
    assert!(answer.groups[0].replies >= 80);
}

#[test]
fn a_server_that_refuses_is_not_asked_too_often() {
    let server = server("refuses");
    let (answer, seen) = run_until(server.addr(), &load(clients(4)), |seen| seen.faults >= 12);
    let group = &answer.groups[0];
    assert_eq!(kinds(&answer), BTreeSet::from([Fault::Refused]));
    assert_eq!((group.replies, group.served, group.connections), (0, 0, 0));
    // A client rests 10, 20, 40 … ms, so it takes so many attempts at least that long.
    let attempts = seen.faults.div_ceil(4) as u32;
    let rests: u32 = (1..attempts.min(7)).map(|nth| 10 << (nth - 1)).sum();
    assert!(answer.span >= Duration::from_millis(u64::from(rests)), "{attempts}: {answer:?}");
}

#[test]
fn silence_is_a_fault_when_patience_ends() {
    let impatient = Clients { patience: Duration::from_millis(100), ..clients(4) };
    only("accepts-nobody", impatient.clone(), 8, Fault::Timeout);
    // It was asked to close the connection, and does not.
    let closing = Clients { keep_alive: false, patience: Duration::from_secs(1), ..impatient };
    assert!(only("stays-open", closing, 8, Fault::Timeout) >= 4);
}

#[test]
fn an_idle_connection_that_is_closed_is_a_fault() {
    let idle = Clients { pace: Pace::Idle, ..clients(20) };
    assert_eq!(only("announces-close", idle, 20, Fault::Closed), 20);
}
