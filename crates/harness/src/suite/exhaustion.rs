//! The kernel refuses: no descriptor for another connection, no thread for another client.

use std::time::Duration;

use super::churn::cpu_while;
use super::{Target, contract, skipped};
use crate::{Program, Wire};

/// The limit of descriptors, and the clients that come: more than the server can accept.
const DESCRIPTORS: u64 = 32;
const CLIENTS: usize = 60;

/// The limit of threads: less than the clients, less than a pool has by default.
const TASKS: u32 = 40;

/// How long a full server is watched, and how much CPU time it may use meanwhile: a spinning one uses all.
const WATCH: Duration = Duration::from_secs(2);
const BUSY: Duration = Duration::from_millis(100);

/// EMFILE at `accept`: the server survives, does not spin, and serves again when clients leave. One that hands its
/// clients to other processes does not run out.
pub fn descriptors(target: &Target) {
    let server = target.launch().limit("-n", DESCRIPTORS).start();
    let (served, others) = filled(&server);
    server.eventually(
        "the server takes clients until its descriptors are used up, or all are served",
        || server.reading().fds + 3 >= DESCRIPTORS as usize || others.iter().all(Wire::has_bytes),
    );
    rests_and_recovers(&server, served, others);
}

/// No thread to be had: a server that needs none of its own survives, does not spin, and serves again when clients leave;
/// one that needs all its threads from the start says so in one line, before it says that it listens.
pub fn threads(target: &Target) {
    let Some(launch) = target.launch().limit_tasks(TASKS) else {
        return skipped(
            "exhaustion::threads: neither setpriv nor unshare can limit the threads of one program here",
        );
    };
    let Ok(server) = launch.try_start() else {
        let end = launch.run();
        contract::one_error_line(&end, 1);
        return assert!(
            end.stdout.is_empty(),
            "expected: no ready line from a server that cannot serve\n{end}"
        );
    };
    let (served, others) = filled(&server);
    rests_and_recovers(&server, served, others);
}

/// A full server does not spin, goes on with the client that it serves, and takes new ones when the others leave.
fn rests_and_recovers(server: &Program, mut served: Wire, others: Vec<Wire>) {
    let busy = cpu_while(server, WATCH);
    server.check(
        busy <= BUSY,
        format!("a full server uses at most {BUSY:?} of CPU time in {WATCH:?}, used {busy:?}"),
    );
    served.get("/", 200);
    drop(others);
    server.connect().get("/", 200);
    served.get("/", 200);
}

/// One client that is served, and more than the server can take.
fn filled(server: &Program) -> (Wire, Vec<Wire>) {
    let mut served = server.connect();
    served.get("/", 200);
    let mut others: Vec<Wire> = (0..CLIENTS).map(|_| server.connect()).collect();
    for wire in &mut others {
        // One that the server has turned away cannot be written to.
        let _ = wire.try_send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    (served, others)
}
