//! The request line: RFC 9112 2.2, 2.3 and 3.

use super::super::case::{Case, End, hello, must, reply, security, should};
use super::{SMUGGLED, get, join, request};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("line-simple", "9112 3", "a simple request is answered").send(get("")).hello(),
        must("line-byte-by-byte", "9112 2.2", "a request that comes a byte at a time is answered")
            .each_byte(get("X: y\r\n"))
            .hello(),
        must("line-not-early", "9112 2.1", "nothing is answered before the head ends")
            .send("GET / HTTP/1.1\r\nHost: a\r\n")
            .quiet()
            .send("\r\n")
            .hello(),
        must("line-split-crlf", "9112 2.2", "a CR and its LF may come apart")
            .send("GET / HTTP/1.1\r")
            .quiet()
            .send("\nHost: a\r\n\r")
            .quiet()
            .send("\n")
            .hello(),
        should("line-empty-before", "9112 2.2", "one empty line before a request is ignored")
            .send(join(&[b"\r\n", &get("")]))
            .hello(),
        should("line-two-empty-before", "9112 2.2", "two empty lines before a request are ignored")
            .send(join(&[b"\r\n\r\n", &get("")]))
            .hello()
            .refused(&[400]),
        should(
            "line-empty-lf-before",
            "9112 2.2",
            "a bare LF before a request is ignored or refused",
        )
        .send(join(&[b"\n", &get("")]))
        .refused(&[400])
        .hello(),
        must("version-1.0", "9110 2.5", "HTTP/1.0 is served")
            .send("GET / HTTP/1.0\r\n\r\n")
            .gets([hello()], End::Closed),
        should("version-1.2", "9110 2.5", "a higher minor version is served as HTTP/1.1")
            .send(request("GET / HTTP/1.2", ""))
            .hello()
            .answered(&[505]),
        should("version-1.9", "9110 2.5", "the highest minor version is served as HTTP/1.1")
            .send(request("GET / HTTP/1.9", ""))
            .hello()
            .answered(&[505]),
        should("version-2.0", "9110 15.6.6", "a request line that says HTTP/2.0 is answered 505")
            .send(request("GET / HTTP/2.0", ""))
            .answered(&[505]),
        should("version-9.9", "9110 15.6.6", "an unknown major version is answered 505")
            .send(request("GET / HTTP/9.9", ""))
            .answered(&[505]),
        should("version-0.9", "9110 15.6.6", "HTTP/0.9 by name is answered 505 or 400")
            .send(request("GET / HTTP/0.9", ""))
            .answered(&[505, 400]),
        should("version-none", "9112 3", "a request line without a version is refused")
            .send("GET /\r\n\r\n")
            .refused(&[400, 505])
            .silent(),
        should(
            "version-none-host",
            "9112 3",
            "a request line without a version is refused despite its fields",
        )
        .send(request("GET /", ""))
        .refused(&[400, 505])
        .silent(),
        should(
            "line-target-only",
            "9112 3",
            "a request line without target and version is refused",
        )
        .send(request("GET", ""))
        .refused(&[400]),
        should("line-no-target", "9112 3", "a request line with an empty target is refused")
            .send(request("GET  HTTP/1.1", ""))
            .refused(&[400]),
        should(
            "line-space-target",
            "9112 3.2",
            "a space within the target is refused, not guessed at",
        )
        .send(request("GET /a b HTTP/1.1", ""))
        .answered(&[400, 301]),
        should("line-trailing-word", "9112 3", "a fourth word on the request line is refused")
            .send(request("GET / HTTP/1.1 x", ""))
            .refused(&[400]),
        security(
            "line-hidden-version",
            "9112 3",
            "a second version on the request line is refused",
        )
        .send(request("GET / HTTP/1.1 HTTP/1.1", ""))
        .refused(&[400]),
        security("line-cr-only", "9112 2.2", "bare CRs do not end lines")
            .send("GET / HTTP/1.1\rHost: a\r\r")
            .half_close()
            .refused(&[400])
            .silent(),
        security("line-cr-in-line", "9112 2.2", "a bare CR in the request line is refused")
            .send(request("GET /\rx HTTP/1.1", ""))
            .refused(&[400]),
        security("line-cr-crlf", "9112 2.2", "a CR before the CRLF of the request line is refused")
            .send(request("GET / HTTP/1.1\r", ""))
            .refused(&[400]),
        security("line-cr-smuggled", "9112 2.2", "a request behind a bare CR is not served")
            .send(join(&[b"GET /\r HTTP/1.1\rHost: a\r\r", SMUGGLED.as_bytes()]))
            .refused(&[400]),
        should(
            "line-lf-only",
            "9112 2.2",
            "lines that end in a bare LF are refused, or all read alike",
        )
        .send("GET / HTTP/1.1\nHost: a\n\n")
        .refused(&[400, 408])
        .hello(),
        should(
            "line-lf-first",
            "9112 2.2",
            "a request line that ends in a bare LF is refused, or read",
        )
        .send("GET / HTTP/1.1\nHost: a\r\n\r\n")
        .refused(&[400])
        .hello(),
        should("line-lf-last", "9112 2.2", "a head that ends in a bare LF is refused, or read")
            .send("GET / HTTP/1.1\r\nHost: a\r\n\n")
            .refused(&[400, 408])
            .hello(),
        should("line-cr-before", "9112 2.2", "a bare CR before a request is refused, or ignored")
            .send(join(&[b"\r", &get("")]))
            .refused(&[400])
            .hello(),
        should("line-space-before", "9112 2.2", "a line of whitespace before a request is refused")
            .send(join(&[b" \r\n", &get("")]))
            .refused(&[400]),
        security("line-nul", "9110 5.5", "a NUL in the request line is refused")
            .send(request("GET /\0 HTTP/1.1", ""))
            .refused(&[400]),
        security("line-nul-method", "9110 9.1", "a NUL in the method is refused")
            .send(request("G\0ET / HTTP/1.1", ""))
            .refused(&[400, 501]),
        should("garbage-tls", "9112 2.2", "a TLS hello on the plain port is refused")
            .send(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n")
            .refused(&[400])
            .silent(),
        should("garbage-h2", "9113 3.4", "the preface of HTTP/2 is refused")
            .send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .refused(&[505, 400])
            .silent(),
        should("garbage-binary", "9112 2.2", "binary rubbish is refused")
            .send(b"\x80\x00\xff\xfe\x01\x02\r\n\x90\x91\r\n\r\n")
            .refused(&[400])
            .silent(),
        should("garbage-proxy", "9112 2.2", "the line of another protocol is refused")
            .send(join(&[b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", &get("")]))
            .refused(&[400]),
        should("garbage-bom", "9112 2.2", "a byte order mark before the method is refused")
            .send(join(&[b"\xef\xbb\xbf", &get("")]))
            .refused(&[400, 501]),
        should("garbage-reply", "9112 2.1", "a status line sent to a server is refused")
            .send("HTTP/1.1 200 OK\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            .refused(&[400, 501, 505]),
    ];
    let versions: [(&str, &str); 11] = [
        ("version-lowercase", "http/1.1"),
        ("version-other-name", "HTTQ/1.1"),
        ("version-no-slash", "HTTP1.1"),
        ("version-no-minor", "HTTP/1"),
        ("version-dot-only", "HTTP/1."),
        ("version-two-dots", "HTTP/1.1.1"),
        ("version-long-minor", "HTTP/1.10"),
        ("version-long-major", "HTTP/01.1"),
        ("version-sign", "HTTP/+1.1"),
        ("version-comma", "HTTP/1,1"),
        ("version-letter", "HTTP/1.x"),
    ];
    cases.extend(versions.map(|(id, version)| {
        should(id, "9112 2.3", "a malformed version is refused")
            .send(request(format!("GET / {version}"), ""))
            .refused(&[400, 505])
    }));
    let spaces: [(&str, &str); 6] = [
        ("line-two-spaces", "GET  / HTTP/1.1"),
        ("line-two-spaces-late", "GET /  HTTP/1.1"),
        ("line-tab", "GET\t/ HTTP/1.1"),
        ("line-leading-space", " GET / HTTP/1.1"),
        ("line-trailing-space", "GET / HTTP/1.1 "),
        ("line-vertical-tab", "GET\x0b/ HTTP/1.1"),
    ];
    cases.extend(spaces.map(|(id, line)| {
        should(id, "9112 3", "other whitespace than two single spaces is refused, or read as such")
            .send(request(line, ""))
            .refused(&[400])
            .gets([hello()], End::Either)
            .answered(&[501])
    }));
    let methods: [(&str, &str); 4] = [
        ("method-parenthesis", "GE(T"),
        ("method-quoted", "\"GET\""),
        ("method-colon", "GET:"),
        ("method-control", "GE\x01T"),
    ];
    cases.extend(methods.map(|(id, method)| {
        should(id, "9110 9.1", "a method that is no token is refused")
            .send(request(format!("{method} / HTTP/1.1"), ""))
            .gets([reply(400)], End::Closed)
            .answered(&[501, 405])
    }));
    cases
}
