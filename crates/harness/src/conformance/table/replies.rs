//! What every reply must carry: RFC 9110 6.6.1, 8.3, 8.6 and 10.2.1, RFC 9112 4.
//!
//! The reader of replies checks grammar, framing and Date in all other cases as well.

use super::super::case::{
    Body, Case, Check, End, Wanted, any_of, bytes, echo, hello, must, reply, should,
};
use super::{chunks, get, get_of, request, sized};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        should("reply-type", "9110 8.3", "the page says that it is plain text")
            .send(get(""))
            .gets([hello().check(Check::Starts("Content-Type", "text/plain"))], End::Open),
        should("reply-head-type", "9110 9.3.2", "HEAD has the fields of GET")
            .send(request("HEAD / HTTP/1.1", ""))
            .gets(
                [hello().for_head().check(Check::Starts("Content-Type", "text/plain"))],
                End::Open,
            ),
        should("reply-length", "9110 8.6", "a known length is told")
            .send(get(""))
            .gets([hello().check(Check::Has("Content-Length"))], End::Open),
        should("reply-length-zero", "9110 8.6", "a length of 0 is told too")
            .send(get_of("/bytes/0"))
            .gets([bytes(0).check(Check::Has("Content-Length"))], End::Open),
        should("reply-version", "9110 6.2", "a server of HTTP/1.1 says so")
            .send(get(""))
            .gets([hello().check(Check::Version("HTTP/1.1"))], End::Open),
        should("reply-version-old", "9110 6.2", "a server of HTTP/1.1 says so to HTTP/1.0 too")
            .send("GET / HTTP/1.0\r\n\r\n")
            .gets([hello().check(Check::Version("HTTP/1.1"))], End::Closed),
        should("reply-version-refused", "9110 6.2", "a server of HTTP/1.1 says so when it refuses")
            .send(get("X : y\r\n"))
            .gets([reply(400).check(Check::Version("HTTP/1.1"))], End::Closed),
        should("reply-type-404", "9110 8.3", "an error with a text says what kind of text")
            .send(get_of("/no-such-path"))
            .gets([reply(404).check(Check::Has("Content-Type"))], End::Open)
            .gets([Wanted { body: Body::Is(Vec::new()), ..reply(404) }], End::Open),
        should("reply-one-write", "9112 9.3", "a short reply comes with one read")
            .send(get(""))
            .gets([hello().check(Check::OneRead)], End::Open),
        should("reply-one-write-post", "9112 9.3", "the reply to a short POST comes with one read")
            .send(sized("hello"))
            .gets([echo("hello").check(Check::OneRead)], End::Open),
        should("reply-one-write-404", "9112 9.3", "a short error comes with one read")
            .send(get_of("/no-such-path"))
            .gets([reply(404).check(Check::OneRead)], End::Open),
        should(
            "reply-chunked-back",
            "9112 7.1",
            "a chunked body comes back without its chunk lines",
        )
        .send(chunks("5\r\nhello\r\n0\r\n\r\n"))
        .gets([echo("hello").check(Check::Never("\r\n0\r\n"))], End::Open),
        must("reply-not-modified", "9110 15.4.5", "a condition that cannot hold gives the page")
            .send(get("If-None-Match: \"no-such-tag\"\r\n"))
            .hello(),
        must("reply-te", "9110 10.1.4", "TE does not change how a page is framed")
            .send(get("TE: trailers, deflate;q=0.5\r\nConnection: TE\r\n"))
            .hello(),
    ];
    let dated: [(&str, Vec<u8>, &[u16]); 6] = [
        ("date-200", get(""), &[200]),
        ("date-404", get_of("/no-such-path"), &[404]),
        ("date-405", request("DELETE / HTTP/1.1", ""), &[405]),
        ("date-400", get("X : y\r\n"), &[400]),
        ("date-413", request("POST / HTTP/1.1", "Content-Length: 99999999\r\n"), &[413]),
        ("date-414", get_of(format!("/{}", "a".repeat(70_000))), &[414]),
    ];
    cases.extend(dated.map(|(id, bytes, statuses)| {
        must(id, "9110 6.6.1", "a reply from 2xx to 4xx has a Date")
            .send(bytes)
            .gets([any_of(statuses).check(Check::Has("Date"))], End::Either)
    }));
    cases
}
