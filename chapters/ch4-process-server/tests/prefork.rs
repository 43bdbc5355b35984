//! `prefork`: workers die, and are replaced.
#![cfg(target_os = "linux")]

mod support;

use std::time::{Duration, Instant};
use support::{
    ask_late, children, client_and_child, has_ended, idle_clients, in_flight, kill, ours,
};

#[test]
fn a_worker_killed_in_the_middle_of_a_request_costs_its_client_alone() {
    let server = ours("prefork", "--workers 4").start();
    let mut kept = idle_clients(&server, 2);
    let (mut lost, worker) = client_and_child(&server);
    ask_late(&mut lost, 60_000);
    let mut late = in_flight(&server, 1_000);
    kill("KILL", worker);
    lost.expect_gone();
    server.eventually("the dead worker is replaced", || {
        let workers = children(&server);
        workers.len() == 4 && !workers.contains(&worker)
    });
    kept.iter_mut().for_each(|client| drop(client.get("/", 200)));
    late.expect_reply("GET", 200);
    // Three clients keep their workers, so this one is served by the new one.
    server.connect().get("/", 200);
    let line = "warning: a child was ended by SIGKILL; its connection is closed";
    server.eventually("one line about it", || server.stderr().trim_end() == line);
}

#[test]
fn workers_that_die_at_once_are_replaced_in_no_hurry() {
    const DEATHS: usize = 14;
    /// 1, 2, 4 … 256, 256 … ms: the pauses between so many workers, at least.
    const PAUSES: Duration = Duration::from_millis(1_000);

    let server = ours("prefork", "--workers 1").start();
    let start = Instant::now();
    for _ in 0..DEATHS {
        let mut worker = None;
        server.eventually("there is a worker", || {
            worker = children(&server).into_iter().find(|worker| !has_ended(*worker));
            worker.is_some()
        });
        let worker = worker.expect("it was found");
        kill("KILL", worker);
        server.eventually("it is dead", || has_ended(worker));
    }
    let took = start.elapsed();
    server
        .check(took >= PAUSES, format!("{DEATHS} deaths in a row take {PAUSES:?}, took {took:?}"));
    let busy = server.reading().cpu;
    server.check(busy < took / 4, format!("a parent that waits, used {busy:?} of {took:?}"));
    server.connect().get("/", 200);
}

#[test]
fn all_workers_may_die_together() {
    let server = ours("prefork", "--workers 16").start();
    let first = children(&server);
    first.iter().for_each(|worker| kill("KILL", worker));
    server.eventually("16 others have taken their place", || {
        let workers = children(&server);
        workers.len() == 16 && workers.is_disjoint(&first)
    });
    let clients = idle_clients(&server, 16);
    server.check(server.tree().zombies == 0, "no zombie");
    drop(clients);
}

#[test]
fn one_client_wakes_one_worker() {
    let server = ours("prefork", "--workers 8").start();
    // Each of them has gone to sleep once.
    drop(idle_clients(&server, 8));
    let before = sleeps(&server);
    for _ in 0..20 {
        drop(idle_clients(&server, 1));
    }
    let woken = sleeps(&server) - before;
    // Accept, read, end: a herd would be 20 times 8, and that for `accept` alone.
    server.check(woken < 160, format!("20 clients wake few workers, {woken} times"));
}

/// How often the workers have gone to sleep, all together.
fn sleeps(server: &harness::Program) -> u64 {
    server.eventually("the workers are at rest", || {
        children(server)
            .iter()
            .all(|worker| harness::proc::state(*worker).is_ok_and(|it| it == 'S'))
    });
    let of = |worker: u32| harness::proc::of(worker).map_or(0, |reading| reading.voluntary);
    children(server).into_iter().map(of).sum()
}
