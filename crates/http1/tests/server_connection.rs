//! How long a connection lives, and what is said on it: keeping and closing (RFC 9112 section 9), HEAD, Expect,
//! pipelining, end-of-file.

mod support;

use http1::{Limits, Reply, Request, Server};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session};
use std::time::Duration;
use support::{ask, ask_and_end, crlf, start, talk, wall};

#[test]
fn who_keeps_the_connection() {
    for (version, fields, said) in [
        ("1.1", "", "200 GET /"),
        ("1.1", "Connection: keep-alive↵", "200 GET /"),
        ("1.1", "Connection: x↵", "200 GET /"),
        ("1.1", "Connection: closed↵", "200 GET /"),
        ("1.1", "Connection: \"close\"↵", "200 GET /"),
        ("1.1", "Proxy-Connection: close↵", "200 GET /"),
        ("1.1", "Connection: close↵", "200 GET /, close"),
        ("1.1", "connection:CLOSE↵", "200 GET /, close"),
        ("1.1", "Connection: x, close↵", "200 GET /, close"),
        ("1.1", "Connection: ,close,,x↵", "200 GET /, close"),
        ("1.1", "Connection: x↵Connection:\tClose ↵", "200 GET /, close"),
        ("1.1", "Connection: keep-alive, close↵", "200 GET /, close"),
        ("1.0", "", "200 GET / HTTP/1.0, close"),
        ("1.0", "Connection: close↵", "200 GET / HTTP/1.0, close"),
        ("1.0", "Connection: x↵", "200 GET / HTTP/1.0, close"),
        ("1.0", "Connection: close, keep-alive↵", "200 GET / HTTP/1.0, close"),
        ("1.0", "Connection: keep-alive↵", "200 GET / HTTP/1.0, keep-alive"),
        ("1.0", "Connection: x, Keep-Alive↵", "200 GET / HTTP/1.0, keep-alive"),
    ] {
        let request = format!("GET / HTTP/{version}↵Host: a↵{fields}↵");
        // What follows the last request is not answered, whatever it is (section 9.6).
        let next = if said.ends_with("close") { "" } else { "\n200 GET /next" };
        ask(&format!("{request}GET /next HTTP/1.1↵Host: a↵↵"), &format!("{said}{next}"));
        let rubbish = if said.ends_with("close") {
            ""
        } else {
            "\n400 the request does not begin with a method, close"
        };
        ask(&format!("{request}\0rubbish"), &format!("{said}{rubbish}"));
    }
}

#[test]
fn the_good_requests_before_a_bad_one_are_answered() {
    let good = "GET /1 HTTP/1.1↵Host: a↵↵POST /2 HTTP/1.1↵Host: a↵Content-Length: 2↵↵hi";
    let bad = "GET /3 HTTP/1.1↵↵";
    ask(
        &format!("{good}{bad}{good}"),
        "200 GET /1\n200 POST /2 with hi\n400 HTTP/1.1 demands a Host header, close",
    );
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    for (target, length) in [("/", "6"), ("/bytes/5000000000", "5000000000"), ("/echo", "0")] {
        let request = format!("HEAD {target} HTTP/1.1↵Host: a↵↵GET /next HTTP/1.1↵Host: a↵↵");
        let heard = talk(&[Step::Send(&crlf(&request))], Limits::default(), "200 \n200 GET /next");
        let replies = support::wire::replies(&heard.bytes).unwrap();
        assert_eq!(replies[0].field("content-length"), Some(length), "HEAD {target}");
    }
    // Refusals too, as soon as it is known that the method is HEAD.
    ask("HEAD / HTTP/1.1↵↵", "400 , close");
    ask("HEAD /\" HTTP/1.1↵↵", "400 , close");
    ask("HEAD / HTTP/2.0↵↵", "505 , close");
    ask("HEAD / HTTP/1.1↵Host: a↵Content-Length: 9999999↵↵", "413 , close");
    ask("HEAD / HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵x↵", "400 , close");
    ask("HEAD / HTTP/1.1↵Host: a↵Content-Length: 9↵↵x", "408 , close");
    ask_and_end("HEAD / HTTP/1.1↵Ho", "400 , close");
    ask("HEADER / HTTP/1.1↵↵", "400 HTTP/1.1 demands a Host header, close");
}

#[test]
fn some_statuses_have_no_body() {
    for status in [204, 304] {
        ask(
            &format!("GET /status/{status} HTTP/1.1↵Host: a↵↵GET /next HTTP/1.1↵Host: a↵↵"),
            &format!("{status} \n200 GET /next"),
        );
    }
    ask("GET /status/599 HTTP/1.1↵Host: a↵↵", "599 is this here?");
}

#[test]
fn expect_100_continue() {
    const WAIT: Step<'_> = Step::Pause(Duration::from_secs(1));
    let send = |text: &str| crlf(text);
    let head =
        |version: &str, fields: &str| send(&format!("POST / HTTP/{version}↵Host: a↵{fields}↵"));
    for (version, fields, body, said) in [
        ("1.1", "Expect: 100-continue↵Content-Length: 2↵", "hi", "100 \n200 POST / with hi"),
        ("1.1", "EXPECT: 100-Continue↵Content-Length: 2↵", "hi", "100 \n200 POST / with hi"),
        (
            "1.1",
            "Expect: 100-continue↵Transfer-Encoding: chunked↵",
            "2↵hi↵0↵↵",
            "100 \n200 POST / with hi",
        ),
        // No body is announced, so there is nothing to wait for.
        ("1.1", "Expect: 100-continue↵", "", "200 POST /"),
        ("1.1", "Expect: 100-continue↵Content-Length: 0↵", "", "200 POST /"),
        // HTTP/1.0 knows no interim response (RFC 9110 section 10.1.1).
        (
            "1.0",
            "Expect: 100-continue↵Content-Length: 2↵",
            "hi",
            "200 POST / HTTP/1.0 with hi, close",
        ),
        ("1.0", "Expect: x↵Content-Length: 2↵", "hi", "200 POST / HTTP/1.0 with hi, close"),
        // The last reply is said instead of 100, not after it.
        (
            "1.1",
            "Expect: 100-continue↵Content-Length: 9999999↵",
            "hi",
            "413 the body is longer than this server takes, close",
        ),
        (
            "1.1",
            "Expect: x↵Content-Length: 2↵",
            "hi",
            "417 the only expectation known here is 100-continue, close",
        ),
        (
            "1.1",
            "Expect: 100-continue↵Expect: x↵Content-Length: 2↵",
            "hi",
            "417 the only expectation known here is 100-continue, close",
        ),
        (
            "1.1",
            "Expect:↵Content-Length: 2↵",
            "hi",
            "417 the only expectation known here is 100-continue, close",
        ),
    ] {
        let (head, body) = (head(version, fields), send(body));
        talk(&[Step::Send(&head), WAIT, Step::Send(&body)], Limits::default(), said);
    }
    // A client whose body comes at once did not wait, and need not be told (RFC 9110 section 10.1.1): it is told
    // only if the body was not there yet, so this depends on how the bytes were cut.
    let start = support::start();
    for body in ["h", "hi"] {
        let mut server = support::server(Limits::default(), start);
        let request =
            [&head("1.1", "Expect: 100-continue↵Content-Length: 2↵"), body.as_bytes()].concat();
        let heard = simulate(&mut server, &[Step::Send(&request)], &Pace::whole(), start);
        assert!(!heard.bytes.starts_with(b"HTTP/1.1 100"), "{heard:?}");
    }
}

#[test]
fn many_requests_at_once_are_answered_in_order() {
    let asked = (0..300).map(|n| match n % 3 {
        0 => format!("GET /{n} HTTP/1.1↵Host: a↵↵"),
        1 => format!("POST /{n} HTTP/1.1↵Host: a↵Content-Length: 3↵↵{n:03}"),
        _ => format!("PUT /{n} HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵3↵{n:03}↵0↵↵"),
    });
    let said = (0..300).map(|n| match n % 3 {
        0 => format!("200 GET /{n}"),
        1 => format!("200 POST /{n} with {n:03}"),
        _ => format!("200 PUT /{n} with {n:03}"),
    });
    ask(&asked.collect::<String>(), &said.collect::<Vec<_>>().join("\n"));
}

#[test]
fn end_of_file_is_answered_with_what_was_asked() {
    // A client that half-closes after its request gets its answer (section 9.6), and then the end.
    ask_and_end("GET / HTTP/1.1↵Host: a↵↵", "200 GET /");
    ask_and_end("GET /1 HTTP/1.1↵Host: a↵↵GET /2 HTTP/1.1↵Host: a↵↵", "200 GET /1\n200 GET /2");
    ask_and_end("", "");
    // Even one that is due later.
    let request = crlf("GET /delay/3000 HTTP/1.1↵Host: a↵↵");
    let script = [Step::Send(&request), Step::HalfClose];
    let heard = talk(&script, Limits::default(), "200 GET /delay/3000");
    assert_eq!(heard.end, End::Closed { after: Duration::from_secs(3) });
}

#[test]
fn who_says_that_nothing_more_comes_is_believed_until_it_does() {
    for (request, expects_more) in [
        ("GET / HTTP/1.1↵Host: a↵Connection: close↵↵", false),
        ("GET / HTTP/1.0↵↵", false),
        ("GET / HTTP/1.1↵Host: a↵Connection: close↵↵and more", true),
        ("GET / HTTP/1.1↵Host: a↵Connection: close↵↵↵", true),
        // Some put a line ending behind a body.
        ("POST / HTTP/1.1↵Host: a↵Connection: close↵Content-Length: 2↵↵hi", true),
        ("GET / HTTP/1.1↵Connection: close↵↵", true),
        ("no request↵↵", true),
    ] {
        let now = start();
        let answer = |_: &Request<'_>| Reply::text("hello");
        let mut server = Server::new(answer, Limits::default(), now, wall());
        server.handle(Input::Received(&crlf(request)), now);
        assert_eq!(server.expects_more(), expects_more, "{request}");
    }
}
