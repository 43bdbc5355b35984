//! A handler that fails: `/panic` behind `--allow-crash`.

use super::Target;
use crate::Program;

/// A panic costs its own connection and no other.
pub fn costs_one_connection(target: &Target) {
    let server = target.start(&["--allow-crash"]);
    let mut kept = server.connect();
    kept.get("/", 200);
    let mut late = server.connect();
    late.request("GET", "/delay/500");
    for _ in 0..3 {
        let mut wire = server.connect();
        wire.request("GET", "/panic");
        wire.expect_gone();
    }
    late.expect_reply("GET", 200);
    kept.get("/", 200);
    server.connect().get("/", 200);
}

/// Many panics one after the other: the server goes on.
pub fn costs_no_server(target: &Target) {
    let server = target.start(&["--allow-crash"]);
    twenty_panics(&server);
    server.connect().get("/", 200);
}

/// Many panics one after the other: no worker is lost, however few there are.
pub fn costs_no_worker(target: &Target) {
    let (two_at_a_time, _) = target.capacity(2).unwrap_or_default();
    let server = target.launch().args(["--allow-crash"]).args(two_at_a_time).start();
    twenty_panics(&server);
    let (mut one, mut two) = (server.connect(), server.connect());
    one.get("/", 200);
    two.get("/", 200);
}

#[track_caller]
fn twenty_panics(server: &Program) {
    for _ in 0..20 {
        let mut wire = server.connect();
        wire.request("GET", "/panic");
        wire.expect_gone();
    }
}
