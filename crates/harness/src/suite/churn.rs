//! After many connections nothing is left of them.

use std::thread;
use std::time::Duration;

use super::Target;
use crate::Program;
use crate::proc::{self, Reading};

/// How many connections the suite makes; the tests of the course make ten times as many.
const CONNECTIONS: usize = 2_000;

/// How much memory may stay behind, whatever the number of connections was.
const ALLOWANCE: u64 = 8 << 20;

/// How long the CPU time of the idle server is watched.
const WATCH: Duration = Duration::from_secs(2);

/// So many clients at a time: each worker of a pool has had many of the first hundred, and has grown as much as it will.
const PLACES: usize = 8;

/// After 2,000 connections: see [`leaves_nothing_after`].
pub fn leaves_nothing(target: &Target) {
    leaves_nothing_after(target, CONNECTIONS);
}

/// After `n` connections: memory within 8 MiB; as many descriptors, threads and processes as before, no zombie; idle CPU
/// under 1 %.
pub fn leaves_nothing_after(target: &Target, n: usize) {
    let server = target.with_room_for(PLACES).start();
    // The baseline is a server that has already made what it makes once.
    connections(&server, 100);
    server.connect().get("/", 200);
    let before = at_rest(&server);
    let memory = server.memory();
    connections(&server, n);
    server.eventually("descriptors, threads and processes are back at the baseline", || {
        is_back(&server, &before)
    });
    let grown = server.memory().saturating_sub(memory);
    server.check(
        grown <= ALLOWANCE,
        format!("memory within {ALLOWANCE} bytes of before, grew by {grown}"),
    );
    let busy = cpu_while(&server, WATCH);
    server.check(
        busy <= WATCH / 100,
        format!("an idle server uses at most 1 % of a CPU, used {busy:?} in {WATCH:?}"),
    );
    server.connect().get("/", 200);
}

/// A reading of a server that has done with the clients it had.
#[track_caller]
pub(super) fn at_rest(server: &Program) -> Reading {
    let mut last = server.tree();
    let mut looks = 0;
    server.eventually("the server comes to rest", || {
        thread::sleep(Duration::from_millis(50));
        let before = std::mem::replace(&mut last, server.tree());
        looks = if is_as(&last, &before) { looks + 1 } else { 0 };
        // What is quiet may also just be slow: only without a connection there is nothing left to do.
        looks >= 3 && proc::connections(server.addr()).is_ok_and(|open| open == 0)
    });
    last
}

/// Whether the server has as many descriptors, threads and processes as it had at rest.
#[track_caller]
pub(super) fn is_back(server: &Program, rest: &Reading) -> bool {
    is_as(&server.tree(), rest)
}

fn is_as(now: &Reading, before: &Reading) -> bool {
    let counts = |one: &Reading| (one.fds, one.threads, one.processes);
    // One who is dead and not waited for is no rest.
    now.zombies == 0 && counts(now) == counts(before)
}

/// The CPU time that the server uses during a time in which nobody asks for anything.
pub(super) fn cpu_while(server: &Program, time: Duration) -> Duration {
    let before = server.tree();
    thread::sleep(time);
    let after = server.tree();
    (after.cpu + after.reaped_cpu).saturating_sub(before.cpu + before.reaped_cpu)
}

/// Connections of every kind, one after the other.
#[track_caller]
fn connections(server: &Program, n: usize) {
    for number in 0..n {
        let mut wire = server.connect();
        match number % 8 {
            0 => {}
            1 => wire.reset(),
            2 => {
                wire.send("GET / HTTP/1.1\r\nHo");
                wire.half_close();
                wire.read_to_end();
            }
            3 => {
                wire.send("GET /bytes/50000 HTTP/1.1\r\nHost: a\r\n\r\n");
                wire.reset();
            }
            _ => {
                wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                wire.expect_reply("GET", 200);
                wire.expect_end();
            }
        }
    }
}
