//! A handler that brings its process down: `/abort` behind `--allow-crash`. Who dies with it?

use std::os::unix::process::ExitStatusExt;
use std::time::Instant;

use super::Target;
use super::churn::{at_rest, is_back};
use crate::{Launch, Program, Wire};

/// The number of SIGABRT, which abort(3) raises, on every Unix.
const SIGABRT: i32 = 6;

/// An abort ends a process. Where that is the client's own, the server goes on as before; elsewhere it is the server.
pub fn costs_a_process(target: &Target) {
    let mut server = crashing(target).start();
    server.connect().get("/", 200);
    let rest = at_rest(&server);
    for _ in 0..3 {
        aborted(&server);
        if !target.nature().dies_alone() {
            return died(&mut server);
        }
        server.eventually("as many processes as before", || is_back(&server, &rest));
        server.connect().get("/", 200);
    }
}

/// An abort in company: it costs one connection where that has a process of its own, and all of them elsewhere.
pub fn beside_others(target: &Target) {
    let mut server = crashing(target).start();
    let mut kept = [server.connect(), server.connect()];
    kept.iter_mut().for_each(|wire| drop(wire.get("/", 200)));
    aborted(&server);
    if target.nature().dies_alone() {
        kept.iter_mut().for_each(|wire| drop(wire.get("/", 200)));
        server.connect().get("/", 200);
    } else {
        kept.iter_mut().for_each(Wire::expect_gone);
        died(&mut server);
    }
}

/// A server that leaves no core file when it dies.
fn crashing(target: &Target) -> Launch {
    target.launch().args(["--allow-crash"]).limit("-c", 0)
}

#[track_caller]
fn aborted(server: &Program) {
    let mut wire = server.connect();
    wire.request("GET", "/abort");
    wire.expect_gone();
}

#[track_caller]
fn died(server: &mut Program) {
    let end = server.wait(Instant::now(), "after /abort");
    server.check(
        end.status.signal() == Some(SIGABRT),
        format!("the server dies by SIGABRT, got {}", end.status),
    );
}
