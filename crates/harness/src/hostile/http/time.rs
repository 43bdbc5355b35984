//! Servers that only a limit of time ends: RFC 9112 9.5.

use std::time::Duration;

use super::super::script::{Script, Step};
use super::case::{Case, Kind, case, ok};

pub(super) fn cases(pace: Duration) -> Vec<Case> {
    let silent = |name, about, script| case(name, about, Kind::Silent, script);
    let drips = |name, about, reply: Vec<u8>| silent(name, about, Script::slow(reply, 1, pace));
    let long = "x".repeat(100_000);
    let half = |reply: &str| Script::keeps_open(reply);
    vec![
        silent(
            "never-answers",
            "The request is read, and nobody answers.",
            Script::never_answers(),
        ),
        silent(
            "never-answers-100",
            "The 100 is all that ever comes.",
            half("HTTP/1.1 100 Continue\r\n\r\n"),
        ),
        silent(
            "stops-in-head",
            "The head begins, and does not go on.",
            half("HTTP/1.1 200 OK\r\nContent-"),
        ),
        silent(
            "stops-in-body",
            "The body begins, and does not go on.",
            half("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
        ),
        silent(
            "stops-in-chunk",
            "A chunk begins, and does not go on.",
            half("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        ),
        silent(
            "stops-before-close",
            "The body ends with the connection, which does not end.",
            half("HTTP/1.1 200 OK\r\n\r\nhello"),
        ),
        drips(
            "drips-head",
            "A byte comes now and then: no single read takes long, the head does.",
            ok(format!("X-Long: {long}\r\n"), ""),
        ),
        drips(
            "drips-body",
            "A byte comes now and then: no single read takes long, the body does.",
            ok("Content-Length: 100000\r\n", &long),
        ),
        drips(
            "drips-chunks",
            "A byte of a chunk comes now and then.",
            ok("Transfer-Encoding: chunked\r\n", "1\r\nx\r\n".repeat(20_000)),
        ),
        silent(
            "never-reads",
            "The body of the request is not read, and nobody answers.",
            Script::new([Step::Hold]),
        )
        .sends(64_000_000),
    ]
    .into_iter()
    .map(|case| case.section("9112 9.5"))
    .collect()
}
