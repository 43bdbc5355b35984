//! A handler that burns CPU: who has to wait for it? Told by the order of the replies, never by a clock.

use std::time::Duration;

use super::Target;
use super::nature::Held;
use crate::{Program, Wire};

/// What one request may burn, in microseconds: the most there is.
pub(super) const LONG: usize = 1_000_000;

/// So many requests are answered together, before any reply is sent.
const BATCH: usize = 15;

/// Requests of one client that would keep a server busy for six seconds, and what each burns, in microseconds.
const MANY: usize = 200;
const SHORT: usize = 30_000;

/// Where handlers run beside each other, the second client is served while the first has not one reply. Where one thread
/// runs them all, it waits until the handler of the first is done.
pub fn who_waits(target: &Target) {
    let server = target.start(&[]);
    let mut second = server.connect();
    second.get("/", 200);
    match target.nature().held_by_a_handler() {
        Held::Nobody => {
            let first = burning(&server, BATCH, LONG);
            second.get("/", 200);
            first.check(!first.has_bytes(), "the second client is served while the first waits");
        }
        Held::Everybody => {
            let first = burning(&server, 1, LONG);
            second.get("/", 200);
            // The kernel may be a moment late with it; the handler of the first takes much longer than that.
            let done = crate::holds_within(Duration::from_millis(200), || first.has_bytes());
            first.check(done, "the first client is served before the second, by the one thread");
        }
        Held::Sometimes => {
            let mut first = burning(&server, 1, LONG);
            second.get("/", 200);
            first.expect_reply("GET", 200);
        }
    }
}

/// One client's many requests are not all answered before somebody else's one.
pub fn takes_turns(target: &Target) {
    let server = target.start(&[]);
    let mut second = server.connect();
    second.get("/", 200);
    let first = burning(&server, MANY, SHORT);
    second.get("/", 200);
    let replies = first.unread(1 << 20);
    let replies = replies.windows(9).filter(|bytes| bytes == b"HTTP/1.1 ").count();
    first.check(
        replies < MANY,
        format!("the second client is served before the last of the {MANY} replies to the first"),
    );
}

/// A client whose requests are in one segment, and are being handled.
#[track_caller]
pub(super) fn burning(server: &Program, requests: usize, microseconds: usize) -> Wire {
    let mut wire = server.connect();
    wire.get("/", 200);
    let used = || {
        let tree = server.tree();
        tree.cpu + tree.reaped_cpu
    };
    let before = used();
    let request = format!("GET /spin/{microseconds} HTTP/1.1\r\nHost: a\r\n\r\n");
    wire.send(request.repeat(requests));
    let some = Duration::from_millis(30);
    // On a machine with much else to do, it may be over before it is seen.
    server.eventually("the handler burns CPU time", || used() >= before + some || wire.has_bytes());
    wire
}
