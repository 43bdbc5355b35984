//! Peers that misbehave: nobody else may notice.

use super::Target;
use crate::{Program, Wire, together};

/// A thousand clients that connect and go at once, some by a reset.
pub fn quick_connections(target: &Target) {
    let server = target.start(&[]);
    together(4, |_| {
        for round in 0..250 {
            let wire = server.connect();
            if round % 2 == 0 {
                wire.reset();
            }
        }
    });
    server.connect().get("/", 200);
}

/// A reset in the middle of a request costs nobody anything.
pub fn reset_before_request(target: &Target) {
    let server = target.start(&[]);
    let mut other = server.connect();
    for half in [
        "",
        "GET / HT",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        "GET /delay/100 HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        for _ in 0..10 {
            let mut wire = server.connect();
            wire.send(half);
            wire.reset();
        }
        other.get("/", 200);
    }
}

/// A reset in the middle of a large reply makes the server's write fail (EPIPE, ECONNRESET), and nothing else.
pub fn reset_in_reply(target: &Target) {
    let server = target.start(&[]);
    for _ in 0..20 {
        large_reply(&server).reset();
        server.connect().get("/", 200);
    }
}

/// The same beside a client that stays.
pub fn reset_beside_a_reply(target: &Target) {
    let server = target.start(&[]);
    let mut other = server.connect();
    for _ in 0..20 {
        large_reply(&server).reset();
        other.get("/", 200);
    }
}

/// A reset in the middle of a stream through `echo`.
pub fn reset_in_echo(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    for _ in 0..20 {
        long_echo(&server).reset();
        let mut next = server.connect();
        next.send("still there");
        next.expect("still there");
    }
}

/// The same beside a client that stays.
pub fn reset_beside_an_echo(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut other = server.connect();
    for _ in 0..20 {
        long_echo(&server).reset();
        other.send("still there");
        other.expect("still there");
    }
}

/// A client that has read the beginning of a large reply.
#[track_caller]
fn large_reply(server: &Program) -> Wire {
    let mut wire = server.connect();
    wire.request("GET", "/bytes/50000000");
    wire.read_exact(1000);
    wire
}

/// A client that has read the beginning of what it sent.
#[track_caller]
fn long_echo(server: &Program) -> Wire {
    let mut wire = server.connect();
    wire.send(vec![b'x'; 200_000]);
    wire.read_exact(1000);
    wire
}
