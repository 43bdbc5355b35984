//! What a Host value may look like: `uri-host [ ":" port ]` (RFC 9110 7.2, RFC 3986 3.2.2).

use super::super::case::{Case, must, should};

fn with(host: &[u8]) -> Vec<u8> {
    [b"GET / HTTP/1.1\r\nHost: ", host, b"\r\n\r\n"].concat()
}

pub(super) fn cases() -> Vec<Case> {
    let valid: [(&str, &str); 9] = [
        ("host-port", "a:8080"),
        ("host-port-empty", "a:"),
        ("host-ipv4", "127.0.0.1"),
        ("host-ipv4-port", "127.0.0.1:80"),
        ("host-ipv6", "[::1]"),
        ("host-ipv6-port", "[2001:DB8::1]:8080"),
        ("host-caps", "EXAMPLE.com"),
        ("host-final-dot", "example.com."),
        ("host-unreserved", "a_b-c~d.e"),
    ];
    let odd: [(&str, &str); 6] = [
        ("host-sub-delims", "a!$&'()*+,;=b"),
        ("host-escaped", "a%41b"),
        ("host-future", "[v1.a:b]"),
        ("host-port-huge", "a:99999"),
        ("host-ipv4-like", "1.2.3.4.5"),
        ("host-port-only", ":80"),
    ];
    let malformed: [(&str, &[u8]); 22] = [
        ("host-space", b"a b"),
        ("host-tab", b"a\tb"),
        ("host-list", b"a, b"),
        ("host-slash", b"a/b"),
        ("host-backslash", b"a\\b"),
        ("host-user", b"user@a"),
        ("host-uri", b"http://a"),
        ("host-query", b"a?b"),
        ("host-fragment", b"a#b"),
        ("host-port-letters", b"a:b"),
        ("host-port-sign", b"a:-1"),
        ("host-two-ports", b"a:80:80"),
        ("host-ipv6-bare", b"::1"),
        ("host-ipv6-open", b"[::1"),
        ("host-ipv6-letters", b"[gg::1]"),
        ("host-ipv6-tail", b"[::1]a"),
        ("host-quoted", b"\"a\""),
        ("host-angle", b"<a>"),
        ("host-bad-escape", b"a%zz"),
        ("host-high-byte", b"\xe9"),
        ("host-control", b"a\x01"),
        ("host-nul", b"a\0b"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(valid.map(|(id, host)| {
        must(id, "3986 3.2.2", "a valid Host is served").send(with(host.as_bytes())).hello()
    }));
    cases.extend(odd.map(|(id, host)| {
        should(id, "3986 3.2.2", "a Host that the grammar permits is served, or refused")
            .send(with(host.as_bytes()))
            .answered(&[200, 400])
    }));
    cases.extend(malformed.map(|(id, host)| {
        must(id, "9112 3.2", "a malformed Host is refused").send(with(host)).answered(&[400])
    }));
    cases
}
