//! A server that stands still for 200 ms once a second: who sees it, and who does not (coordinated omission).

use crate::support::{Seen, clients, kinds, load, run_until, server};
use compare::load::{Clients, Pace};
use std::collections::BTreeSet;
use std::time::Duration;

/// A latency that only the stall explains, in microseconds.
const SLOW: u64 = 150_000;

/// There was a stall, and so many replies.
fn enough(seen: &Seen, replies: u64) -> bool {
    seen.longest >= SLOW && seen.replies >= replies
}

#[test]
fn an_open_loop_shows_a_stall() {
    let server = server("stalls");
    // As many clients as requests come in a stall: nobody is held up by the clients' own number.
    let open = load(Clients { pace: Pace::Open { rate: 1000.0 }, ..clients(256) });
    let (answer, _) = run_until(server.addr(), &open, |seen| enough(seen, 3000));
    let latency = &answer.groups[0].latency.0;
    assert_eq!(kinds(&answer), BTreeSet::new());
    let p999 = latency.value_at_quantile(0.999);
    assert!(p999 >= SLOW, "p99.9 is {p999} µs, max {} µs", latency.max());
}

#[test]
fn a_single_client_is_enough_to_show_it() {
    let server = server("stalls");
    // It sends one request in a stall, like the closed loop below. The others are due, and count from then.
    let open = load(Clients { pace: Pace::Open { rate: 1000.0 }, ..clients(1) });
    let (answer, _) = run_until(server.addr(), &open, |seen| enough(seen, 3000));
    let latency = &answer.groups[0].latency.0;
    let p999 = latency.value_at_quantile(0.999);
    assert!(p999 >= SLOW, "p99.9 is {p999} µs, max {} µs", latency.max());
}

#[test]
fn a_closed_loop_hides_it() {
    let server = server("stalls");
    // One client asks some thousand times a second. While the server stands still it waits, and asks nothing: one slow
    // reply among thousands. Whoever had come meanwhile would have waited as well, but nobody has.
    let (answer, _) = run_until(server.addr(), &load(clients(1)), |seen| enough(seen, 5000));
    let latency = &answer.groups[0].latency.0;
    let p999 = latency.value_at_quantile(0.999);
    assert!(latency.max() >= SLOW, "the stall was there: {} µs", latency.max());
    assert!(p999 < SLOW, "p99.9 is {p999} µs");
}

#[test]
fn a_server_that_stands_still_to_the_end_does_not_look_good() {
    let server = server("accepts-nobody");
    let mut open = load(Clients { pace: Pace::Open { rate: 100.0 }, ..clients(4) });
    open.span = Duration::from_secs(1);
    let (answer, _) = run_until(server.addr(), &open, |_| false);
    let group = &answer.groups[0];
    assert_eq!(group.replies, 0);
    // There are a hundred that were due in the second, whatever the machine does, and those that were sent before it.
    assert_eq!(group.latency.0.len() - u64::from(group.unserved), 100);
    assert!(group.unsent >= 96 && group.unserved <= 4, "four were sent: {group:?}");
    let median = group.latency.0.value_at_quantile(0.5);
    assert!((480_000..=520_000).contains(&median), "they have waited for half a second: {median}");
}
