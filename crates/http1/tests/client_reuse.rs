//! When a connection may serve a further exchange (RFC 9112 section 9.3).

mod support;

use http1::Limits;
use http1::client::{Call, Client};
use session::simulate::{Pace, Step, simulate};
use support::{crlf, every_pace, start};

/// Is the connection reusable after this response, at every pace?
#[track_caller]
fn is_reusable(call: &Call, response: &str) -> bool {
    let (bytes, start) = (crlf(response), start());
    let at = |pace: &Pace| {
        let mut client = Client::new(call, Limits::default(), start);
        simulate(&mut client, &[Step::Send(&bytes), Step::HalfClose], pace, start);
        client.is_reusable()
    };
    let whole = at(&Pace::whole());
    for pace in every_pace(bytes.len()) {
        assert_eq!(at(&pace), whole, "at {pace:?}");
    }
    whole
}

#[test]
fn a_connection_is_kept_when_both_sides_want_it_and_the_body_has_an_end() {
    let call = || Call::get("example.com", "/").unwrap();
    for (response, right) in [
        ("HTTP/1.1 200 OK↵Content-Length: 2↵↵hi", true),
        ("HTTP/1.1 200 OK↵Transfer-Encoding: chunked↵↵2↵hi↵0↵↵", true),
        ("HTTP/1.1 204 No Content↵↵", true),
        ("HTTP/1.1 103 Early Hints↵Connection: close↵↵HTTP/1.1 304 Not Modified↵↵", true),
        ("HTTP/1.1 200 OK↵Connection: keep-alive, x-close↵Content-Length: 0↵↵", true),
        ("HTTP/1.1 200 OK↵Connection: close↵Content-Length: 2↵↵hi", false),
        ("HTTP/1.1 200 OK↵Connection: x↵Connection: y, Close↵Content-Length: 0↵↵", false),
        ("HTTP/1.0 200 OK↵Content-Length: 2↵↵hi", false),
        ("HTTP/1.0 200 OK↵Connection: keep-alive↵Content-Length: 2↵↵hi", false),
        ("HTTP/1.1 200 OK↵↵until the end", false),
        ("HTTP/1.1 200 OK↵Content-Length: 3↵↵hi", false),
        ("HTTP/1.1 200 OK↵Content-Length: x↵↵", false),
        ("", false),
    ] {
        assert_eq!(is_reusable(&call().keep_alive(), response), right, "{response}");
        assert!(!is_reusable(&call(), response), "we said close: {response}");
    }
}

#[test]
fn what_nobody_asked_for_ends_the_connection() {
    let call = Call::get("example.com", "/").unwrap().keep_alive();
    let bytes = crlf("HTTP/1.1 200 OK↵Content-Length: 2↵↵hiHTTP/1.1 200 OK↵Content-Length: 0↵↵");
    let mut client = Client::new(&call, Limits::default(), start());
    simulate(&mut client, &[Step::Send(&bytes)], &Pace::whole(), start());
    assert!(!client.is_reusable());
    assert_eq!(client.finish().unwrap().body, b"hi");
}

#[test]
fn without_a_close_nothing_is_said_about_the_connection() {
    let call = Call::get("example.com", "/").unwrap().keep_alive();
    assert_eq!(call.encode(), b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
}
