//! The Host field, how often and where: RFC 9112 3.2, RFC 9110 7.2.

use super::super::case::{Case, End, hello, must, reply, security, should};
use super::{SMUGGLED, join};

/// `GET /` with exactly these field lines.
fn with(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\n{fields}\r\n")
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        must("host-missing", "9112 3.2", "HTTP/1.1 without Host is refused")
            .send(with(""))
            .answered(&[400]),
        must("host-missing-among", "9112 3.2", "other fields do not replace Host")
            .send(with("X-Host: a\r\nAccept: */*\r\n"))
            .answered(&[400]),
        must("host-missing-post", "9112 3.2", "a request with a body needs Host too")
            .send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
            .answered(&[400]),
        must("host-missing-1.2", "9112 3.2", "a higher minor version needs Host too")
            .send("GET / HTTP/1.2\r\n\r\n")
            .answered(&[400, 505]),
        must("host-missing-options", "9112 3.2", "OPTIONS * needs Host too")
            .send("OPTIONS * HTTP/1.1\r\n\r\n")
            .answered(&[400]),
        must("host-missing-head", "9112 3.2", "HEAD without Host is refused, without a body")
            .send("HEAD / HTTP/1.1\r\n\r\n")
            .gets([reply(400).for_head()], End::Either),
        security("host-twice", "9112 3.2", "two different Hosts are refused")
            .send(with("Host: a\r\nHost: b\r\n"))
            .answered(&[400]),
        security("host-twice-alike", "9112 3.2", "two Hosts are refused even if they are alike")
            .send(with("Host: a\r\nHost: a\r\n"))
            .answered(&[400]),
        security("host-twice-case", "9112 3.2", "two Hosts are refused whatever their case")
            .send(with("Host: a\r\nX: y\r\nhOST: b\r\n"))
            .answered(&[400]),
        security("host-twice-empty", "9112 3.2", "a second Host is refused even if it is empty")
            .send(with("Host: a\r\nHost:\r\n"))
            .answered(&[400]),
        security("host-twice-1.0", "9112 3.2", "two Hosts are refused in HTTP/1.0 too")
            .send("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")
            .refused(&[400]),
        must("host-bad-1.0", "9112 3.2", "a malformed Host is refused in HTTP/1.0 too")
            .send("GET / HTTP/1.0\r\nHost: a b\r\n\r\n")
            .refused(&[400]),
        must("host-none-1.0", "9112 3.2", "HTTP/1.0 needs no Host")
            .send("GET / HTTP/1.0\r\nX: y\r\n\r\n")
            .gets([hello()], End::Closed),
        security(
            "host-space-colon",
            "9112 5.1",
            "whitespace between Host and its colon is refused",
        )
        .send(with("Host : a\r\n"))
        .refused(&[400]),
        security("host-folded", "9112 5.2", "a folded Host is refused, or unfolded")
            .send(with("Host:\r\n a\r\n"))
            .refused(&[400])
            .hello(),
        security("host-folded-second", "9112 5.2", "a folded line after Host is not a second Host")
            .send(with("Host: a\r\n Host: b\r\n"))
            .refused(&[400]),
        must("host-last", "9110 5.3", "Host may be the last field")
            .send(with("A: b\r\nC: d\r\nHost: a\r\n"))
            .hello(),
        must("host-case", "9110 5.1", "the name Host has no case")
            .send(with("hOsT: a\r\n"))
            .hello(),
        must("host-no-space", "9112 5", "no space need follow the colon")
            .send(with("Host:a\r\n"))
            .hello(),
        must("host-tabs", "9112 5", "tabs around a value are no part of it")
            .send(with("Host:\t a \t\r\n"))
            .hello(),
        should("host-empty", "9112 3.2", "an empty Host is served, or refused")
            .send(with("Host:\r\n"))
            .answered(&[200, 400]),
        security(
            "host-refused-once",
            "9112 2.2",
            "nothing is served after a request that had two Hosts and a body",
        )
        .send(join(&[
            b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 41\r\n\r\n",
            SMUGGLED.as_bytes(),
        ]))
        .answered(&[400]),
    ]
}
