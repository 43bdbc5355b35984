//! How many at once: seen by the servers.

use crate::run::{DEADLINE, Gauge, ends, fetch, objects, ok};
use harness::site::Site;
use harness::{eventually, holds_within};
use std::sync::{Arc, Barrier};

#[test]
fn as_many_as_allowed_at_once_and_not_one_more() {
    // Five at a time are let in together: with fewer, nobody would ever get out.
    let door = Barrier::new(5);
    let site = Site::start(move |_| {
        door.wait();
        ok()
    });
    let urls = (0..100).map(|n| site.url(&format!("/{n}")));
    ends(&fetch("--at-once 5 --per-host 10", urls).run(), 0);
    assert_eq!((site.requests().len(), site.most_at_once()), (100, 5));
}

#[test]
fn six_at_a_host_unless_told_otherwise() {
    let door = Barrier::new(6);
    let site = Site::start(move |_| {
        door.wait();
        ok()
    });
    ends(&fetch("", (0..60).map(|n| site.url(&format!("/{n}")))).run(), 0);
    assert_eq!((site.requests().len(), site.most_at_once()), (60, 6));
}

#[test]
fn both_limits_hold_over_several_hosts() {
    let gauge = Gauge::default();
    let sites: Vec<_> = (0..4)
        .map(|_| {
            let gauge = gauge.clone();
            Site::start(move |_| {
                gauge.pass(7);
                ok()
            })
        })
        .collect();
    // All of one host, then all of the next: the second limit is reached only if hosts take turns.
    let urls = sites.iter().flat_map(|site| (0..40).map(|n| site.url(&format!("/{n}"))));
    ends(&fetch("--at-once 7 --per-host 2", urls).run(), 0);
    assert_eq!(gauge.most(), 7);
    for site in &sites {
        assert_eq!(site.requests().len(), 40);
        assert!(site.most_at_once() <= 2, "{} at once", site.most_at_once());
    }
}

#[test]
fn the_same_host_is_the_same_name_and_port() {
    let site = Site::start(|_| ok());
    let urls = (0..20).map(|n| site.url(&format!("/{n}")));
    let urls = urls.chain((0..20).map(|n| site.url_at("localhost", &format!("/{n}"))));
    ends(&fetch("--at-once 8 --per-host 1", urls).run(), 0);
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(site.most_at_once_at(host), 1, "{host}");
    }
    assert_eq!(site.requests().len(), 40);
}

#[test]
fn connections_are_used_again() {
    let site = Site::start(|_| ok());
    let end =
        fetch("--json --at-once 8 --per-host 8", (0..200).map(|n| site.url(&format!("/{n}"))))
            .run();
    ends(&end, 0);
    assert_eq!(objects(&end).0.len(), 200);
    assert!(site.connections() <= 8, "200 requests, 8 at once: {} connections", site.connections());
}

#[test]
fn a_slow_host_holds_up_nobody_else() {
    let fast = Arc::new(Site::start(|_| ok()));
    let watched = fast.clone();
    let slow = Site::start(move |_| {
        // If it held up the others, this would never be so.
        assert!(holds_within(DEADLINE, || watched.requests().len() == 50));
        ok()
    });
    let urls = (0..50).map(|n| slow.url(&format!("/{n}")));
    let urls = urls.chain((0..50).map(|n| fast.url(&format!("/{n}"))));
    ends(&fetch("--at-once 4 --per-host 3", urls).run(), 0);
    assert_eq!((slow.requests().len(), slow.most_at_once()), (50, 3));
}

#[test]
fn what_comes_late_on_stdin_is_fetched_at_once() {
    let site = Site::start(|_| ok());
    let mut running = fetch("", [""; 0]).open_stdin().begin();
    for n in 1..=3 {
        running.write(format!("{}\n", site.url(&format!("/{n}"))));
        eventually(DEADLINE, "the request is there", || site.requests().len() == n);
        running.eventually("its line is there", || running.stdout().lines().count() == n);
    }
    running.end_stdin();
    ends(&running.finish(), 0);
}
