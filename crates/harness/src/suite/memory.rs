//! What a peer can make the server hold. Never allocate from a declared length.

use super::Target;
use crate::{Program, Wire};

/// How much the memory of a server may move for reasons of its own: stacks, caches of the allocator.
const ALLOWANCE: u64 = 8 << 20;

/// A huge Content-Length is refused, and reserves nothing.
pub fn declared_length(target: &Target) {
    let server = target.start(&[]);
    server.connect().get("/", 200);
    let before = server.memory();
    for length in ["999999999999999", "18446744073709551615", "99999999999999999999999999"] {
        let mut wire = server.connect();
        wire.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nabc"));
        let status = wire.reply("POST").status;
        wire.check(
            matches!(status, 413 | 400),
            format!("413 (or 400) for a Content-Length of {length}, got {status}"),
        );
    }
    // A chunk declares its length too.
    let mut wire = server.connect();
    wire.send(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\nabc",
    );
    let status = wire.reply("POST").status;
    wire.check(
        matches!(status, 413 | 400),
        format!("413 (or 400) for a chunk of fffffffffffff, got {status}"),
    );
    within_allowance(&server, before);
    server.connect().get("/", 200);
}

/// Fifty clients that declare a body of 1 MiB each and send three bytes of it hold no 50 MiB.
pub fn many_declared_lengths(target: &Target) {
    let server = target.start(&[]);
    let mut last = server.connect();
    last.get("/", 200);
    let mut clients = idle(50, || server.connect());
    let before = server.memory();
    for wire in &mut clients {
        // The reply to the first request proves that the second was received too: both are one segment.
        let declared = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\nabc";
        wire.send(format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{declared}"));
        wire.expect_reply("GET", 200);
    }
    last.get("/delay/200", 200);
    within_allowance(&server, before);
}

/// How many clients ask for a large reply and do not read it, and what each may hold of the server's memory: 64 KiB of
/// the reply, in a buffer that may be twice as large. Every model of the course was seen at 68 to 74 KiB.
const READERS: usize = 200;
const HELD: u64 = 128 << 10;

/// Two hundred clients that ask for 64 MiB each and never read: a buffer is held for each, and others are served.
pub fn readers_that_never_read(target: &Target) {
    let server = target.with_room_for(READERS + 10).start();
    let mut last = server.connect();
    last.get("/", 200);
    let mut readers = idle(READERS, || server.connect_narrow());
    let before = server.memory();
    readers.iter_mut().for_each(|wire| wire.request("GET", "/bytes/67108864"));
    server.eventually("every large reply begins", || readers.iter().all(Wire::has_bytes));
    let mut most = 0;
    for _ in 0..10 {
        last.get("/", 200);
        server.connect().get("/", 200);
        most = most.max(server.memory());
    }
    let each = most.saturating_sub(before) / READERS as u64;
    server.check(
        each <= HELD,
        format!("each client that does not read holds at most {HELD} bytes, holds {each}"),
    );
}

/// Clients that have had a reply each, so that what a model spends on a client is spent.
#[track_caller]
fn idle(n: usize, connect: impl Fn() -> Wire) -> Vec<Wire> {
    let mut clients: Vec<_> = (0..n).map(|_| connect()).collect();
    clients.iter_mut().for_each(|wire| drop(wire.get("/", 200)));
    clients
}

/// A request line and a header block without end are cut off at their limits.
pub fn endless_line(target: &Target) {
    let server = target.start(&[]);
    server.connect().get("/", 200);
    let before = server.memory();
    for (start, status) in [("GET /", 414), ("GET / HTTP/1.1\r\nHost: a\r\nX-Endless: ", 431)] {
        let mut wire = server.connect();
        wire.send(start);
        // The server may close as soon as it has answered.
        let _ = wire.try_send(vec![b'x'; 1 << 20]);
        wire.expect_reply("GET", status);
    }
    within_allowance(&server, before);
}

#[track_caller]
fn within_allowance(server: &Program, before: u64) {
    let after = server.memory();
    let grown = after.saturating_sub(before);
    server.check(
        grown <= ALLOWANCE,
        format!("memory grows by at most {ALLOWANCE} bytes, grew by {grown} to {after}"),
    );
}
