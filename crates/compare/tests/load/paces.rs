//! What the clients do against a server that is right.

use crate::support::{LONG, clients, kinds, load, run_until, server};
use compare::load::{self, Clients, Load, Pace, Request, Watch};
use compare::results::Fault;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

#[test]
fn a_closed_loop_counts_what_it_sees() {
    let server = server("");
    let (answer, seen) = run_until(server.addr(), &load(clients(8)), |seen| seen.replies >= 4000);
    let group = &answer.groups[0];
    assert_eq!(kinds(&answer), BTreeSet::new());
    assert_eq!((group.clients, group.served, group.connections), (8, 8, 8));
    assert_eq!(group.replies, seen.replies, "the glimpses have shown all");
    assert_eq!(group.bytes, group.replies * 13);
    assert_eq!(group.latency.0.len(), group.replies);
    assert_eq!((seen.began, seen.ended), (1, 1));
    assert!(answer.busy > 0.0 && answer.busy <= 1.0, "{}", answer.busy);
    assert!(answer.span < LONG);
}

#[test]
#[cfg(target_os = "linux")]
fn threads_share_the_clients() {
    let server = server("");
    let cpu = compare::cpus::available().unwrap()[0];
    let mut all = load(clients(5));
    // Two threads, wherever they run.
    all.cpus = vec![cpu, cpu];
    let request = Request::GetAndEcho { path: "/".to_owned(), every: 3 };
    all.groups.push(Clients { name: "more", request, ..clients(2) });
    all.groups.push(Clients { name: "open", pace: Pace::Open { rate: 500.0 }, ..clients(3) });
    let (answer, _) = run_until(server.addr(), &all, |seen| seen.replies >= 4000);
    assert_eq!(kinds(&answer), BTreeSet::new());
    let served: Vec<_> = answer.groups.iter().map(|group| group.served).collect();
    assert_eq!(served[..2], [5, 2]);
}

#[test]
fn nothing_is_counted_before_the_warm_up_is_over() {
    let server = server("");
    let mut all = load(clients(2));
    all.warm_up = LONG;
    let stop = AtomicBool::new(true);
    struct Nobody;
    impl Watch for Nobody {
        fn begins(&self) {
            panic!("it was stopped before");
        }
    }
    let answer = load::run(server.addr(), &all, &Nobody, &stop).unwrap();
    assert_eq!((answer.groups[0].replies, answer.span), (0, Duration::ZERO));
}

#[test]
fn who_has_waited_since_the_warm_up_is_not_forgotten() {
    let server = server("accepts-one");
    let mut open = load(Clients { pace: Pace::Open { rate: 200.0 }, ..clients(8) });
    open.warm_up = Duration::from_secs(2);
    open.span = Duration::from_millis(300);
    let (answer, _) = run_until(server.addr(), &open, |_| false);
    let group = &answer.groups[0];
    // Eight connections stand in the backlog, and the one that is served could do all the work.
    assert_eq!((group.served, group.unserved), (1, 7));
    assert!(group.latency.0.max() >= 300_000, "{group:?}");
}

#[test]
fn a_connection_for_each_request() {
    let server = server("");
    for pace in [Pace::Closed, Pace::Open { rate: 500.0 }] {
        let churn = Clients { keep_alive: false, pace, ..clients(8) };
        let (answer, _) = run_until(server.addr(), &load(churn), |seen| seen.replies >= 500);
        let group = &answer.groups[0];
        assert_eq!(kinds(&answer), BTreeSet::new(), "{pace:?}");
        // At the beginning a client may still wait for the end of its last connection, and at the end for a reply.
        assert!((group.replies..=group.replies + 16).contains(&group.connections), "{pace:?}");
    }
}

#[test]
fn other_ways_to_end_a_reply_are_right_as_well() {
    for (model, kept) in [("chunked", true), ("announces-close", false), ("old", false)] {
        let server = server(model);
        let (answer, _) = run_until(server.addr(), &load(clients(4)), |seen| seen.replies >= 400);
        let group = &answer.groups[0];
        assert_eq!(kinds(&answer), BTreeSet::new(), "{model}");
        assert_eq!(group.connections == 4, kept, "{model}");
    }
}

#[test]
fn an_open_loop_loses_no_request() {
    let server = server("");
    let mut open = load(Clients { pace: Pace::Open { rate: 300.0 }, ..clients(8) });
    open.span = Duration::from_secs(2);
    let (answer, _) = run_until(server.addr(), &open, |_| false);
    let group = &answer.groups[0];
    assert_eq!(kinds(&answer), BTreeSet::new());
    // Each is a reply, or has waited until the end, on a slow machine; as may one that was due in the warm-up.
    assert_eq!(group.latency.0.len() - u64::from(group.unserved), 600);
    assert_eq!(answer.span, open.span);
}

#[test]
fn a_rate_that_nobody_can_serve_still_counts_replies() {
    let server = server("");
    let mut open = load(Clients { pace: Pace::Open { rate: 5_000_000.0 }, ..clients(4) });
    open.warm_up = Duration::from_millis(500);
    let (answer, _) = run_until(server.addr(), &open, |seen| seen.replies >= 100);
    let group = &answer.groups[0];
    assert_eq!(kinds(&answer), BTreeSet::new());
    assert!(group.replies >= 100 && group.unsent > group.replies, "{group:?}");
    assert!(group.latency.0.len() >= group.replies + group.unsent);
}

#[test]
fn all_at_once_and_then_it_is_over() {
    let server = server("");
    for keep_alive in [true, false] {
        let burst = Pace::Once { after: Duration::from_millis(20) };
        let burst = Clients { pace: burst, keep_alive, ..clients(50) };
        let (answer, _) = run_until(server.addr(), &load(burst), |_| false);
        let group = &answer.groups[0];
        assert_eq!(kinds(&answer), BTreeSet::new());
        assert_eq!((group.replies, group.served, group.connections), (50, 50, 50));
        assert!(answer.span >= Duration::from_millis(20) && answer.span < LONG);
    }
}

#[test]
fn a_burst_against_nobody_is_over_as_well() {
    let server = server("refuses");
    let burst = Clients { pace: Pace::Once { after: Duration::ZERO }, ..clients(50) };
    let (answer, _) = run_until(server.addr(), &load(burst), |_| false);
    assert_eq!(answer.groups[0].errors, [(Fault::Refused, 50)].into());
}

#[test]
fn it_begins_when_an_idle_crowd_is_full() {
    let server = server("");
    let crowd = load(Clients { pace: Pace::Idle, ..clients(400) });
    let full = || {
        let (answer, _) = run_until(server.addr(), &crowd, |seen| seen.began > 0);
        let group = &answer.groups[0];
        assert_eq!(kinds(&answer), BTreeSet::new());
        (group.served, group.unserved, group.replies, answer.replies) == (400, 0, 400, 400)
    };
    // A server that gets no CPU for long looks like one that will answer nobody else.
    assert!((0..10).any(|_| full()));
}

#[test]
fn a_crowd_that_nobody_answers_keeps_nobody_waiting() {
    let server = server("accepts-nobody");
    let patience = Duration::from_millis(200);
    let crowd = load(Clients { pace: Pace::Idle, patience, ..clients(60) });
    let (answer, _) = run_until(server.addr(), &crowd, |seen| seen.faults >= 60);
    assert_eq!((answer.groups[0].replies, answer.groups[0].unserved), (0, 60));
    assert_eq!(answer.groups[0].errors, [(Fault::Timeout, 60)].into());
}

#[test]
fn a_slow_reader_takes_its_time() {
    let server = server("");
    let request = Request::Get("/bytes/600000".to_owned());
    let slow = Clients { request, reads: Some(1_000_000), ..clients(2) };
    let (answer, _) = run_until(server.addr(), &load(slow), |seen| seen.replies >= 6);
    let group = &answer.groups[0];
    assert_eq!(kinds(&answer), BTreeSet::new());
    // Whatever they have read counts: not the part of their first replies that came before, but that of the next ones.
    assert!(group.bytes > (group.replies - 2) * 600_000, "{group:?}");
    let most = 2_000_000.0 * (answer.span.as_secs_f64() + 2.0);
    assert!((group.bytes as f64) < most, "{group:?} in {:?}", answer.span);
    assert!(group.latency.0.min() >= 500_000, "{} µs", group.latency.0.min());
}

#[test]
fn a_wish_to_stop_is_heard() {
    let server = server("accepts-nobody");
    let stop = AtomicBool::new(false);
    struct Stops<'a>(&'a AtomicBool);
    impl Watch for Stops<'_> {
        fn begins(&self) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let began = Instant::now();
    let all = load(clients(4));
    let answer = load::run(server.addr(), &all, &Stops(&stop), &stop).unwrap();
    assert!(began.elapsed() < LONG && answer.span < LONG);
}

#[test]
fn what_cannot_be_sent_is_refused_in_one_line() {
    let refused = |load: &Load| {
        let stop = AtomicBool::new(false);
        struct Nobody;
        impl Watch for Nobody {}
        let addr = "127.0.0.1:9".parse().unwrap();
        load::run(addr, load, &Nobody, &stop).unwrap_err().to_string()
    };
    let path = |path: &str| load(Clients { request: Request::Get(path.to_owned()), ..clients(1) });
    assert!(refused(&path("no path")).contains("is no path"));
    assert!(refused(&path("/a\r\nb")).contains("is no path"));
    let rate = load(Clients { pace: Pace::Open { rate: 0.0 }, ..clients(1) });
    assert!(refused(&rate).contains("rate"));
    let request = Request::GetAndEcho { path: "/".to_owned(), every: 0 };
    assert!(refused(&load(Clients { request, ..clients(1) })).contains("POST"));
    // 1,000 is a CPU that may be named and that no machine of these tests has; a million cannot even be named.
    for cpu in [1000, 1_000_000] {
        let mut far = load(clients(1));
        far.cpus = vec![cpu];
        assert!(refused(&far).contains(&format!("cannot run on CPU {cpu}")), "{}", refused(&far));
    }
}
