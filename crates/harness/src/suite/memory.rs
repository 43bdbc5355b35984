//! What a peer can make the server hold. Never allocate from a declared length.

use super::Target;

/// How much the memory of a server may move for reasons of its own: stacks, caches of the allocator.
const ALLOWANCE: u64 = 8 << 20;

/// A huge Content-Length is refused, and reserves nothing.
pub fn declared_length(target: &Target) {
    let server = target.start(&[]);
    server.connect().get("/", 200);
    let before = server.tree().rss;
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
    let before = server.tree().rss;
    let clients: Vec<_> = (0..50)
        .map(|_| {
            let mut wire = server.connect();
            wire.get("/", 200);
            wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\nabc");
            wire
        })
        .collect();
    last.get("/delay/200", 200);
    within_allowance(&server, before);
    drop(clients);
}

/// A request line and a header block without end are cut off at their limits.
pub fn endless_line(target: &Target) {
    let server = target.start(&[]);
    server.connect().get("/", 200);
    let before = server.tree().rss;
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
fn within_allowance(server: &crate::Program, before: u64) {
    let after = server.tree().rss;
    let grown = after.saturating_sub(before);
    server.check(
        grown <= ALLOWANCE,
        format!("memory grows by at most {ALLOWANCE} bytes, grew by {grown} to {after}"),
    );
}
