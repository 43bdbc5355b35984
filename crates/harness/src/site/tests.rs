//! The site answers as it is told, and counts what it is asked.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use super::{Answer, Request, Site};
use crate::{DEADLINE, Wire, eventually, together};

fn connect(site: &Site) -> Wire {
    Wire::connect(site.addr(), DEADLINE)
}

fn pages(request: &Request) -> Answer {
    match &*request.target {
        "/" => Answer::html("<p>hello"),
        "/echo" => Answer::new(200).body(request.body.clone()),
        "/many" => Answer::new(200).body("0123456789".repeat(1_000)).chunked(),
        "/end" => Answer::new(200).body("until the end").until_close(),
        "/closing" => Answer::new(200).body("bye").closing(),
        "/nothing" => Answer::new(204),
        "/old" => Answer::redirect(301, "/"),
        "/raw" => Answer::raw("anything\n"),
        "/late" => Answer::new(200).after(Duration::from_millis(50)),
        _ => Answer::new(404),
    }
}

#[test]
fn a_connection_has_one_request_after_another() {
    let site = Site::start(pages);
    let mut wire = connect(&site);
    let reply = wire.get("/", 200);
    assert_eq!((&reply.body[..], &*reply.reason), (&b"<p>hello"[..], "OK"));
    assert_eq!(reply.field("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(wire.get("/many", 200).body, b"0123456789".repeat(1_000));
    assert_eq!(wire.get("/old", 301).field("Location"), Some("/"));
    assert!(wire.get("/nothing", 204).field("Content-Length").is_none());
    wire.request("HEAD", "/");
    assert_eq!(wire.expect_reply("HEAD", 200).field("Content-Length"), Some("8"));
    wire.get("/none", 404);
    assert!(wire.get("/closing", 200).closes());
    wire.expect_end();
    let asked: Vec<_> = site.requests().into_iter().map(|r| (r.method, r.target)).collect();
    assert_eq!(asked.len(), 7);
    assert_eq!((&*asked[4].0, &*asked[4].1), ("HEAD", "/"));
    assert_eq!((site.connections(), site.most_connections(), site.most_at_once()), (1, 1, 1));
}

#[test]
fn a_body_ends_where_the_connection_does() {
    let site = Site::start(pages);
    for (path, end) in [("/end", "until the end"), ("/raw", "anything\n")] {
        let mut wire = connect(&site);
        wire.request("GET", path);
        assert!(wire.read_to_end().ends_with(end.as_bytes()), "{path}");
    }
    // HTTP/1.0 knows no chunks.
    let mut wire = connect(&site);
    wire.send("GET /many HTTP/1.0\r\n\r\n");
    let reply = String::from_utf8(wire.read_to_end()).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("chunked") && body == "0123456789".repeat(1_000));
}

#[test]
fn the_body_of_a_request_is_read_in_both_framings() {
    let site = Site::start(pages);
    let mut wire = connect(&site);
    wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(wire.expect_reply("POST", 200).body, b"hello");
    let chunked = "POST /echo HTTP/1.1\r\nhost:b:80\r\nTransfer-Encoding: Chunked\r\n\r\n\
                   5\r\nhello\r\nA;x=y\r\n, everyone\r\n0\r\nT: 1\r\n\r\n";
    wire.send_pieces(chunked, 1);
    assert_eq!(wire.expect_reply("POST", 200).body, b"hello, everyone");
    wire.send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    wire.expect("HTTP/1.1 100 Continue\r\n\r\n");
    wire.send("ok");
    assert_eq!(wire.expect_reply("PUT", 200).body, b"ok");
    let requests = site.requests();
    assert_eq!((requests[1].field("HOST"), &*requests[1].host()), (Some(&b"b:80"[..]), "b"));
    assert_eq!(requests[1].body, b"hello, everyone");
}

#[test]
fn a_request_that_is_none_is_refused() {
    let site = Site::start(pages);
    for request in [
        "GET /\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    ] {
        let mut wire = connect(&site);
        wire.send(request);
        assert!(wire.expect_reply("GET", 400).closes(), "{request:?}");
    }
    let mut wire = connect(&site);
    wire.send(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(70_000)));
    wire.expect_reply("GET", 400);
    assert!(site.requests().is_empty());
}

#[test]
fn it_counts_what_happens_at_the_same_time() {
    let all = Barrier::new(4);
    let site = Site::start(move |_| {
        all.wait();
        Answer::new(200)
    });
    // Nobody is answered until four have asked.
    together(4, |n| {
        let mut wire = connect(&site);
        let host = if n == 0 { "localhost:80" } else { "[::1]:80" };
        wire.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        wire.expect_reply("GET", 200);
    });
    assert_eq!((site.most_at_once(), site.connections(), site.most_connections()), (4, 4, 4));
    assert_eq!((site.most_at_once_at("localhost"), site.most_at_once_at("[::1]")), (1, 3));
    assert_eq!(site.most_at_once_at("nowhere"), 0);
    let mut numbers: Vec<_> = site.requests().iter().map(|request| request.connection).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn an_answer_may_come_late() {
    let site = Site::start(pages);
    let start = Instant::now();
    connect(&site).get("/late", 200);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_handler_that_panics_costs_its_connection_only() {
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::new(200),
        _ => panic!("as the test wants it"),
    });
    let mut wire = connect(&site);
    wire.request("GET", "/bad");
    wire.expect_gone();
    connect(&site).get("/", 200);
    assert_eq!(site.most_at_once(), 1);
}

#[test]
fn dropping_a_site_ends_its_connections() {
    let site = Site::start(|_| Answer::new(200).after(DEADLINE));
    let (mut idle, mut waiting) = (connect(&site), connect(&site));
    waiting.request("GET", "/");
    eventually(DEADLINE, "the request is there", || site.requests().len() == 1);
    drop(site);
    idle.expect_gone();
    waiting.expect_gone();
}

#[test]
fn a_url_names_the_site() {
    let site = Site::start(pages);
    let port = site.addr().port();
    assert_eq!(site.url("/a"), format!("http://127.0.0.1:{port}/a"));
    assert_eq!(site.url_at("localhost", "/a"), format!("http://localhost:{port}/a"));
}
