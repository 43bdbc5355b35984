//! The suite is itself checked: on replies that are right, and on replies that are wrong in one way each.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::thread;

use super::{Level, cases, try_case};

/// Serves one connection: reads something, replies with these bytes, ends, and reads on until the client has ended.
fn canned(reply: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let _ = stream.read(&mut [0; 100_000]);
        let _ = stream.write_all(reply.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        while !matches!(stream.read(&mut [0; 1000]), Ok(0) | Err(_)) {}
    });
    addr
}

/// Tries a case on a canned reply, in which `@` stands for a Date field, and returns why it failed.
#[track_caller]
fn attempt(id: &str, reply: &str) -> Option<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let reply = reply.replace('@', &format!("Date: {}\r\n", super::octets::imf_fixdate(now)));
    let case = cases().iter().find(|case| case.id == id).expect("the case is in a table");
    try_case(canned(reply), case).err().map(|failure| failure.to_string())
}

#[track_caller]
fn passes(id: &str, reply: &str) {
    if let Some(failure) = attempt(id, reply) {
        panic!("a right reply was refused:\n{failure}");
    }
}

#[track_caller]
fn fails(id: &str, reply: &str, why: &str) {
    let failure =
        attempt(id, reply).unwrap_or_else(|| panic!("{id}: a wrong reply passed: {reply:?}"));
    assert!(failure.contains(why), "expected `{why}` in:\n{failure}");
}

const PAGE: &str =
    "HTTP/1.1 200 OK\r\n@Connection: close\r\nContent-Length: 13\r\n\r\nHello, World!";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\n@Connection: close\r\nContent-Length: 3\r\n\r\nbad";

#[test]
fn ids_are_unique_and_each_case_accepts_something() {
    let ids: HashSet<_> = cases().iter().map(|case| case.id).collect();
    assert_eq!(ids.len(), cases().len());
    assert!(cases().iter().all(|case| !case.accept.is_empty() && !case.send.is_empty()));
    for (level, least) in [(Level::Security, 200), (Level::Must, 200), (Level::Should, 150)] {
        assert!(cases().iter().filter(|case| case.level == level).count() >= least, "{level}");
    }
}

#[test]
fn right_replies_pass() {
    passes("close", PAGE);
    passes("close", "HTTP/1.0 200 OK\r\n@\r\nHello, World!");
    passes(
        "close",
        "HTTP/1.1 200 \r\n@Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n8\r\n, World!\r\n0\r\n\r\n",
    );
    passes("close-head", "HTTP/1.1 200 OK\r\n@Content-Length: 13\r\n\r\n");
    passes("host-missing", BAD);
    passes("smuggle-cl-te", BAD);
    passes("eof-in-method", "");
    passes(
        "expect-close",
        &format!(
            "HTTP/1.1 100 Continue\r\n\r\n{}",
            PAGE.replace("13\r\n\r\nHello, World!", "5\r\n\r\nhello")
        ),
    );
}

#[test]
fn wrong_statuses_and_bodies_fail() {
    fails("host-missing", PAGE, "status 200, not [400]");
    fails("smuggle-cl-te", PAGE, "status 200, not [400]");
    fails("close", BAD, "status 400, not [200]");
    fails("close", &PAGE.replace("World", "Wurld"), "are not the 13 expected");
    fails("close-head", PAGE, "13 bytes more than the replies");
    fails("eof-in-method", PAGE, "bytes more than the replies");
    fails("close-announced", &PAGE.replace("Connection: close\r\n", ""), "does not list `close`");
    fails("delete", &BAD.replace("400 Bad Request", "405 No"), "it has no Allow");
    fails("expect-none", PAGE, "before the request was complete");
}

#[test]
fn wrong_framing_fails() {
    fails("close", "", "ended before reply 1");
    fails("close", &PAGE.replace("13", "14"), "ended before reply 1");
    fails("host-bad-1.0", &BAD.replace("3\r\n", "2\r\n"), "1 bytes more than the replies");
    fails("close", &PAGE.replace("13", "+13"), "Content-Length is not a number");
    fails(
        "close",
        &PAGE.replace("@", "@Transfer-Encoding: chunked\r\n"),
        "both Content-Length and Transfer-Encoding",
    );
    fails("close", &PAGE.replace("@", "@Content-Length: 13\r\n"), "Content-Length twice");
    fails(
        "close",
        "HTTP/1.1 200 OK\r\n@Transfer-Encoding: chunked\r\n\r\nd\nHello, World!\r\n0\r\n\r\n",
        "chunk size",
    );
    fails("smuggle-cl-te", &format!("{BAD}{PAGE}"), "bytes more than the replies");
    fails("pipe-two", &format!("{PAGE}{PAGE}"), "follows a reply that ends the connection");
    fails("line-simple", PAGE, "ends a connection that must stay open");
    fails(
        "line-simple",
        &PAGE.replace("Connection: close\r\n", ""),
        "closed a connection that must stay open",
    );
}

#[test]
fn wrong_heads_fail() {
    fails("close", "Hello, World!", "does not start with a version");
    fails("close", &PAGE.replace("HTTP/1.1", "HTTP/2.0"), "status line is malformed");
    fails("close", &PAGE.replace("200 OK", "200"), "status line is malformed");
    fails("close", &PAGE.replace("200 OK", "20 OK"), "status line is malformed");
    fails("close", &PAGE.replace("@", "@X : y\r\n"), "field line is malformed");
    fails("close", &PAGE.replace("@", "@X: a\r\n b\r\n"), "field line is malformed");
    fails("close", &PAGE.replace("@", "@X: a\nY: b\r\n"), "bare LF");
    fails("close", &PAGE.replace("@", ""), "has no Date");
    fails("close", &PAGE.replace("@", "Date: today\r\n"), "is not the time");
    fails(
        "close",
        &PAGE.replace("@", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
        "is not the time",
    );
}
