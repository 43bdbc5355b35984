//! Status lines, and what stands in their place: RFC 9112 4.

use super::super::script::Script;
use super::case::{Case, Expected, Kind, bad, case, good, unclear};

/// RFC 9113 6.5: a frame of 18 bytes, three settings.
const SETTINGS: &[u8] = b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\
    \x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff";

pub(super) fn cases() -> Vec<Case> {
    let reply = |line: &str| format!("{line}\r\nContent-Length: 5\r\n\r\nhello");
    let wrong: [(&str, &str, &str); 14] = [
        ("status-no-version", "200 OK", "A status line begins with the version."),
        ("status-http-2", "HTTP/2.0 200 OK", "HTTP/2 has no status lines."),
        ("status-http-0.9", "HTTP/0.9 200 OK", "HTTP/0.9 has no status lines."),
        ("status-lower-case", "http/1.1 200 OK", "The name of the protocol has a case."),
        (
            "status-other-protocol",
            "ICY 200 OK",
            "Another protocol that looks like HTTP is another protocol.",
        ),
        ("status-no-minor", "HTTP/1 200 OK", "A version has two digits."),
        ("status-long-minor", "HTTP/1.10 200 OK", "A version has two digits, and not three."),
        ("status-joined", "HTTP/1.1200 OK", "A space stands between version and status."),
        ("status-two-digits", "HTTP/1.1 20 OK", "A status has three digits."),
        ("status-four-digits", "HTTP/1.1 2000 OK", "A status has three digits, and not four."),
        ("status-letters", "HTTP/1.1 2OO OK", "The letter O is no zero."),
        ("status-minus", "HTTP/1.1 -20 OK", "A status has no sign."),
        ("status-none", "HTTP/1.1", "A status line has a status."),
        ("status-leading-space", " HTTP/1.1 200 OK", "No space comes before the version."),
    ];
    let mut cases: Vec<Case> = Vec::new();
    cases.extend(wrong.map(|(name, line, about)| bad(name, about, reply(line))));
    cases.extend([
        good("reason-empty", "A reason phrase may be empty.", reply("HTTP/1.1 200 ")),
        good(
            "reason-long",
            "A reason phrase may be long.",
            reply(&format!("HTTP/1.1 200 {}", "So it is ".repeat(50).trim_end())),
        ),
        good(
            "reason-not-ascii",
            "A reason phrase may have bytes that are no ASCII.",
            reply("HTTP/1.1 200 Schön"),
        ),
        unclear(
            "reason-no-space",
            "Without a reason the space before it must stay, and often does not.",
            reply("HTTP/1.1 200"),
        ),
        unclear(
            "reason-control",
            "A control character is no part of a reason, which a client ignores anyway.",
            reply("HTTP/1.1 200 O\x07K"),
        ),
        unclear(
            "reason-nul",
            "A NUL is no part of a reason, which a client ignores anyway.",
            reply("HTTP/1.1 200 O\0K"),
        ),
        unclear("version-1.2", "A higher minor version is read as 1.1.", reply("HTTP/1.2 200 OK"))
            .section("9110 2.5"),
        unclear(
            "status-two-spaces",
            "More than one space between the parts may be borne.",
            reply("HTTP/1.1  200 OK"),
        ),
        unclear(
            "leading-crlf",
            "An empty line before the response: servers bear it before requests, clients need not.",
            reply("\r\nHTTP/1.1 200 OK"),
        )
        .section("9112 2.2"),
        case(
            "status-999",
            "A status outside of 100 to 599 is invalid, and read as a server's error.",
            Kind::Unclear(Expected::new(999, "hello")),
            Script::replies(reply("HTTP/1.1 999 Beyond")),
        )
        .section("9110 15"),
        bad(
            "http-0.9",
            "A body without any head is HTTP/0.9, which nobody speaks.",
            "<html>hello</html>\r\n",
        ),
        bad(
            "tls",
            "A TLS server answers with an alert, because it was sent no handshake.",
            b"\x15\x03\x01\x00\x02\x02\x46",
        ),
        bad("ssh", "This is the port of another service.", "SSH-2.0-OpenSSH_9.2\r\n"),
        bad(
            "smtp",
            "A mail server begins its line with a number too.",
            "220 mail.example ESMTP\r\n500 unrecognized\r\n",
        ),
        bad(
            "garbage",
            "Random bytes are no response.",
            b"\x00\xff\x1b[31m\x80\xfe rubbish\r\n\r\nmore\n",
        ),
        bad("http-2-frames", "A server that speaks only HTTP/2 sends its settings.", SETTINGS),
        bad(
            "request",
            "Who mirrors the request is no HTTP server.",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
    ]);
    cases
        .into_iter()
        .map(|case| if case.section.is_empty() { case.section("9112 4") } else { case })
        .collect()
}
