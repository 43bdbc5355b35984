//! A client that never reads its large reply.

use super::Target;
use super::churn::{at_rest, is_back};
use super::stop::ended_well;
use crate::{Program, Wire};

/// More than the socket buffers of both sides together.
const LARGE: usize = 64 << 20;

/// What the server may hold for it: not the reply, only a buffer.
const HELD: u64 = 8 << 20;

/// Others are served meanwhile, little memory is held, and the reply is whole when it is read at last.
pub fn others_are_served(target: &Target) {
    let server = target.start(&[]);
    server.connect().get("/", 200);
    let before = server.memory();
    let mut stuck = stuck_client(&server);
    for _ in 0..20 {
        server.connect().get("/", 200);
    }
    let grown = server.memory().saturating_sub(before);
    server.check(
        grown <= HELD,
        format!("a client that does not read holds at most {HELD} bytes, holds {grown}"),
    );
    let reply = stuck.expect_reply("GET", 200);
    stuck.check(
        reply.body.len() == LARGE,
        format!("{LARGE} bytes in the end, got {}", reply.body.len()),
    );
    stuck.get("/", 200);
}

/// It is dropped when the server's patience ends, and its descriptor is free again.
pub fn is_dropped(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    server.connect().get("/", 200);
    let rest = at_rest(&server);
    let stuck = stuck_client(&server);
    server.eventually("the client that never reads is dropped", || is_back(&server, &rest));
    drop(stuck);
    server.connect().get("/", 200);
}

/// The stop does not wait for it longer than the contract allows.
pub fn does_not_hold_up_the_stop(target: &Target) {
    let mut server = target.start(&[]);
    let _stuck = stuck_client(&server);
    ended_well(&mut server);
}

/// A client that has asked for a large reply and stands still.
#[track_caller]
fn stuck_client(server: &Program) -> Wire {
    let mut wire = server.connect();
    // The reply to the first request proves that the second was received too: both are one segment.
    wire.send(format!(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /bytes/{LARGE} HTTP/1.1\r\nHost: a\r\n\r\n"
    ));
    wire.expect_reply("GET", 200);
    server.eventually("the large reply begins", || wire.has_bytes());
    wire
}
