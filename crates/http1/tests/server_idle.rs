//! What a connection costs while nothing is in flight: a server keeps thousands of them.

mod support;

use http1::limits::{FIELD_BLOCK, OUTBOX};
use http1::{App, Limits, Reply, Request, Server};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session, Want};
use std::time::{Duration, Instant};
use support::{crlf, mirror, seconds, start, wall};

/// An application with a setting.
struct Small {
    is_loud: bool,
}

impl App for Small {
    fn answer(&self, request: &Request<'_>) -> Reply {
        mirror(request).with("X-Loud", self.is_loud.to_string())
    }
}

#[test]
fn a_session_is_small() {
    let size = size_of::<Server<Small>>();
    assert!(size <= 256, "a server session has {size} bytes");
}

/// Conversations of every kind, each of them over when its last reply was sent.
fn requests() -> [Vec<u8>; 9] {
    let long = "v".repeat(FIELD_BLOCK - 100);
    [
        crlf("GET / HTTP/1.1↵Host: a↵↵"),
        crlf("HEAD /bytes/1000000 HTTP/1.1↵Host: a↵↵"),
        crlf(&format!("GET /bytes/{} HTTP/1.1↵Host: a↵↵", 3 * OUTBOX)),
        crlf(&format!("GET / HTTP/1.1↵Host: a↵A: {long}↵↵")),
        crlf("POST /echo HTTP/1.1↵Host: a↵Content-Length: 9↵↵123456789").repeat(50),
        crlf("POST / HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵2↵hi↵0↵A: b↵↵"),
        crlf("POST / HTTP/1.1↵Host: a↵Expect: 100-continue↵Content-Length: 2↵↵hi"),
        crlf("GET /delay/20 HTTP/1.1↵Host: a↵↵GET /status/204 HTTP/1.1↵Host: a↵↵"),
        crlf("↵↵GET / HTTP/1.1↵Host: a↵↵").repeat(100),
    ]
}

#[test]
fn between_requests_nothing_is_held() {
    hold_between_requests(0);
}

#[test]
fn between_requests_no_more_is_held_than_may_be_kept() {
    hold_between_requests(4096);
}

#[test]
fn what_is_kept_serves_the_next_reply() {
    let mut now = start();
    let server = Server::new(Small { is_loud: true }, Limits::default(), now, wall());
    let mut server = server.keeping(4096);
    let held = [1, 1, 10, 1].map(|count| {
        server.handle(Input::Received(&crlf("GET / HTTP/1.1↵Host: a↵↵").repeat(count)), now);
        settle(&mut server, usize::MAX, &mut now);
        server.held()
    });
    assert!(
        held[0] > 0 && held[1] == held[0] && held[2] > held[0] && held[3] == held[2],
        "{held:?}"
    );
}

fn hold_between_requests(kept: u16) {
    let mut now = start();
    let server = Server::new(Small { is_loud: true }, Limits::default(), now, wall());
    let mut server = server.keeping(kept);
    assert_eq!(server.held(), 0, "bytes are held before the first request");
    // One connection has all of these conversations, one after the other.
    for (reads, writes) in [(usize::MAX, usize::MAX), (1000, 4096), (7, usize::MAX), (16, 100)] {
        for request in requests() {
            for part in request.chunks(reads.min(request.len())) {
                server.handle(Input::Received(part), now);
                settle(&mut server, writes, &mut now);
            }
            let beginning = String::from_utf8_lossy(&request[..request.len().min(60)]);
            let held = server.held();
            assert!(held <= kept.into(), "{held} bytes are held after {beginning:?}");
        }
    }
}

/// Lets the server say all that it can say now, in writes of at most so many bytes.
fn settle(server: &mut impl Session, writes: usize, now: &mut Instant) {
    loop {
        let input = match server.want() {
            Want::Write { bytes, .. } => Input::Wrote(bytes.len().min(writes)),
            Want::Sleep { until } => {
                *now = until;
                Input::Tick
            }
            Want::Read { .. } => return,
            Want::Close => panic!("the connection is closed"),
        };
        server.handle(input, *now);
    }
}

#[test]
fn at_any_pace_an_idle_connection_holds_nothing_when_it_is_closed() {
    let start = start();
    for request in requests() {
        for pace in [Pace::whole(), Pace::chunks(4096, 4096), Pace::bytewise()] {
            let mut server = Server::new(mirror, Limits::default(), start, wall());
            // The simulation ends where the connection is closed for its idleness.
            let heard = simulate(&mut server, &[Step::Send(&request)], &pace, start);
            let End::Closed { after } = heard.end else { panic!("{:?}", heard.end) };
            assert!((seconds(10)..=seconds(10) + Duration::from_millis(20)).contains(&after));
            assert_eq!(server.held(), 0, "bytes are held at {pace:?}");
        }
    }
}

#[test]
fn what_is_in_flight_is_counted() {
    let start = start();
    let held = |request: &str| {
        let mut server = Server::new(mirror, Limits::default(), start, wall());
        server.handle(Input::Received(&crlf(request)), start);
        server.held()
    };
    assert!(held("GET / HT") >= 8);
    assert!(held("POST / HTTP/1.1↵Host: a↵Content-Length: 9↵↵1234") >= 47);
    assert!(held("GET /delay/9 HTTP/1.1↵Host: a↵↵") >= "GET /delay/9".len());
    assert!(held("GET /bytes/1000000 HTTP/1.1↵Host: a↵↵") >= OUTBOX);
}
