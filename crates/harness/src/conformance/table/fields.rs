//! Field lines: RFC 9112 5, RFC 9110 5.

use super::super::case::{Case, must, security, should};
use super::{get, post};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("field-empty-value", "9110 5.5", "a value may be empty")
            .send(get("X:\r\nY: \r\n"))
            .hello(),
        must("field-no-space", "9112 5", "no space need follow the colon")
            .send(get("X:y\r\n"))
            .hello(),
        must("field-much-space", "9112 5", "whitespace around a value is no part of it")
            .send(post("Content-Length: \t 5 \t \r\n", "hello"))
            .echo("hello"),
        must("field-inner-space", "9110 5.5", "a value may hold spaces and tabs")
            .send(get("X: a b\tc  d\r\n"))
            .hello(),
        must("field-colon-value", "9112 5", "a value may hold colons")
            .send(get("X: a:b: c\r\n"))
            .hello(),
        should("field-high-bytes", "9110 5.5", "a value may hold bytes from 0x80 on")
            .send(get(b"X: \xe9\xff\x80\r\n"))
            .hello(),
        must("field-odd-name", "9110 5.6.2", "every token is a name")
            .send(get("!#$%&'*+-.^_`|~09aZ: x\r\n"))
            .hello(),
        must("field-unknown", "9110 5.1", "unknown fields are ignored")
            .send(get("X-A: b\r\nFoo: bar\r\n"))
            .hello(),
        must("field-repeated", "9110 5.3", "an unknown field may come twice")
            .send(get("X: a\r\nX: b\r\n"))
            .hello(),
        must("field-name-case", "9110 5.1", "names have no case")
            .send(post("cONTENT-lENGTH: 5\r\n", "hello"))
            .echo("hello"),
        security("field-space-colon", "9112 5.1", "a space between name and colon is refused")
            .send(get("X : y\r\n"))
            .refused(&[400]),
        security("field-tab-colon", "9112 5.1", "a tab between name and colon is refused")
            .send(get("X\t: y\r\n"))
            .refused(&[400]),
        security(
            "field-space-first",
            "9112 2.2",
            "whitespace before the first field is refused, or that line skipped",
        )
        .send("GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n")
        .refused(&[400])
        .hello(),
        security("field-space-host", "9112 2.2", "a Host that whitespace precedes does not count")
            .send("GET / HTTP/1.1\r\n Host: a\r\n\r\n")
            .refused(&[400]),
        should("field-folded", "9112 5.2", "a folded line is refused, or unfolded")
            .send(get("X: a\r\n b\r\n"))
            .refused(&[400])
            .hello(),
        should("field-folded-tab", "9112 5.2", "a line folded by a tab is refused, or unfolded")
            .send(get("X: a\r\n\tb\r\nY: z\r\n"))
            .refused(&[400])
            .hello(),
        should(
            "field-folded-empty",
            "9112 5.2",
            "a fold of whitespace only is refused, or unfolded",
        )
        .send(get("X: a\r\n \r\n"))
        .refused(&[400])
        .hello(),
        security(
            "field-folded-hides",
            "9112 5.2",
            "a length in a folded line is never a length of its own",
        )
        .send(post("X: a\r\n Content-Length: 5\r\n", ""))
        .refused(&[400])
        .answered(&[200, 411]),
        should("field-lf", "9112 2.2", "a bare LF after a field is refused, or ends the line")
            .send(get("X: a\nY: b\r\n"))
            .refused(&[400])
            .hello(),
        security("field-cr", "9112 2.2", "a bare CR in a value is refused, or read as a space")
            .send(get("X: a\rb\r\n"))
            .refused(&[400])
            .hello(),
        security("field-cr-line", "9112 2.2", "a bare CR does not start a field")
            .send(get("X: a\rContent-Length: 50\r\n"))
            .refused(&[400])
            .hello(),
        security("field-cr-crlf", "9112 2.2", "a CR before CRLF is refused, or read as a space")
            .send(get("X: a\r\r\n"))
            .refused(&[400])
            .hello(),
        security("field-cr-name", "9112 2.2", "a bare CR in a name is refused")
            .send(get("X\rY: a\r\n"))
            .refused(&[400]),
        security(
            "field-cr-end",
            "9112 2.2",
            "CR CR LF does not end a head, nor does it start a field",
        )
        .send("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n")
        .refused(&[400]),
        security("field-nul", "9110 5.5", "a NUL in a value is refused, or read as a space")
            .send(get("X: a\0b\r\n"))
            .refused(&[400])
            .hello(),
        security("field-no-colon", "9112 5", "a line without a colon is refused")
            .send(get("X\r\n"))
            .refused(&[400]),
        security("field-no-name", "9112 5", "a field without a name is refused")
            .send(get(": x\r\n"))
            .refused(&[400]),
        security("field-request-inside", "9112 11.2", "a request line among the fields is refused")
            .send(get("GET /bytes/3 HTTP/1.1\r\nHost: b\r\n"))
            .refused(&[400]),
    ];
    let hiding: [(&str, &[u8]); 5] = [
        ("name-space", b"X Y"),
        ("name-nul", b"X\0"),
        ("name-control", b"X\x01"),
        ("name-delete", b"X\x7f"),
        ("name-length-space", b"Content Length"),
    ];
    cases.extend(hiding.map(|(id, name)| {
        security(id, "9110 5.1", "a name with a space or a control byte is refused")
            .send(get([name, b": y\r\n"].concat()))
            .refused(&[400])
    }));
    let names: [(&str, &[u8]); 6] = [
        ("name-high-byte", b"X\xe9"),
        ("name-parenthesis", b"X(y)"),
        ("name-slash", b"X/Y"),
        ("name-at", b"X@Y"),
        ("name-quoted", b"\"X\""),
        ("name-bracket", b"X[0]"),
    ];
    cases.extend(names.map(|(id, name)| {
        should(id, "9112 2.2", "a name that is no token is refused")
            .send(get([name, b": y\r\n"].concat()))
            .refused(&[400])
    }));
    let controls: [(&str, &[u8]); 4] = [
        ("value-control", b"a\x01b"),
        ("value-vertical-tab", b"\x0ba"),
        ("value-escape", b"\x1b[2J"),
        ("value-delete", b"a\x7f"),
    ];
    cases.extend(controls.map(|(id, value)| {
        should(id, "9110 5.5", "a control byte in a value is refused, or kept as opaque")
            .send(get([b"X: ", value, b"\r\n"].concat()))
            .refused(&[400])
            .hello()
    }));
    cases
}
