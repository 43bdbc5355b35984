//! The request line (RFC 9112 section 3): what is understood, and what is refused.

mod support;

use support::{ask, ask_and_end};

/// The rest of a good request, after its request line.
const REST: &str = "↵Host: a↵↵";

#[test]
fn good_request_lines() {
    for (line, said) in [
        ("GET / HTTP/1.1", "200 GET /"),
        ("get / HTTP/1.1", "200 get /"),
        ("DELETE /a/b;c?d=e&f HTTP/1.1", "200 DELETE /a/b;c?d=e&f"),
        ("GET /? HTTP/1.1", "200 GET /?"),
        ("GET /?a?b HTTP/1.1", "200 GET /?a?b"),
        ("GET // HTTP/1.1", "200 GET //"),
        ("GET /%41%7e HTTP/1.1", "200 GET /%41%7e"),
        ("GET /[x]{y}|^`~ HTTP/1.1", "200 GET /[x]{y}|^`~"),
        ("!#$%&'*+-.^_`|~ / HTTP/1.1", "200 !#$%&'*+-.^_`|~ /"),
        ("OPTIONS * HTTP/1.1", "200 OPTIONS *"),
        ("OPTIONS /x HTTP/1.1", "200 OPTIONS /x"),
        // The absolute form (section 3.2.2), which every server must accept.
        ("GET http://a/x HTTP/1.1", "200 GET /x"),
        ("GET http://a HTTP/1.1", "200 GET /"),
        ("GET http://a?b HTTP/1.1", "200 GET /?b"),
        ("GET HTTPS://b:443/x?y HTTP/1.1", "200 GET /x?y"),
        ("GET http://[::1]:80/ HTTP/1.1", "200 GET /"),
        // A higher minor version is spoken to as 1.1 (RFC 9110 section 2.5).
        ("GET / HTTP/1.2", "200 GET /"),
        ("GET / HTTP/1.9", "200 GET /"),
        // As many as 32 bytes are a method, longer than any that is registered.
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1", "200 ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF /"),
    ] {
        ask(&format!("{line}{REST}"), said);
    }
}

#[test]
fn bad_request_lines() {
    const METHOD: &str = "400 the request does not begin with a method, close";
    const VERSION: &str = "400 the request line does not end with HTTP/1.1 and CR LF, close";
    const TARGET: &str = "400 the request target contains a byte it may not, close";
    const FORM: &str = "400 the request target is neither a path nor an http URL, close";
    const ESCAPE: &str = "400 a % in the target is not followed by two hex digits, close";
    const CONNECT: &str = "400 CONNECT wants a host and a port, close";
    const PROXY: &str = "501 this server is no proxy, close";
    const OLD: &str = "505 this server speaks HTTP/1.1 and HTTP/1.0, close";
    for (line, said) in [
        (" GET / HTTP/1.1", METHOD),
        ("G(T / HTTP/1.1", METHOD),
        ("GET\t/ HTTP/1.1", METHOD),
        ("GET", METHOD),
        ("\0GET / HTTP/1.1", METHOD),
        ("\r / HTTP/1.1", METHOD),
        ("\n", METHOD),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1",
            "501 no method has a name that long, close",
        ),
        ("GET /", "400 the request line has no HTTP version, close"),
        ("GET /\n", "400 the request line has no HTTP version, close"),
        ("GET  / HTTP/1.1", TARGET),
        ("GET /a b HTTP/1.1", VERSION),
        ("GET /  HTTP/1.1", VERSION),
        ("GET /\tHTTP/1.1", TARGET),
        ("GET /\"a HTTP/1.1", TARGET),
        ("GET /<a> HTTP/1.1", TARGET),
        ("GET /a#b HTTP/1.1", TARGET),
        ("GET /\\ HTTP/1.1", TARGET),
        ("GET /\u{e9} HTTP/1.1", TARGET),
        ("GET /\x7f HTTP/1.1", TARGET),
        ("GET /\0 HTTP/1.1", TARGET),
        ("GET /%4 HTTP/1.1", ESCAPE),
        ("GET /%zz HTTP/1.1", ESCAPE),
        ("GET /a?b=100% HTTP/1.1", ESCAPE),
        ("GET a HTTP/1.1", FORM),
        ("GET ?a HTTP/1.1", FORM),
        ("GET * HTTP/1.1", FORM),
        ("GET ftp://a/ HTTP/1.1", FORM),
        ("GET http:/a HTTP/1.1", FORM),
        ("GET http:///x HTTP/1.1", FORM),
        ("GET http://u@a/ HTTP/1.1", FORM),
        ("GET http://a:b/ HTTP/1.1", FORM),
        ("GET http://a/%4 HTTP/1.1", FORM),
        ("GET a:80 HTTP/1.1", FORM),
        ("CONNECT a:80 HTTP/1.1", PROXY),
        ("CONNECT a HTTP/1.1", CONNECT),
        ("CONNECT /x HTTP/1.1", CONNECT),
        ("CONNECT :80 HTTP/1.1", CONNECT),
        ("GET / HTTP/1.1 ", VERSION),
        ("GET / HTTP/1.1x", VERSION),
        ("GET / HTTP/1.1\n", VERSION),
        ("GET / HTTP/1.1\r", VERSION),
        ("GET / http/1.1", VERSION),
        ("GET / HTTP/11", VERSION),
        ("GET / HTTP/1.10", VERSION),
        ("GET / HTTP/1", VERSION),
        ("GET / HTTP/ 1.1", VERSION),
        ("GET / HTTPS/1.1", VERSION),
        ("GET / HTTP/2.0", OLD),
        ("GET / HTTP/0.9", OLD),
        // The preface of HTTP/2, to a server that does not speak it.
        ("PRI * HTTP/2.0", OLD),
    ] {
        ask(&format!("{line}{REST}"), said);
    }
}

#[test]
fn empty_lines_before_a_request_are_passed_over() {
    ask("↵GET / HTTP/1.1↵Host: a↵↵", "200 GET /");
    ask("↵↵↵↵GET / HTTP/1.1↵Host: a↵↵↵↵GET /2 HTTP/1.1↵Host: a↵↵", "200 GET /\n200 GET /2");
    // Other clients of old sent one after a body.
    ask(
        "POST / HTTP/1.1↵Host: a↵Content-Length: 1↵↵x↵GET /2 HTTP/1.1↵Host: a↵↵",
        "200 POST / with x\n200 GET /2",
    );
    ask("↵ ↵GET / HTTP/1.1↵Host: a↵↵", "400 the request does not begin with a method, close");
    ask("↵↵", "");
    ask_and_end("↵↵", "");
}

#[test]
fn a_request_that_ends_too_early_is_refused() {
    const EARLY: &str = "400 the connection ended before the request did, close";
    let whole = "POST /x HTTP/1.1↵Host: a↵Content-Length: 2↵↵hi".replace('↵', "\r\n");
    for cut in 1..whole.len() {
        ask_and_end(&whole[..cut], EARLY);
    }
    ask_and_end("\r", EARLY);
    // Two requests: the first is answered, whatever becomes of the second.
    ask_and_end("GET /1 HTTP/1.1↵Host: a↵↵GET /2 HT", &format!("200 GET /1\n{EARLY}"));
    // Half a line may be enough to see what is wrong with it, however it was cut.
    ask_and_end("GET /\"", "400 the request target contains a byte it may not, close");
    ask_and_end(
        "GET / HTTP/1.1↵Host: a↵B(d",
        "400 a header's name contains a byte it may not, close",
    );
}
