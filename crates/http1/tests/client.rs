//! The client session: what becomes of each response, at every chunk size.

mod support;

use http1::Limits;
use http1::client::{Call, Client, ClientError, MOST_INTERIM, Missing, Part};
use session::simulate::Step;
use session::{Input, Session};
use support::exchange::{OK, answered, get, get_and_end, malformed, missing, too_large};
use support::{crlf, start};

#[test]
fn status_lines() {
    const LINE: &str = "the response does not begin with HTTP/1.1 and a status code";
    const END: &str = "the status line ends with something other than CR LF";
    for (line, expected) in [
        ("HTTP/1.1 200 OK", Ok("200 ")),
        ("HTTP/1.0 404 Not Found", Ok("404 ")),
        ("HTTP/1.7 299 ", Ok("299 ")),
        ("HTTP/1.1 200", Ok("200 ")),
        ("HTTP/1.1 999 \t\u{e9}(); 1", Ok("999 ")),
        ("HTTP/2.0 200 OK", malformed("the server speaks neither HTTP/1.1 nor HTTP/1.0")),
        ("HTTP/1.1 099 OK", malformed("the status code is below 100")),
        ("HTTP/1.1 2000 OK", malformed("the status code is followed by rubbish")),
        ("HTTP/1.1 200\tOK", malformed("the status code is followed by rubbish")),
        ("HTTP/1.1 200\nOK", malformed("the status code is followed by rubbish")),
        ("HTTP/1.1 20 OK", malformed(LINE)),
        ("HTTP/1.1  200 OK", malformed(LINE)),
        ("HTTP/1.1 -20 OK", malformed(LINE)),
        ("http/1.1 200 OK", malformed(LINE)),
        ("HTTP/1.10 200 OK", malformed(LINE)),
        ("ICY 200 OK", malformed(LINE)),
        (" HTTP/1.1 200 OK", malformed(LINE)),
        ("↵HTTP/1.1 200 OK", malformed(LINE)),
        ("SSH-2.0-OpenSSH_9.9", malformed(LINE)),
        ("220 mail.example ESMTP", malformed(LINE)),
        ("<html>hello</html>", malformed(LINE)),
        ("HTTP/1.1 200 OK\n", malformed(END)),
        ("HTTP/1.1 200 O\rK", malformed(END)),
        ("HTTP/1.1 200 O\0K", malformed(END)),
    ] {
        get(&format!("{line}↵Content-Length: 0↵↵"), expected);
    }
}

#[test]
fn header_lines() {
    for (lines, why) in [
        ("A : b↵", "white space before a header's colon"),
        ("A: b↵ c↵", "a header line begins with white space"),
        ("A: b\n", "a header line ends with LF alone, not CR LF"),
        ("A: b\rc↵", "a CR without an LF in a header line"),
        ("A: \0↵", "a header's value contains a control byte"),
        ("A↵", "a header's name contains a byte it may not"),
        ("Content-Length: 1↵", "more than one Content-Length"),
        ("Transfer-Encoding: chunked↵", "both Content-Length and Transfer-Encoding"),
    ] {
        get(&format!("{OK}Content-Length: 1↵{lines}↵x"), malformed(why));
    }
}

#[test]
fn bodies_of_every_framing() {
    const CODING: &str = "a Transfer-Encoding that is not chunked alone";
    for (response, expected) in [
        ("Content-Length: 5↵↵hello", Ok("200 hello")),
        ("Content-Length: 0↵↵", Ok("200 ")),
        // What follows the response is nobody's.
        ("Content-Length: 5↵↵helloHTTP/1.1 200 OK↵↵", Ok("200 hello")),
        ("Transfer-Encoding: chunked↵↵5↵hello↵0↵↵", Ok("200 hello")),
        ("Transfer-Encoding: Chunked↵↵2;a=b↵he↵03↵llo↵0;x↵A: b↵↵rubbish", Ok("200 hello")),
        ("Content-Length: five↵↵hello", malformed("Content-Length is not a number")),
        ("Content-Length: 5, 5↵↵hello", malformed("Content-Length is not a number")),
        ("Transfer-Encoding: gzip, chunked↵↵", malformed(CODING)),
        ("Transfer-Encoding: gzip↵↵", malformed(CODING)),
        (
            "Transfer-Encoding: chunked↵↵x",
            malformed("a chunk size does not begin with a hexadecimal digit"),
        ),
        (
            "Transfer-Encoding: chunked↵↵1↵hello↵0↵↵",
            malformed("a chunk is longer than its size says"),
        ),
    ] {
        get(&format!("{OK}{response}"), expected);
    }
    // Until the connection ends, where nothing else is said (RFC 9112 section 6.3, point 8).
    get_and_end(&format!("{OK}↵hello, {OK}"), Ok("200 hello, HTTP/1.1 200 OK\r\n"));
    get_and_end(&format!("{OK}↵"), Ok("200 "));
    get_and_end("HTTP/1.0 200 OK↵Connection: keep-alive↵↵hello", Ok("200 hello"));
    // HTTP/1.0 has no chunks.
    let old = "HTTP/1.0 200 OK↵Transfer-Encoding: chunked↵↵0↵↵";
    get(old, malformed(CODING));
}

#[test]
fn some_responses_have_no_body() {
    for fields in ["Content-Length: 5000↵", "Transfer-Encoding: chunked↵", ""] {
        get(&format!("HTTP/1.1 204 No Content↵{fields}↵"), Ok("204 "));
        get(&format!("HTTP/1.1 304 Not Modified↵{fields}↵rubbish"), Ok("304 "));
        answered("HEAD", &[Step::Send(&crlf(&format!("{OK}{fields}↵")))], Ok("200 "));
    }
    // 205 is not one of them, and a body to OPTIONS is one like any other.
    get("HTTP/1.1 205 Reset Content↵Content-Length: 0↵↵", Ok("205 "));
    let options = crlf(&format!("{OK}Content-Length: 2↵↵hi"));
    answered("OPTIONS", &[Step::Send(&options)], Ok("200 hi"));
}

#[test]
fn interim_responses_are_passed_over() {
    let last = format!("{OK}Content-Length: 2↵↵hi");
    get(&format!("HTTP/1.1 100 Continue↵↵{last}"), Ok("200 hi"));
    get(&format!("HTTP/1.1 103 Early Hints↵Link: </a>↵↵HTTP/1.1 199 ↵↵{last}"), Ok("200 hi"));
    // Their header says nothing about a body.
    get(&format!("HTTP/1.1 100 Continue↵Content-Length: 9↵↵{last}"), Ok("200 hi"));
    let some = "HTTP/1.1 100 Continue↵↵".repeat(MOST_INTERIM as usize);
    get(&format!("{some}{last}"), Ok("200 hi"));
    get(&format!("{some}HTTP/1.1 102 Processing↵↵{last}"), too_large(Part::Interim));
    let why = "the server switches to another protocol, which nobody asked for";
    get("HTTP/1.1 101 Switching Protocols↵Upgrade: x↵↵\0\x01", malformed(why));
    get_and_end("HTTP/1.1 100 Continue↵↵", missing(Missing::Everything));
    get_and_end("HTTP/1.1 100 Continue↵↵HTTP", missing(Missing::Head));
}

#[test]
fn a_response_that_ends_too_early_is_not_taken_for_whole() {
    get_and_end("", missing(Missing::Everything));
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    for cut in 1..head.len() {
        get_and_end(&head[..cut], missing(Missing::Head));
    }
    for (body, bytes) in [("", 5), ("h", 4), ("hell", 1)] {
        get_and_end(&format!("{head}{body}"), missing(Missing::Body { bytes }));
    }
    for (body, bytes) in [
        ("", 0),
        ("5", 0),
        ("5↵", 5),
        ("5↵hel", 2),
        ("5↵hello", 0),
        ("5↵hello↵", 0),
        ("5↵hello↵0↵", 0),
        ("5↵hello↵0↵A: b↵", 0),
    ] {
        let response = format!("{OK}Transfer-Encoding: chunked↵↵{body}");
        get_and_end(&response, missing(Missing::Chunks { bytes }));
    }
    // If what there is of it is wrong already, that is said.
    get_and_end("HTTP/1.1 200 OK↵A b", malformed("white space before a header's colon"));
    get_and_end(
        &format!("{OK}Transfer-Encoding: chunked↵↵0↵A: b↵A b"),
        malformed("white space before a header's colon"),
    );
}

#[test]
fn a_conversation_that_is_cut_off_counts_as_closed() {
    let call = Call::get("a", "/").unwrap();
    let start = start();
    let begun = || Client::new(&call, Limits::default(), start);
    assert_eq!(
        begun().finish().unwrap_err().to_string(),
        "the connection ended before a response began"
    );
    for (sent, missing, said) in [
        (OK, Missing::Head, "the head of the response was whole"),
        (
            "HTTP/1.1 200 OK↵Content-Length: 5↵↵he",
            Missing::Body { bytes: 3 },
            "the last 3 bytes of the body",
        ),
    ] {
        let mut client = begun();
        let sent = crlf(sent);
        // The driver stops between two inputs.
        client.handle(Input::Wrote(call.encode().len()), start);
        client.handle(Input::Received(&sent), start);
        assert!(client.outcome().is_none());
        let error = client.finish().unwrap_err();
        assert_eq!(error, ClientError::Closed { missing });
        assert_eq!(error.to_string(), format!("the connection ended before {said}"));
    }
}
