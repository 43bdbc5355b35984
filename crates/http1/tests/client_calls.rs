//! Requests that a client makes, and those that it refuses to: nothing in one can be taken for more than it is.

mod support;

use http1::client::{Call, Unsendable};
use http1::{Limits, Server};
use proptest::prelude::*;
use session::simulate::{Pace, Step, simulate};
use support::{crlf, start, wall};

#[test]
fn requests_as_they_go_over_the_wire() {
    let call = |method, target| Call::new(method, "example.com:8080", target).unwrap();
    let head = "Host: example.com:8080↵Connection: close↵";
    for (call, wire) in [
        (call("GET", "/"), format!("GET / HTTP/1.1↵{head}↵")),
        (call("HEAD", "/a?b=%20"), format!("HEAD /a?b=%20 HTTP/1.1↵{head}↵")),
        (call("OPTIONS", "*"), format!("OPTIONS * HTTP/1.1↵{head}↵")),
        (call("POST", "/"), format!("POST / HTTP/1.1↵{head}Content-Length: 0↵↵")),
        (call("PUT", "/").body("hi"), format!("PUT / HTTP/1.1↵{head}Content-Length: 2↵↵hi")),
        (call("GET", "/").body("hi"), format!("GET / HTTP/1.1↵{head}Content-Length: 2↵↵hi")),
        (
            call("GET", "/").field("Accept", "*/*").unwrap().field("x", "").unwrap(),
            format!("GET / HTTP/1.1↵{head}Accept: */*↵x: ↵↵"),
        ),
    ] {
        let sent = call.encode();
        assert_eq!(String::from_utf8(sent).unwrap(), String::from_utf8(crlf(&wire)).unwrap());
    }
}

#[test]
fn parts_that_would_break_the_frame_are_refused() {
    let refused = |method, host, target| Call::new(method, host, target).unwrap_err();
    for method in ["", "GE T", "GET ", "GET\r\n", "G:T", "GET /x HTTP/1.1\r\n", "CONNECT", "\u{e9}"]
    {
        assert_eq!(refused(method, "a", "/"), Unsendable::Method, "{method:?}");
    }
    for host in ["", ":80", "a b", "a\r\nX: y", "a/b", "u@a", "a:b", "a\0", "[::1", "\u{e9}", "a\n"]
    {
        assert_eq!(refused("GET", host, "/"), Unsendable::Host, "{host:?}");
    }
    for target in [
        "",
        "a",
        "*",
        "/a b",
        "/\r\nX: y",
        "/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "/\t",
        "/\0",
        "/#a",
        "/%4",
        "/\u{e9}",
        "http://a/",
        "/\n",
        "/\x7f",
        "//\r",
    ] {
        assert_eq!(refused("GET", "a", target), Unsendable::Target, "{target:?}");
    }
    let refused = |name, value: &[u8]| Call::get("a", "/").unwrap().field(name, value).unwrap_err();
    for name in ["", "A B", "A:", "A\r\n", "A\r\nB", "\u{e9}", " A", "A\0"] {
        assert_eq!(refused(name, b"x"), Unsendable::FieldName, "{name:?}");
    }
    for value in ["a\r\nB: c", "a\n", "a\rb", "\0", " a", "a ", "\ta", "\x7f", "a\r\n b"] {
        assert_eq!(refused("A", value.as_bytes()), Unsendable::FieldValue, "{value:?}");
    }
    for name in ["Host", "content-length", "TRANSFER-ENCODING", "Connection", "Upgrade"] {
        let error = refused(name, b"1");
        assert_eq!(error, Unsendable::OurField, "{name:?}");
        assert_eq!(error.to_string(), "the client itself writes this field");
    }
}

/// Text with more than its share of what could break a frame.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9/:._-]{1,8}",
        1 => "[ -~]{1,3}",
        1 => prop::sample::select(vec!["\r\n", "\r", "\n", "\r\n\r\n", " ", "\t", "\0", ": ", "%41", "\u{e9}"])
            .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever a request is made of: if it can be made, our server reads exactly that, and one request.
    #[test]
    fn what_is_sent_is_what_was_meant(
        method in prop_oneof![Just("GET".to_string()), any_text()],
        target in any_text().prop_map(|text| format!("/{text}")),
        fields in prop::collection::vec((any_text(), any_text()), 0..3),
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let made = Call::new(&method, "example.com", &target).and_then(|call| {
            fields.iter().try_fold(call, |call, (name, value)| call.field(name, value))
        });
        let Ok(call) = made else { return Ok(()) };
        let wire = call.body(body.clone()).encode();
        let seen = std::cell::RefCell::new(Vec::new());
        let app = |request: &http1::Request<'_>| {
            let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
            let sent = request.fields.iter().filter(|(name, _)| {
                fields.iter().any(|(sent, _)| sent.as_bytes() == *name)
            });
            let sent: Vec<_> = sent.map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
            let line = (request.method.to_string(), format!("{}{query}", request.path));
            seen.borrow_mut().push((line, sent, request.body.to_vec()));
            http1::Reply::text("")
        };
        let start = start();
        let mut server = Server::new(app, Limits::default(), start, wall());
        simulate(&mut server, &[Step::Send(&wire)], &Pace::whole(), start);
        let sent = fields.into_iter().map(|(name, value)| (name.into_bytes(), value.into_bytes()));
        // A method longer than any that is registered is the one thing that this server refuses.
        if method.len() <= 32 {
            prop_assert_eq!(seen.into_inner(), [((method, target), sent.collect::<Vec<_>>(), body)]);
        }
    }
}
