//! Request targets: RFC 9112 3.2, RFC 3986 and RFC 9110 4.2.

use super::super::case::{
    Body, Case, Check, End, Wanted, any_of, bytes, must, reply, security, should,
};
use super::{get_of, request};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must(
            "target-unknown",
            "9110 15.5.5",
            "an unknown path is answered 404, and the connection goes on",
        )
        .send(get_of("/no-such-path"))
        .gets([reply(404)], End::Open),
        must("target-case", "9110 4.2.3", "paths are case-sensitive")
            .send(get_of("/BYTES/3"))
            .gets([reply(404)], End::Open),
        should("target-query", "9112 3.2.1", "a query is no part of the path")
            .send(get_of("/?a=b&c=d"))
            .hello(),
        should("target-query-empty", "3986 3.4", "an empty query is valid")
            .send(get_of("/?"))
            .hello(),
        should("target-query-odd", "3986 3.4", "a query may hold `/`, `?` and `:`")
            .send(get_of("/?a/b?c:d@e"))
            .hello(),
        should("target-escaped", "9110 4.2.3", "an escaped letter equals the letter")
            .send(get_of("/%62ytes/3"))
            .gets([bytes(3)], End::Open)
            .answered(&[404]),
        must("target-absolute", "9112 3.2.2", "absolute-form is served")
            .send(get_of("http://a/"))
            .hello(),
        must("target-absolute-path", "9112 3.2.2", "absolute-form with a path is served")
            .send(get_of("http://a/bytes/3"))
            .gets([bytes(3)], End::Open),
        must("target-absolute-other-host", "9112 3.2.2", "absolute-form wins over Host")
            .send(get_of("http://b/"))
            .hello(),
        must("target-absolute-port", "9112 3.2.2", "absolute-form may name a port")
            .send(get_of("http://a:8080/"))
            .hello(),
        must("target-absolute-caps", "3986 6.2.2.1", "scheme and host have no case")
            .send(get_of("HTTP://A/"))
            .hello(),
        must("target-absolute-bare", "9112 3.2.2", "absolute-form without a path means `/`")
            .send(get_of("http://a"))
            .hello(),
        must("target-absolute-query", "9112 3.2.2", "absolute-form may go from authority to query")
            .send(get_of("http://a?x=y"))
            .hello(),
        must("target-absolute-ipv6", "3986 3.2.2", "absolute-form may name an address")
            .send(get_of("http://[::1]:80/"))
            .hello(),
        must("target-absolute-no-host", "9112 3.2", "absolute-form does not replace Host")
            .send("GET http://a/ HTTP/1.1\r\n\r\n")
            .answered(&[400]),
        must(
            "target-absolute-bad-host",
            "9112 3.2",
            "absolute-form does not excuse a malformed Host",
        )
        .send("GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n")
        .answered(&[400]),
        must("target-absolute-1.0", "9112 3.2.2", "absolute-form is served in HTTP/1.0")
            .send("GET http://a/ HTTP/1.0\r\n\r\n")
            .gets([reply(200)], End::Closed),
        must(
            "target-absolute-empty-host",
            "9110 4.2.1",
            "absolute-form with an empty host is refused",
        )
        .send(get_of("http:///"))
        .answered(&[400]),
        should(
            "target-absolute-user",
            "9110 4.2.4",
            "user information in a target is an error, or ignored",
        )
        .send(get_of("http://user:pass@a/"))
        .answered(&[400, 200]),
        should(
            "target-absolute-bad-port",
            "3986 3.2.3",
            "absolute-form with letters for a port is refused",
        )
        .send(get_of("http://a:b/"))
        .answered(&[400]),
        should(
            "target-absolute-https",
            "9110 4.2.2",
            "https over plain TCP is refused or redirected, or served",
        )
        .send(get_of("https://a/"))
        .answered(&[421, 400, 404, 403, 301, 302, 307, 308, 426, 200]),
        must("target-options-star", "9112 3.2.4", "OPTIONS * is about the whole server")
            .send(request("OPTIONS * HTTP/1.1", ""))
            .gets([allowing(&[200, 204])], End::Open),
        should("target-star-get", "9112 3.2.4", "asterisk-form is for OPTIONS only")
            .send(get_of("*"))
            .answered(&[400, 404, 405]),
        should("target-star-more", "9112 3.2.4", "`*x` is no target")
            .send(request("OPTIONS *x HTTP/1.1", ""))
            .answered(&[400, 404]),
        should("target-authority-get", "9112 3.2.3", "authority-form is for CONNECT only")
            .send(get_of("a:80"))
            .answered(&[400, 404]),
        must("target-connect", "9110 9.3.6", "CONNECT is refused by a server that is no proxy")
            .send("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n")
            .answered(&[501, 405, 400, 403, 404]),
        should("target-connect-path", "9112 3.2.3", "CONNECT of a path is refused")
            .send(request("CONNECT / HTTP/1.1", ""))
            .answered(&[400, 501, 405]),
        security("target-dots", "3986 5.2.4", "dot segments do not climb above the root")
            .send(get_of("/../../../../etc/passwd"))
            .gets([any_of(&[404, 400, 403]).check(Check::Never("root:"))], End::Either),
        security(
            "target-escaped-dots",
            "3986 6.2.2.3",
            "escaped dot segments do not climb above the root",
        )
        .send(get_of("/%2e%2e/%2e%2e/%2e%2e/etc/passwd"))
        .gets([any_of(&[404, 400, 403]).check(Check::Never("root:"))], End::Either),
        security("target-reflected", "9112 11.1", "a target is not written back as a field")
            .send(get_of("/%0d%0aX-Injected:%20yes"))
            .gets([any_of(&[404, 400]).check(Check::Never("\r\nX-Injected: yes"))], End::Either),
        security("target-script", "9110 17.6", "a target is not written back as markup")
            .send(get_of("/<script>alert(1)</script>"))
            .gets([any_of(&[404, 400]).check(Check::Never("<script>alert"))], End::Either),
        should("target-two-slashes", "3986 3.3", "a path may start with two slashes")
            .send(get_of("//a"))
            .answered(&[404, 400, 301, 308]),
        should("target-fragment", "9112 3.2", "a fragment in a target is an error, or ignored")
            .send(get_of("/#x"))
            .answered(&[400, 404, 200]),
        should("bytes-none", "9110 8.6", "an empty body is framed too")
            .send(get_of("/bytes/0"))
            .gets([bytes(0)], End::Open),
        should("bytes-large", "9112 6.3", "a megabyte comes complete")
            .send(get_of("/bytes/1000000"))
            .gets([bytes(1_000_000)], End::Open),
        should("bytes-query", "9112 3.2.1", "a query changes no path")
            .send(get_of("/bytes/3?x=/y"))
            .gets([bytes(3)], End::Open),
        should("bytes-plus", "9110 15.5.1", "a path with a sign is no path")
            .send(get_of("/bytes/+3"))
            .gets([any_of(&[404, 400])], End::Open),
        security("delay-overflow", "9110 17.5", "a delay beyond 64 bits harms nothing")
            .send(get_of("/delay/99999999999999999999"))
            .gets([any_of(&[404, 400])], End::Either),
        should("bytes-no-number", "9110 15.5.1", "a path with letters for a number is no path")
            .send(get_of("/bytes/many"))
            .gets([any_of(&[404, 400])], End::Open),
        should("bytes-negative", "9110 15.5.1", "a path with a negative number is no path")
            .send(get_of("/bytes/-1"))
            .gets([any_of(&[404, 400])], End::Open),
        security("bytes-overflow", "9110 17.5", "a number beyond 64 bits harms nothing")
            .send(get_of("/bytes/18446744073709551617"))
            .gets([any_of(&[404, 400, 413, 414])], End::Either),
        should("delay", "9112 9.3", "a reply that is due later comes")
            .send(get_of("/delay/30"))
            .gets([Wanted { body: Body::Any, ..reply(200) }], End::Open),
    ];
    let malformed: [(&str, &[u8]); 7] = [
        ("target-relative", b"bytes/3"),
        ("target-query-only", b"?a=b"),
        ("target-control", b"/\x01"),
        ("target-delete", b"/\x7f"),
        ("target-no-scheme", b"://a/"),
        ("target-double-star", b"**"),
        ("target-backslash-first", b"\\bytes\\3"),
    ];
    cases.extend(malformed.map(|(id, target)| {
        should(id, "9112 3.2", "a malformed target is refused")
            .send(get_of(target))
            .answered(&[400])
    }));
    let lenient: [(&str, &[u8]); 6] = [
        ("target-percent", b"/%"),
        ("target-percent-letters", b"/%zz"),
        ("target-percent-nul", b"/%00"),
        ("target-high-bytes", b"/\xc3\xa9"),
        ("target-quote", b"/\""),
        ("target-braces", b"/{}|^`"),
    ];
    cases.extend(lenient.map(|(id, target)| {
        should(id, "3986 2", "characters that no path may hold are an error, or an unknown path")
            .send(get_of(target))
            .answered(&[400, 404])
    }));
    cases
}

/// A reply that says which methods there are.
fn allowing(statuses: &[u16]) -> Wanted {
    any_of(statuses).check(Check::Lists("Allow", "GET")).check(Check::Lists("Allow", "HEAD"))
}
