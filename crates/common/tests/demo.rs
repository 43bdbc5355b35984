//! The routes of the demo application, in virtual time.

use common::Demo;
use http1::{Limits, Server};
use session::simulate::{Heard, Pace, Step, simulate};
use std::time::{Duration, Instant, SystemTime};

/// Sends `requests` and then end-of-file to the application, cut as `pace` says.
fn converse(requests: &[u8], demo: Demo, pace: &Pace) -> Heard {
    let start = Instant::now();
    let mut server = Server::new(demo, Limits::default(), start, SystemTime::UNIX_EPOCH);
    simulate(&mut server, &[Step::Send(requests), Step::HalfClose], pace, start)
}

/// One reply: its status line, its header lines, and its body.
struct Answer {
    status: String,
    fields: String,
    body: Vec<u8>,
}

#[track_caller]
fn ask(method: &str, target: &str, body: &[u8]) -> Answer {
    let mut request =
        format!("{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    request.extend_from_slice(body);
    answer(&converse(&request, Demo::default(), &Pace::whole()).bytes)
}

#[track_caller]
fn get(target: &str) -> Answer {
    ask("GET", target, b"")
}

#[track_caller]
fn answer(reply: &[u8]) -> Answer {
    let end = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("a reply has a head that ends, this is {}", reply.escape_ascii())
    });
    let head = String::from_utf8(reply[..end].to_vec()).expect("a head is text");
    let (status, fields) = head.split_once("\r\n").expect("a head has fields");
    let status = status.strip_prefix("HTTP/1.1 ").expect("a status line").to_owned();
    Answer { status, fields: format!("\r\n{fields}\r\n"), body: reply[end + 4..].to_vec() }
}

impl Answer {
    fn has(&self, field: &str) -> bool {
        self.fields.contains(&format!("\r\n{field}\r\n"))
    }

    #[track_caller]
    fn is(&self, status: &str, body: &[u8]) {
        assert_eq!(self.status, status, "{}", self.body.escape_ascii());
        assert_eq!(self.body.escape_ascii().to_string(), body.escape_ascii().to_string());
    }
}

#[test]
fn the_root_greets() {
    let answer = get("/");
    answer.is("200 OK", b"Hello, World!");
    assert!(answer.has("Content-Type: text/plain; charset=utf-8"), "{}", answer.fields);
    assert!(answer.has("Content-Length: 13"), "{}", answer.fields);
    get("/?with=a-query").is("200 OK", b"Hello, World!");
    ask("HEAD", "/", b"").is("200 OK", b"");
}

#[test]
fn a_post_to_the_root_comes_back() {
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for body in [&b""[..], b"x", b"GET / HTTP/1.1\r\n\r\n", &every_byte] {
        let answer = ask("POST", "/", body);
        assert_eq!(answer.status, "200 OK");
        assert!(answer.body == body, "{} bytes come back as {}", body.len(), answer.body.len());
    }
    let chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n";
    answer(&converse(chunked, Demo::default(), &Pace::bytewise()).bytes).is("200 OK", b"one two");
}

#[test]
fn a_delay_is_virtual_time_to_the_millisecond() {
    for milliseconds in [0, 1, 1500, 60_000] {
        let request = format!("GET /delay/{milliseconds} HTTP/1.1\r\nHost: a\r\n\r\n");
        for pace in [Pace::whole(), Pace::bytewise()] {
            let heard = converse(request.as_bytes(), Demo::default(), &pace);
            answer(&heard.bytes).is("200 OK", b"done waiting\n");
            assert_eq!(heard.when(1), Some(Duration::from_millis(milliseconds)));
        }
    }
}

#[test]
fn a_spin_takes_its_time() {
    let start = Instant::now();
    get("/spin/20000").is("200 OK", b"done computing\n");
    assert!(start.elapsed() >= Duration::from_millis(20));
    get("/spin/0").is("200 OK", b"done computing\n");
}

#[test]
fn bytes_are_the_alphabet_over_and_over() {
    for len in [0, 1, 26, 27, 26 * 1024, 26 * 1024 + 1, 70_000, 300_000] {
        let answer = get(&format!("/bytes/{len}"));
        assert_eq!(answer.status, "200 OK");
        assert!(answer.has(&format!("Content-Length: {len}")), "{}", answer.fields);
        let expected: Vec<u8> = (b'a'..=b'z').cycle().take(len).collect();
        assert!(answer.body == expected, "/bytes/{len} has {} bytes", answer.body.len());
    }
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    for (route, most) in [("delay", "60000"), ("spin", "1000000"), ("bytes", "1073741824")] {
        let more = most.parse::<u64>().unwrap() + 1;
        let beyond = more.to_string();
        for number in
            [&*beyond, "99999999999999999999999", "-1", "+1", "1.5", "ten", "", "1/2", "%31"]
        {
            let answer = get(&format!("/{route}/{number}"));
            assert_eq!(answer.status, "400 Bad Request", "/{route}/{number}");
            let said = String::from_utf8(answer.body).unwrap();
            assert!(said.contains(&format!("from 0 to {most}")), "/{route}/{number}: {said}");
        }
    }
}

#[test]
fn what_is_not_there_is_404() {
    for target in
        ["/x", "/delay", "/spin", "/bytes", "/panic/1", "//", "/Delay/1", "/hello/world", "/*"]
    {
        let answer = get(target);
        assert_eq!(answer.status, "404 Not Found", "{target}");
        assert!(answer.has("Content-Type: text/plain; charset=utf-8"), "{}", answer.fields);
    }
}

#[test]
fn methods_are_told_apart() {
    let all = "Allow: GET, HEAD, POST, OPTIONS";
    let some = "Allow: GET, HEAD, OPTIONS";
    for (method, target, status, allow) in [
        ("PUT", "/", "405 Method Not Allowed", Some(all)),
        ("DELETE", "/bytes/1", "405 Method Not Allowed", Some(some)),
        ("POST", "/delay/1", "405 Method Not Allowed", Some(some)),
        ("TRACE", "/", "405 Method Not Allowed", Some(all)),
        ("OPTIONS", "/", "204 No Content", Some(all)),
        ("OPTIONS", "*", "204 No Content", Some(all)),
        ("OPTIONS", "/spin/1", "204 No Content", Some(some)),
        ("BREW", "/", "501 Not Implemented", None),
        ("get", "/", "501 Not Implemented", None),
    ] {
        let answer = ask(method, target, b"");
        assert_eq!(answer.status, status, "{method} {target}");
        if let Some(allow) = allow {
            assert!(answer.has(allow), "{method} {target}: {}", answer.fields);
        }
    }
}

#[test]
fn a_crash_must_be_allowed() {
    for target in ["/panic", "/abort"] {
        let answer = get(target);
        assert_eq!(answer.status, "404 Not Found", "{target}");
        let said = String::from_utf8(answer.body).unwrap();
        assert!(said.contains("--allow-crash"), "{target} says how to allow it: {said}");
    }
    // An abort would end the tests as well: crates/harness watches one from outside.
    let crash = || {
        let request = b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\n";
        converse(request, Demo { allow_crash: true }, &Pace::whole())
    };
    assert!(std::panic::catch_unwind(crash).is_err(), "/panic panics");
    let options = b"OPTIONS /abort HTTP/1.1\r\nHost: a\r\n\r\n";
    let heard = converse(options, Demo { allow_crash: true }, &Pace::whole());
    assert_eq!(answer(&heard.bytes).status, "204 No Content", "to ask is not to do");
}

#[test]
fn pipelined_requests_are_answered_in_order_at_any_pace() {
    let requests = b"GET /delay/20 HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\
        Content-Length: 3\r\n\r\ntwoGET /x HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /bytes/3 HTTP/1.1\r\nHost: a\r\n\r\n";
    let whole = converse(requests, Demo::default(), &Pace::whole()).bytes;
    let text = String::from_utf8(whole.clone()).unwrap();
    let order = ["done waiting", "two", "404 Not Found", "13\r\n\r\nHTTP/1.1", "abc"];
    let places: Vec<_> = order.iter().map(|part| text.find(part)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{order:?} stand at {places:?} in {text}");
    for size in 1..=requests.len() {
        let heard = converse(requests, Demo::default(), &Pace::chunks(size, size));
        assert_eq!(heard.bytes.escape_ascii().to_string(), whole.escape_ascii().to_string());
    }
}
