//! Trailer sections: RFC 9112 7.1.2, RFC 9110 6.5.

use super::super::case::{Case, End, bytes, echo, must, security, should};
use super::{SMUGGLED, chunks, post};

fn with(trailers: &[u8]) -> Vec<u8> {
    chunks([b"5\r\nhello\r\n0\r\n", trailers, b"\r\n"].concat())
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("trailer", "9112 7.1.2", "a trailer is read, and ends with the section")
            .send(with(b"X: y\r\n"))
            .echo("hello"),
        must("trailer-several", "9112 7.1.2", "several trailers are read")
            .send(with(b"X: y\r\nY:\r\nZ: a b\r\n"))
            .echo("hello"),
        must("trailer-announced", "9110 6.6.2", "a trailer may be announced")
            .send(post(
                "Trailer: X\r\nTransfer-Encoding: chunked\r\n",
                "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
            ))
            .echo("hello"),
        security("trailer-request", "9112 7.1.2", "a request line among the trailers is refused")
            .send(with(SMUGGLED.as_bytes()))
            .refused(&[400]),
        security(
            "trailer-space-colon",
            "9112 5.1",
            "a space before the colon of a trailer is refused",
        )
        .send(with(b"Content-Length : 5\r\n"))
        .refused(&[400]),
        must(
            "trailer-then-request",
            "9112 7.1.2",
            "what follows a trailer section is the next request",
        )
        .send([&with(b"X: y\r\n"), SMUGGLED.as_bytes()].concat())
        .gets([echo("hello"), bytes(3)], End::Open),
    ];
    // RFC 9110 6.5.1: framing, routing and the like cannot be changed by a trailer.
    let forbidden: [(&str, &str); 7] = [
        ("trailer-length", "Content-Length: 100\r\n"),
        ("trailer-length-zero", "Content-Length: 0\r\n"),
        ("trailer-coding", "Transfer-Encoding: chunked\r\n"),
        ("trailer-coding-identity", "Transfer-Encoding: identity\r\n"),
        ("trailer-host", "Host: b\r\n"),
        ("trailer-expect", "Expect: 100-continue\r\n"),
        ("trailer-two-lengths", "Content-Length: 1\r\nContent-Length: 2\r\n"),
    ];
    cases.extend(forbidden.map(|(id, trailers)| {
        security(id, "9110 6.5.1", "a field that no trailer may be is ignored, or refused")
            .send(with(trailers.as_bytes()))
            .echo("hello")
            .refused(&[400])
    }));
    let malformed: [(&str, &[u8]); 8] = [
        ("trailer-no-colon", b"X\r\n"),
        ("trailer-no-name", b": y\r\n"),
        ("trailer-space-name", b"X Y: z\r\n"),
        ("trailer-nul-name", b"X\0: y\r\n"),
        ("trailer-cr-name", b"X\rY: z\r\n"),
        ("trailer-cr-crlf", b"\r\r\nX: y\r\n"),
        ("trailer-leading-space", b" X: y\r\n"),
        ("trailer-high-byte", b"\xe9: y\r\n"),
    ];
    cases.extend(malformed.map(|(id, trailers)| {
        should(id, "9112 2.2", "a malformed trailer is refused")
            .send(with(trailers))
            .refused(&[400])
    }));
    let either: [(&str, &[u8]); 4] = [
        ("trailer-folded", b"X: y\r\n z\r\n"),
        ("trailer-lf", b"X: y\nZ: a\r\n"),
        ("trailer-nul", b"X: \0\r\n"),
        ("trailer-cr", b"X: a\rb\r\n"),
    ];
    cases.extend(either.map(|(id, trailers)| {
        security(id, "9112 5", "an ambiguous trailer is refused, or cannot matter")
            .send(with(trailers))
            .refused(&[400])
            .echo("hello")
    }));
    cases
}
