//! Patience: how long a peer may hold a connection without doing its part.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::Target;

/// A peer that never says anything is dropped, in an orderly way.
pub fn silent_peer(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    let mut wire = server.connect();
    let last = wire.read_to_end();
    wire.check(
        last.is_empty() || last.starts_with(b"HTTP/1.1 408 "),
        "the end, with 408 or nothing before it",
    );
    server.connect().get("/", 200);
}

/// A peer that is silent after its reply is dropped.
pub fn silent_after_reply(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    let mut wire = server.connect();
    wire.get("/", 200);
    let last = wire.read_to_end();
    wire.check(
        last.is_empty() || last.starts_with(b"HTTP/1.1 408 "),
        "the end, with 408 or nothing before it",
    );
}

/// Headers that trickle in are cut off by 408: each byte in time does not make the whole in time.
pub fn slow_headers(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    let mut wire = server.connect();
    wire.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    let mut sender = wire.stream().try_clone().unwrap_or_else(|error| wire.fail(error));
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // The slow peer is the subject here; nothing waits for this sleep.
            while !enough.load(Ordering::Relaxed) && sender.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        });
        let _stop = OnDrop(|| enough.store(true, Ordering::Relaxed));
        wire.expect_reply("GET", 408);
        wire.expect_gone();
    });
}

/// A body that stops in the middle is given up.
pub fn slow_body(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    let mut wire = server.connect();
    wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    let last = wire.read_to_end();
    wire.check(
        last.is_empty() || last.starts_with(b"HTTP/1.1 408 "),
        "the end, with 408 or nothing before it",
    );
}

/// The line services have patience too, and it starts anew with each message.
pub fn silent_line_peer(target: &Target) {
    let server = target.start(&["--service", "echo", "--patience", "1"]);
    let mut wire = server.connect();
    wire.send("one");
    wire.expect("one");
    wire.expect_end();
}

/// Runs a closure at the end of a scope, also when it ends by a panic.
pub(super) struct OnDrop<F: FnMut()>(pub(super) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
