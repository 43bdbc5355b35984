//! More than one request: connections that are kept, and those that must not be. RFC 9112 9.

use super::super::script::{Script, Step, Until};
use super::case::{Case, Kind, case, hello, ok};

pub(super) fn cases() -> Vec<Case> {
    let reply = ok("Content-Length: 5\r\n", "hello");
    let with = |more: &str| [&reply[..], more.as_bytes()].concat();
    let good = Kind::WellFormed(hello());
    // After its one reply each of these only listens: a second request on the same connection would wait for ever.
    let not_again: [(&str, &str, Vec<u8>, &str); 6] = [
        (
            "close-said",
            "9112 9.6",
            ok("Connection: close\r\nContent-Length: 5\r\n", "hello"),
            "The server says that it closes, and does not: the next request goes elsewhere.",
        ),
        (
            "close-listed",
            "9112 9.6",
            ok("Connection: x, CLOSE\r\nContent-Length: 5\r\n", "hello"),
            "The word close may stand in a list, in any case of letters.",
        ),
        (
            "close-1.0",
            "9112 9.3",
            b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello".into(),
            "HTTP/1.0 keeps no connection unless it says so.",
        ),
        (
            "surplus",
            "9112 9.2",
            with("surplus"),
            "Bytes behind the response belong to nothing, and the connection is spoiled.",
        ),
        (
            "surplus-response",
            "9112 9.2",
            with("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
            "A second response that nobody asked for must not answer the next request.",
        ),
        (
            "surplus-half",
            "9112 9.2",
            with("HTTP/1.1 200 OK\r\nContent-Le"),
            "Half of a second response must not begin the answer to the next request.",
        ),
    ];
    let answers = || Script::answers_each([&reply]);
    let next_head = || answers().then(Step::Read(Until::Head));
    let ends_idle =
        |name, about, first| case(name, about, good.clone(), first).next(keeps(&reply)).twice();
    let mut cases = vec![
        case("keep-alive", "Two requests may share a connection.", good.clone(), keeps(&reply))
            .twice()
            .section("9112 9.3"),
        case(
            "keep-alive-chunked",
            "So they may where the body is chunked.",
            good.clone(),
            keeps(&ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")),
        )
        .twice()
        .section("9112 9.3"),
        ends_idle(
            "idle-eof",
            "The server ends an idle connection, as it may at any time.",
            answers(),
        )
        .section("9112 9.5"),
        ends_idle(
            "idle-close",
            "The server closes an idle connection, so that the next request meets a reset.",
            answers().then(Step::Taken).then(Step::Close),
        )
        .section("9112 9.5"),
        ends_idle(
            "idle-eof-late",
            "The idle connection ends as the next request arrives: a GET is sent again, once.",
            next_head(),
        )
        .section("9112 9.3.1"),
        ends_idle(
            "idle-reset-late",
            "The idle connection is reset as the next request arrives: a GET is sent again, once.",
            next_head().then(Step::Reset),
        )
        .section("9112 9.3.1"),
        case(
            "idle-eof-post",
            "The idle connection ends when it has read a POST: nobody knows if it was done.",
            Kind::Once,
            next_body(),
        )
        .next(keeps(&reply))
        .sends(10)
        .twice()
        .section("9112 9.3.1"),
        case(
            "idle-reset-post",
            "The idle connection is reset when it has read a POST: nobody knows if it was done.",
            Kind::Once,
            next_body().then(Step::Reset),
        )
        .next(keeps(&reply))
        .sends(10)
        .twice()
        .section("9112 9.3.1"),
        case(
            "idle-always",
            "Every connection ends unanswered: to try again has to end as well.",
            Kind::Early,
            Script::new([Step::Read(Until::Head)]),
        )
        .section("9112 9.3.1"),
    ];
    cases.extend(not_again.map(|(name, section, first, about)| {
        case(name, about, good.clone(), Script::keeps_open(first))
            .next(keeps(&reply))
            .twice()
            .section(section)
    }));
    cases
}

/// Answers as many requests as there are.
fn keeps(reply: &[u8]) -> Script {
    Script::answers_each(vec![reply; 8]).then(Step::Listen)
}

/// Answers one request with a body of ten bytes, and reads another.
fn next_body() -> Script {
    let head_and_body = [Step::Read(Until::Head), Step::Read(Until::More(10))];
    let answer = Step::Write(ok("Content-Length: 5\r\n", "hello"));
    Script::new([&head_and_body[..], &[answer], &head_and_body[..]].concat())
}
