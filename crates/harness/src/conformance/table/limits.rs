//! The named limits, on both sides: RFC 9110 17.5, RFC 9112 3 and 5, RFC 6585 5.

use super::super::case::{Case, End, bytes, must, reply, security, should};
use super::{chunks, get, get_of, post, request, sized};

const MIB: usize = 1 << 20;

/// This many field lines of about a dozen bytes.
fn many_fields(count: usize) -> String {
    (0..count).map(|i| format!("X-{i}: y\r\n")).collect()
}

/// A body of chunks of 32 KiB with this many bytes.
fn chunked_body(length: usize) -> Vec<u8> {
    chunks(format!("8000\r\n{}\r\n", "x".repeat(0x8000)).repeat(length / 0x8000) + "0\r\n\r\n")
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        should("limit-line-8000", "9112 3", "a request line of 8,000 bytes is read")
            .send(get_of(format!("/?{}", "a".repeat(8000 - 15))))
            .hello(),
        should("limit-path-7000", "9112 3", "a path of 7,000 bytes is an unknown path")
            .send(get_of(format!("/{}", "a".repeat(7000))))
            .gets([reply(404)], End::Open),
        must("limit-line-9000", "9110 15.5.15", "a request line beyond 8 KiB is answered 414")
            .send(get_of(format!("/{}", "a".repeat(9000))))
            .refused(&[414]),
        must("limit-line-60000", "9110 15.5.15", "a request line of 60 KB is answered 414")
            .send(get_of(format!("/?{}", "a".repeat(60_000))))
            .refused(&[414]),
        security("limit-line-endless", "9110 15.5.15", "a request line is refused before it ends")
            .send(format!("GET /{}", "a".repeat(20_000)))
            .refused(&[414]),
        security("limit-line-megabyte", "9110 15.5.15", "a request line of a megabyte is refused")
            .send(format!("GET /{}", "a".repeat(MIB)))
            .refused(&[414]),
        security("limit-method-endless", "9112 3", "a method without end is refused")
            .send("G".repeat(100_000))
            .refused(&[414, 400, 501, 431]),
        security("limit-version-endless", "9112 3", "a version without end is refused")
            .send(format!("GET / HTTP/1.1{}", "1".repeat(100_000)))
            .refused(&[414, 400, 505]),
        security(
            "limit-empty-lines",
            "9112 2.2",
            "empty lines without end are refused, or ignored",
        )
        .send("\r\n".repeat(100_000))
        .half_close()
        .refused(&[400, 408, 414, 431])
        .silent(),
        security("limit-nul-endless", "9112 2.2", "zeros without end are refused")
            .send(vec![0; 100_000])
            .refused(&[400, 414, 501])
            .silent(),
        should("limit-field-8000", "9110 5.4", "a field of 8,000 bytes is read")
            .send(get(format!("X: {}\r\n", "y".repeat(8000))))
            .hello(),
        should("limit-field-60000", "9110 5.4", "a field of 60,000 bytes is below 64 KiB")
            .send(get(format!("Cookie: {}\r\n", "y".repeat(60_000))))
            .hello(),
        should("limit-name-1000", "9110 5.4", "a name of 1,000 bytes is a name")
            .send(get(format!("{}: y\r\n", "X".repeat(1000))))
            .hello(),
        must("limit-field-70000", "6585 5", "a field beyond 64 KiB is answered 431")
            .send(get(format!("X: {}\r\n", "y".repeat(70_000))))
            .refused(&[431]),
        must(
            "limit-fields-bytes",
            "6585 5",
            "fields that add up to more than 64 KiB are answered 431",
        )
        .send(get(format!("X: {}\r\n", "y".repeat(2000)).repeat(40)))
        .refused(&[431]),
        security("limit-field-endless", "6585 5", "a field is refused before it ends")
            .send(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(100_000)))
            .refused(&[431]),
        security("limit-name-endless", "6585 5", "a name is refused before it ends")
            .send(format!("GET / HTTP/1.1\r\nHost: a\r\n{}", "y".repeat(100_000)))
            .refused(&[431]),
        security("limit-field-megabyte", "6585 5", "a field of a megabyte is refused")
            .send(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(MIB)))
            .refused(&[431]),
        should("limit-fields-100", "6585 5", "100 fields are served")
            .send(get(many_fields(99)))
            .hello(),
        must("limit-fields-101", "6585 5", "101 fields are answered 431")
            .send(get(many_fields(100)))
            .refused(&[431]),
        security("limit-fields-5000", "6585 5", "5,000 fields are refused")
            .send(get(many_fields(5000)))
            .refused(&[431]),
        security("limit-fields-empty", "6585 5", "20,000 fields of four bytes are refused")
            .send(get("a:\r\n".repeat(20_000)))
            .refused(&[431]),
        must("limit-body-exact", "9110 15.5.14", "a body of 1 MiB is served")
            .send(sized("x".repeat(MIB)))
            .echo("x".repeat(MIB)),
        must("limit-body-more", "9110 15.5.14", "a length beyond 1 MiB is answered 413 at once")
            .send(request("POST / HTTP/1.1", format!("Content-Length: {}\r\n", MIB + 1)))
            .refused(&[413]),
        security("limit-body-huge", "9110 15.5.14", "memory is never taken for a declared length")
            .send(request("POST / HTTP/1.1", "Content-Length: 999999999999999\r\n"))
            .refused(&[413]),
        must(
            "limit-body-sent",
            "9110 15.5.14",
            "a body beyond 1 MiB is answered 413 though it comes",
        )
        .send(sized("x".repeat(MIB + 100_000)))
        .refused(&[413]),
        security(
            "limit-body-get",
            "9110 15.5.14",
            "the limit holds for GET too, or the body is not read at all",
        )
        .send(get("Content-Length: 999999999999999\r\n"))
        .refused(&[413])
        .refused(&[200, 400]),
        must("limit-chunks-exact", "9110 15.5.14", "chunks of 1 MiB in all are served")
            .send(chunked_body(MIB))
            .echo("x".repeat(MIB)),
        must(
            "limit-chunks-more",
            "9110 15.5.14",
            "chunks of more than 1 MiB in all are answered 413",
        )
        .send(chunked_body(MIB + 0x8000))
        .refused(&[413]),
        must(
            "limit-chunk-declared",
            "9110 15.5.14",
            "a chunk beyond 1 MiB is answered 413 at once",
        )
        .send(chunks(format!("{:x}\r\nhello", MIB + 1)))
        .refused(&[413]),
        security("limit-chunk-sum", "9112 7.1", "sizes that wrap around when added are refused")
            .send(chunks("5\r\nhello\r\nfffffffffffffffb\r\nhello\r\n0\r\n\r\n"))
            .refused(&[413, 400]),
        security("limit-size-endless", "9112 7.1", "a chunk size without end is refused")
            .send(chunks("0".repeat(100_000)))
            .refused(&[400, 413, 431]),
        security("limit-extension-endless", "9112 7.1.1", "an extension without end is refused")
            .send(chunks(format!("5;{}", "a".repeat(MIB))))
            .refused(&[400, 413, 431, 414]),
        security("limit-extension-large", "9112 7.1.1", "an extension of 100 KB is refused")
            .send(chunks(format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(100_000))))
            .refused(&[400, 413, 431, 414]),
        security("limit-extensions", "9112 7.1.1", "extensions do not multiply a small body")
            .send(chunks(format!("1;{}\r\nx\r\n", "a".repeat(1000)).repeat(4000)))
            .refused(&[400, 413, 431]),
        security("limit-trailer-large", "9112 7.1.2", "trailers of 100 KB are refused")
            .send(chunks(format!("0\r\nX: {}\r\n\r\n", "a".repeat(100_000))))
            .refused(&[431, 400, 413]),
        security("limit-trailer-endless", "9112 7.1.2", "a trailer without end is refused")
            .send(chunks(format!("0\r\nX: {}", "a".repeat(MIB))))
            .refused(&[431, 400, 413]),
        security("limit-trailers-5000", "9112 7.1.2", "5,000 trailers are refused")
            .send(chunks(format!("0\r\n{}\r\n", many_fields(5000))))
            .refused(&[431, 400, 413]),
        security("limit-host-large", "9112 3.2", "a Host of 10,000 bytes harms nothing")
            .send(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "a".repeat(10_000)))
            .answered(&[400, 431, 200]),
        security(
            "limit-connection-list",
            "9110 7.6.1",
            "a list of 10,000 members is read or refused",
        )
        .send(get(format!("Connection: {}\r\n", "a,".repeat(10_000))))
        .hello()
        .refused(&[400, 431]),
        should(
            "limit-then-served",
            "9110 15.5.14",
            "a large but permitted request is followed by others",
        )
        .send(post(format!("X: {}\r\nContent-Length: 5\r\n", "y".repeat(50_000)), "hello"))
        .send(get_of("/bytes/3"))
        .gets([super::super::case::echo("hello"), bytes(3)], End::Open),
    ]
}
