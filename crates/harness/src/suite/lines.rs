//! The services `echo` and `hello`.

use std::io::Write;
use std::net::Shutdown;
use std::thread;

use super::Target;
use crate::Signal;

/// How much goes through `echo` in both directions at once.
const STREAM: usize = 64 << 20;

/// Bytes come back as they were, binary or not.
pub fn echo(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    let all: Vec<u8> = (0..=255).collect();
    for message in [&b"hello\n"[..], b"\0", b"no line ending", &all, &[b'x'; 100_000]] {
        wire.send(message);
        wire.expect(message);
    }
}

/// After a half-close everything sent before it comes back, then the end.
pub fn echo_half_close(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    for size in [0, 1, 1024, 300_000] {
        let mut wire = server.connect();
        let sent = pattern(0, size);
        wire.send(&sent);
        wire.half_close();
        let got = wire.read_to_end();
        wire.expect_equal("all that was sent before the half-close", sent, got);
    }
}

/// One byte at a time there, and each comes back without waiting for the next.
pub fn echo_byte_by_byte(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    for byte in b"one byte\nat a time\r\n" {
        wire.send([*byte]);
        wire.expect([*byte]);
    }
}

/// Urgent data in the stream does not stall it. (The urgent byte itself is not part of the stream.)
pub fn echo_urgent(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    for round in 0..20 {
        let before = format!("before {round} ");
        wire.send(&before);
        wire.send_urgent(b'!');
        wire.send("after ");
        wire.expect(before + "after ");
    }
}

/// 64 MiB there while 64 MiB come back: no deadlock, no byte lost, changed or out of order.
pub fn echo_both_ways(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    let mut sender = wire.stream().try_clone().unwrap_or_else(|error| wire.fail(error));
    let sending = thread::spawn(move || {
        let block = pattern(0, 1 << 16);
        for _ in 0..STREAM / block.len() {
            sender.write_all(&block)?;
        }
        sender.shutdown(Shutdown::Write)
    });
    let period = pattern(0, 1 << 17);
    let mut received = 0;
    loop {
        let got = wire.read_once();
        if got.is_empty() {
            break;
        }
        let from = received % (1 << 16);
        wire.expect_equal("the bytes that were sent", &period[from..from + got.len()], &got);
        received += got.len();
    }
    let sent = sending.join().expect("the sending thread does not panic");
    wire.check(sent.is_ok(), format!("all bytes are taken, sending gave {sent:?}"));
    wire.check(received == STREAM, format!("{STREAM} bytes come back, got {received}"));
}

/// `hello` greets, and closes.
pub fn hello(target: &Target) {
    let server = target.start(&["--service", "hello"]);
    for _ in 0..3 {
        let mut wire = server.connect();
        let greeting = wire.read_to_end();
        wire.check(greeting.trim_ascii_end() == b"Hello, world!", "`Hello, world!` and the end");
    }
    // A client that talks first is greeted all the same, and its bytes do not turn the end into a reset.
    // The server stands still while they are sent, so they are there when it closes.
    for _ in 0..3 {
        server.signal(Signal::Suspend);
        let mut wire = server.connect();
        wire.send("hello yourself\n");
        server.signal(Signal::Resume);
        let greeting = wire.read_to_end();
        wire.check(greeting.trim_ascii_end() == b"Hello, world!", "`Hello, world!` and the end");
    }
}

/// Bytes in which a shift by a power of two shows.
fn pattern(from: usize, size: usize) -> Vec<u8> {
    (from..from + size).map(|i| (i % (1 << 16) % 251) as u8).collect()
}
