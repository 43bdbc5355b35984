//! Connections that the server closed while they were idle: asked once more at once, which is no retry.

use crate::run::{ends, fetch, numbers, objects};
use harness::hostile::{Script, Server, Step, Until, response};

/// Answers once and keeps the connection, but ends it at the next request, without an answer.
fn closes_when_asked_again() -> Script {
    let ask = Step::Read(Until::Head);
    Script::new([ask.clone(), Step::Write(response("hello\n")), ask, Step::Close])
}

/// How often it was asked for this path.
fn asked(server: &Server, path: &str) -> usize {
    let ask = format!("GET {path} HTTP/1.1\r\n");
    let times = |text: &[u8]| String::from_utf8_lossy(text).matches(&ask).count();
    server.seen().iter().map(|seen| times(&seen.received)).sum()
}

#[test]
fn each_is_fetched_though_each_connection_is_closed_at_its_second_request() {
    for flags in ["--at-once 1", "--at-once 6"] {
        let server = Server::start(closes_when_asked_again());
        let urls = (0..60).map(|n| format!("http://{}/{n}", server.addr()));
        let end = fetch(&format!("--json --retry 0 {flags}"), urls).run();
        ends(&end, 0);
        let (rows, summary) = objects(&end);
        assert!(rows.iter().all(|row| row["attempts"] == 1), "{end}");
        let sum = ["fetched", "retries", "retries_over_budget"];
        assert_eq!(numbers(&summary, sum), [60, 0, 0], "{end}");
    }
}

#[test]
fn a_server_that_has_died_is_asked_twice_and_then_once() {
    let dead = Script::new([Step::Read(Until::Head), Step::Close]);
    let server = Server::in_turn(vec![closes_when_asked_again(), dead]);
    let urls = ["/a", "/b", "/c"].map(|path| format!("http://{}{path}", server.addr()));
    let end = fetch("--json --retry 0 --at-once 1", urls).run();
    ends(&end, 103);
    assert_eq!(numbers(&objects(&end).1, ["fetched", "failed", "retries"]), [1, 2, 0], "{end}");
    assert_eq!(["/a", "/b", "/c"].map(|path| asked(&server, path)), [1, 2, 1], "{end}");
}

#[test]
fn a_server_that_has_never_answered_is_asked_once() {
    let server = Server::start(Script::new([Step::Read(Until::Head), Step::Close]));
    let end = fetch("--json --retry 0", [format!("http://{}/a", server.addr())]).run();
    ends(&end, 103);
    assert_eq!(asked(&server, "/a"), 1, "{end}");
}
