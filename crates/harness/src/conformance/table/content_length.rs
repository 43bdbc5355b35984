//! Bodies by length: RFC 9110 8.6, RFC 9112 6.2 and 6.3.

use super::super::case::{Case, End, bytes, echo, must, security, should};
use super::{SMUGGLED, get, hiding, join, post, request, sized};

pub(super) fn cases() -> Vec<Case> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut cases = vec![
        must("length-simple", "9112 6.2", "a body of a declared length comes back")
            .send(sized("hello"))
            .echo("hello"),
        must("length-zero", "9112 6.2", "a length of 0 is a body of nothing")
            .send(sized(""))
            .echo(""),
        must("length-zero-get", "9112 6.2", "a GET may say that it has no body")
            .send(get("Content-Length: 0\r\n"))
            .hello(),
        must("length-every-byte", "9112 6", "a body may hold every byte")
            .send(sized(&every_byte))
            .echo(&every_byte),
        must("length-blank-lines", "9112 6", "blank lines end no body")
            .send(sized("a\r\n\r\nb\n\n0\r\n\r\n"))
            .echo("a\r\n\r\nb\n\n0\r\n\r\n"),
        must("length-split", "9112 6.2", "head and body may come apart")
            .send(request("POST / HTTP/1.1", "Content-Length: 10\r\n"))
            .quiet()
            .send("hello")
            .quiet()
            .send("world")
            .echo("helloworld"),
        must("length-byte-by-byte", "9112 6.2", "a body that comes a byte at a time is read")
            .each_byte(sized("hello"))
            .echo("hello"),
        must("length-next", "9112 6.3", "what follows a body is the next request")
            .send(join(&[&sized("hello"), SMUGGLED.as_bytes()]))
            .gets([echo("hello"), bytes(3)], End::Open),
        must("length-request-inside", "9112 6.3", "a body that looks like a request is a body")
            .send(hiding("POST / HTTP/1.1"))
            .echo(SMUGGLED),
        must("length-leading-zeros", "9110 8.6", "leading zeros are digits")
            .send(post("Content-Length: 0005\r\n", "hello"))
            .echo("hello")
            .refused(&[400]),
        must("length-many-zeros", "9110 8.6", "many leading zeros are digits, or too many")
            .send(post(format!("Content-Length: {}5\r\n", "0".repeat(40)), "hello"))
            .echo("hello")
            .refused(&[400, 413]),
        should("length-large", "9112 6.2", "a body of half a MiB comes back")
            .send(sized("x".repeat(1 << 19)))
            .echo("x".repeat(1 << 19)),
        must("length-1.0", "9112 6.2", "HTTP/1.0 frames a body by length too")
            .send("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
            .gets([echo("hello")], End::Closed),
        should(
            "length-none-1.0",
            "9112 6.3",
            "HTTP/1.0 without a length has no body, or is refused",
        )
        .send("POST / HTTP/1.0\r\n\r\n")
        .gets([echo("")], End::Closed)
        .refused(&[400, 411]),
        security("length-surplus", "9112 6.3", "bytes beyond the length are no part of the body")
            .send(post("Content-Length: 5\r\n", "helloEVIL / HTTP/1.1\r\nHost: a\r\n\r\n"))
            .gets([echo("hello"), super::super::case::any_of(&[501, 400, 405])], End::Either),
        security("length-twice-alike", "9110 8.6", "two equal lengths are refused, or read as one")
            .send(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"))
            .refused(&[400])
            .echo("hello"),
        security(
            "length-list-alike",
            "9110 8.6",
            "a list of equal lengths is refused, or read as one",
        )
        .send(post("Content-Length: 5, 5\r\n", "hello"))
        .refused(&[400])
        .echo("hello"),
        security("length-twice", "9112 6.3", "two different lengths are refused")
            .send(post("Content-Length: 5\r\nContent-Length: 46\r\n", format!("hello{SMUGGLED}")))
            .refused(&[400]),
        security(
            "length-twice-reversed",
            "9112 6.3",
            "two different lengths are refused in any order",
        )
        .send(post("Content-Length: 46\r\nContent-Length: 5\r\n", format!("hello{SMUGGLED}")))
        .refused(&[400]),
        security("length-twice-zero", "9112 6.3", "a length of 0 and another are refused")
            .send(post("Content-Length: 0\r\nContent-Length: 41\r\n", SMUGGLED))
            .refused(&[400]),
        security(
            "length-twice-written",
            "9112 6.3",
            "two lengths written differently are refused, or read as one",
        )
        .send(post("Content-Length: 5\r\ncontent-length: 05\r\n", "hello"))
        .refused(&[400])
        .echo("hello"),
        security("length-twice-bad", "9112 6.3", "a good length does not excuse a bad one")
            .send(post("Content-Length: 5\r\nContent-Length: x\r\n", "hello"))
            .refused(&[400]),
        security("length-twice-empty", "9112 6.3", "a good length does not excuse an empty one")
            .send(post("Content-Length: 5\r\nContent-Length:\r\n", "hello"))
            .refused(&[400]),
        security("length-list", "9112 6.3", "a list of different lengths is refused")
            .send(post("Content-Length: 5, 46\r\n", format!("hello{SMUGGLED}")))
            .refused(&[400]),
        security("length-get-bad", "9112 6.3", "a malformed length is refused on GET too")
            .send(get("Content-Length: abc\r\n"))
            .refused(&[400]),
        security(
            "length-get-smuggled",
            "9112 6.3",
            "a malformed length on GET does not make the body a request",
        )
        .send(join(&[&get("Content-Length: +41\r\n"), SMUGGLED.as_bytes()]))
        .refused(&[400]),
        security(
            "length-twice-space",
            "9112 5.1",
            "a second length with a space before its colon is refused",
        )
        .send(post("Content-Length: 5\r\nContent-Length : 46\r\n", format!("hello{SMUGGLED}")))
        .refused(&[400]),
        security(
            "length-space-colon",
            "9112 5.1",
            "a space between Content-Length and its colon is refused",
        )
        .send(post("Content-Length : 41\r\n", SMUGGLED))
        .refused(&[400]),
        security("length-folded", "9112 5.2", "a folded length is refused, or unfolded")
            .send(post("Content-Length:\r\n 5\r\n", "hello"))
            .refused(&[400])
            .echo("hello"),
        security("length-folded-digits", "9112 5.2", "a fold between digits is refused")
            .send(post("Content-Length: 4\r\n 1\r\n", SMUGGLED))
            .refused(&[400]),
        security(
            "length-hop",
            "9110 7.6.1",
            "`Connection: content-length` does not change the framing",
        )
        .send(post("Connection: content-length\r\nContent-Length: 41\r\n", SMUGGLED))
        .echo(SMUGGLED)
        .refused(&[400]),
        security("length-underscore", "9110 5.1", "`Content_Length` is another field")
            .send(get("Content_Length: 500\r\n"))
            .hello()
            .refused(&[400]),
        security("length-overflow", "9112 6.3", "a length beyond 64 bits does not wrap around")
            .send(post("Content-Length: 18446744073709551621\r\n", "hello"))
            .refused(&[413, 400]),
        security("length-overflow-32", "9112 6.3", "a length beyond 32 bits does not wrap around")
            .send(post("Content-Length: 4294967301\r\n", "hello"))
            .refused(&[413, 400]),
        security("length-max", "9112 6.3", "the largest length harms nothing")
            .send(post("Content-Length: 18446744073709551615\r\n", "hello"))
            .refused(&[413, 400]),
        security("length-signed-max", "9112 6.3", "the largest signed length harms nothing")
            .send(post("Content-Length: 9223372036854775807\r\n", "hello"))
            .refused(&[413, 400]),
        security("length-100-digits", "9112 6.3", "a length of 100 digits harms nothing")
            .send(post(format!("Content-Length: {}\r\n", "9".repeat(100)), "hello"))
            .refused(&[413, 400]),
    ];
    let malformed: [(&str, &[u8]); 20] = [
        ("length-empty", b""),
        ("length-plus", b"+5"),
        ("length-minus", b"-5"),
        ("length-minus-zero", b"-0"),
        ("length-hex", b"0x5"),
        ("length-hex-digit", b"a"),
        ("length-fraction", b"5.0"),
        ("length-exponent", b"5e0"),
        ("length-letters", b"five"),
        ("length-trailing-letter", b"5x"),
        ("length-inner-space", b"5 5"),
        ("length-underscored", b"0_5"),
        ("length-quoted", b"\"5\""),
        ("length-semicolon", b"5;x"),
        ("length-comma", b"5,"),
        ("length-comma-first", b",5"),
        ("length-wide-digit", b"\xef\xbc\x95"),
        ("length-vertical-tab", b"\x0b5"),
        ("length-nul", b"5\0"),
        ("length-cr", b"5\r1"),
    ];
    cases.extend(malformed.map(|(id, length)| {
        security(id, "9112 6.3", "a malformed length is refused, and the connection closed")
            .send(post([b"Content-Length: ", length, b"\r\n"].concat(), "hello"))
            .refused(&[400])
    }));
    cases
}
