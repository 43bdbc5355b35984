//! The strict client, against peers that send exact bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use harness::Wire;

use crate::panic_text;

/// A peer that reads once, sends these bytes and ends the connection.
fn peer(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1000]);
        let _ = stream.write_all(bytes);
    });
    addr
}

fn wire(bytes: &'static [u8]) -> Wire {
    let mut wire = Wire::connect(peer(bytes), Duration::from_secs(10));
    wire.send("GET / HTTP/1.1\r\n\r\n");
    wire
}

#[test]
fn replies_are_read_to_their_last_byte() {
    let cases: &[(&str, &[u8], &[u8])] = &[
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"hi"),
        ("GET", b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\nh\r\n01\r\ni\r\n0\r\nDate: now\r\n\r\n", b"hi"),
        ("GET", b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\nhi", b"hi"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 100 Continue\r\n\r\n", b""),
    ];
    for (method, bytes, body) in cases {
        let mut wire = wire(bytes);
        let reply = wire.reply(method);
        wire.expect_equal("the body", body, &reply.body);
        assert!(bytes.starts_with(&reply.head));
        wire.expect_end();
    }
}

#[test]
fn malformed_replies_are_refused() {
    let cases: &[&[u8]] = &[
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\rX: y\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: a\x00b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nhi",
    ];
    for bytes in cases {
        let report = panic_text(|| {
            let mut wire = wire(bytes);
            wire.reply("GET");
            wire.expect_end();
        });
        assert!(report.is_some(), "this reply was taken: {}", bytes.escape_ascii());
    }
}

#[test]
fn the_report_shows_the_conversation_and_the_first_wrong_byte() {
    let report = panic_text(|| wire(b"Hello, Wxrld!\r\n").expect("Hello, World!\r\n")).unwrap();
    let lines = [
        r#"  expected: "Hello, World!\r\n""#,
        r#"  got:      "Hello, Wxrld!\r\n""#,
        r"                     ^ byte 8: expected 'o', got 'x'",
        r#" -> "GET / HTTP/1.1\r\n\r\n" (18 bytes)"#,
        r#" <- "Hello, Wxrld!\r\n" (15 bytes)"#,
    ];
    for line in lines {
        assert!(report.contains(line), "the report should contain\n{line}\nbut is\n{report}");
    }
}

#[test]
fn silence_surplus_and_a_short_end_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut silent = Wire::connect(listener.local_addr().unwrap(), Duration::from_millis(100));
    silent.expect_silence(Duration::from_millis(50));
    assert!(
        panic_text(|| silent.expect("x"))
            .unwrap()
            .contains("expected \"x\", nothing came for 100ms")
    );
    assert!(panic_text(|| silent.expect_gone()).unwrap().contains("still holds the connection"));
    assert!(panic_text(|| wire(b"ab").expect_end()).unwrap().contains("surplus"));
    assert!(
        panic_text(|| drop(wire(b"ab").read_exact(3)))
            .unwrap()
            .contains("ended after 2 of 3 bytes")
    );
    assert!(
        panic_text(|| wire(b"ab").expect("abc"))
            .unwrap()
            .contains("byte 2: expected 'c', got nothing more")
    );
    assert!(
        panic_text(|| wire(b"").expect_silence(Duration::from_secs(10)))
            .unwrap()
            .contains("closed the connection")
    );
}

#[test]
fn a_reset_is_seen_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Wire::connect(listener.local_addr().unwrap(), Duration::from_secs(10));
    let (mut stream, _) = listener.accept().unwrap();
    client.reset();
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}
