//! Requests that come faster than their replies, and replies that must not fall apart.

use super::Target;

/// Replies come in the order of the requests, also when an earlier one is due later.
pub fn in_order(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    let paths = ["/bytes/3", "/delay/300", "/", "/nothing-here", "/bytes/7"];
    let requests: String =
        paths.iter().map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    wire.send(format!("{requests}POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nlastGET /bytes/1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    let first = wire.expect_reply("GET", 200);
    wire.check(first.body.len() == 3, "first the reply to /bytes/3");
    wire.expect_reply("GET", 200);
    let third = wire.expect_reply("GET", 200);
    wire.check(third.body.starts_with(b"Hello"), "third the reply to /");
    wire.expect_reply("GET", 404);
    let fifth = wire.expect_reply("GET", 200);
    wire.check(fifth.body.len() == 7, "fifth the reply to /bytes/7");
    let sixth = wire.expect_reply("POST", 200);
    wire.expect_equal("sixth the body of the POST", b"last", &sixth.body);
    wire.expect_reply("GET", 200);
    wire.half_close();
    wire.expect_end();
}

/// A hundred requests in one send have a hundred replies, and the last says that it is the last.
pub fn a_hundred(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    let requests: String =
        (0..100).map(|n| format!("GET /bytes/{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    wire.send(format!("{requests}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    for n in 0..100 {
        let reply = wire.expect_reply("GET", 200);
        wire.check(
            reply.body.len() == n,
            format!("reply number {n} has {n} bytes, got {}", reply.body.len()),
        );
    }
    let last = wire.expect_reply("GET", 200);
    wire.check(last.closes(), "the last reply says `Connection: close`");
    wire.expect_end();
}

/// A short reply is one write, so that a client with a single `recv` sees all of it.
pub fn one_write(target: &Target) {
    let server = target.start(&[]);
    // A second write often arrives in the same read by chance, but not every time.
    for _ in 0..50 {
        let mut wire = server.connect();
        wire.request("GET", "/");
        let got = wire.read_once();
        let complete = got.trim_ascii_end().ends_with(b"\r\n\r\nHello, World!");
        wire.check(complete, "the whole reply in one read");
    }
}

/// Nothing that follows a request with `Connection: close` is answered.
pub fn nothing_after_close(target: &Target) {
    let server = target.start(&[]);
    let last = [
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    ];
    for last in last {
        let mut wire = server.connect();
        wire.send(format!("{last}GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\n"));
        wire.expect_reply("GET", 200);
        wire.expect_end();
    }
}

/// A client that half-closes after its requests still has its answers, then the end.
pub fn half_close(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    wire.request("GET", "/delay/300");
    wire.request("GET", "/bytes/300000");
    wire.request("GET", "/");
    wire.half_close();
    for _ in 0..3 {
        wire.expect_reply("GET", 200);
    }
    wire.expect_end();

    // Half a request is not answered by 200, and the connection does not stay.
    let mut wire = server.connect();
    wire.send("GET / HTTP/1.1\r\nHost: a\r\nX-Half");
    wire.half_close();
    let end = wire.read_to_end();
    wire.check(!end.starts_with(b"HTTP/1.1 2"), "no success for half a request");
}

/// Requests that come one byte at a time are the same requests.
pub fn byte_by_byte(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    wire.send_pieces("\r\nGET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /", 1);
    wire.expect_reply("GET", 200);
    let reply = wire.expect_reply("POST", 200);
    wire.expect_equal("the body that was sent", b"abc", &reply.body);
    wire.send_pieces(" HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    wire.expect_reply("GET", 200);
}
