//! Retries: those that do no harm, and no others.

use crate::run::{ends, fetch, numbers, objects, ok};
use harness::Signal;
use harness::hostile::{Script, Server};
use harness::site::{Answer, Site};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// Says no so often, then yes.
fn reluctant(times: usize, no: impl Fn() -> Answer + Send + Sync + 'static) -> Site {
    let asked = AtomicUsize::new(0);
    Site::start(move |_| if asked.fetch_add(1, SeqCst) < times { no() } else { ok() })
}

#[test]
fn the_server_says_when_to_come_again() {
    for status in [503, 429] {
        let site = reluctant(2, move || Answer::new(status).field("Retry-After", "1"));
        let end = fetch("--json", [site.url("/")]).run();
        ends(&end, 0);
        let (rows, summary) = objects(&end);
        assert_eq!(numbers(&rows[0], ["status", "attempts"]), [200, 3]);
        assert_eq!(numbers(&summary, ["retries", "fetched"]), [2, 1]);
        let requests = site.requests();
        for pair in requests.windows(2) {
            let waited = pair[1].at - pair[0].at;
            assert!(waited >= Duration::from_secs(1), "it came back after {waited:?}");
        }
    }
}

#[test]
fn who_waits_holds_no_place() {
    let site = Site::start(|request| match &*request.target {
        "/0" => Answer::new(503).field("Retry-After", "300"),
        _ => ok(),
    });
    let urls = (0..5).map(|n| site.url(&format!("/{n}")));
    let running = fetch("--json --at-once 1", urls).begin();
    running.eventually("the others are told", || running.stdout().lines().count() == 4);
    running.signal(Signal::Interrupt);
    let end = running.finish();
    ends(&end, 130);
    assert_eq!(numbers(&objects(&end).1, ["fetched", "not_fetched"]), [4, 1]);
}

#[test]
fn more_patience_than_there_is_is_not_given() {
    let site = Site::start(|_| Answer::new(503).field("Retry-After", "301"));
    let end = fetch("--json", [site.url("/")]).run();
    ends(&end, 0);
    assert_eq!(numbers(&objects(&end).0[0], ["status", "attempts"]), [503, 1]);
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let site = Site::start(|request| match &*request.target {
        "/404" => Answer::new(404),
        "/501" => Answer::new(501),
        _ => Answer::raw("no HTTP\r\n\r\n"),
    });
    let urls = ["/404", "/501", "/rubbish"].map(|path| site.url(path));
    let end = fetch("--json --order input", &urls).run();
    ends(&end, 103);
    assert_eq!(site.requests().len(), 3);
    let (rows, _) = objects(&end);
    assert_eq!(
        rows.iter().map(|row| row["code"].as_u64()).collect::<Vec<_>>(),
        [None, None, Some(8)]
    );
}

#[test]
fn a_broken_connection_is_tried_again() {
    for script in
        [Script::new([]), Script::reset_after_half(harness::hostile::response("x".repeat(1000)))]
    {
        let server = Server::start(script);
        let end = fetch("--json --retry 2", [format!("http://{}/", server.addr())]).run();
        ends(&end, 103);
        assert_eq!(numbers(&objects(&end).0[0], ["attempts"]), [3], "{end}");
    }
}

#[test]
fn nobody_there_is_tried_again_and_reported() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let end = fetch("", [format!("http://127.0.0.1:{port}/")]).run();
    ends(&end, 103);
    let fields: Vec<_> = end.stdout.split_whitespace().take(5).collect();
    assert_eq!((fields[0], fields[1], fields[3]), ("failed", "0", "4"), "{end}");
    assert!(end.stdout.contains("connection refused"), "{end}");
    assert!(
        end.stderr.contains("failed: 1 × no connection") && end.stderr.contains("retries: 3"),
        "{end}"
    );
}

#[test]
fn all_together_have_one_budget() {
    let site = Site::start(|_| Answer::new(503));
    let urls = (0..200).map(|n| site.url(&format!("/{n}")));
    let end = fetch("--json --at-once 16 --per-host 16 --retry 100", urls).run();
    ends(&end, 0);
    // 10 to begin with, and one for every ten.
    let retries = site.requests().len() - 200;
    assert!((10..=30).contains(&retries), "{retries} retries of 200 requests");
    let [made, over] = numbers(&objects(&end).1, ["retries", "retries_over_budget"]);
    assert_eq!(made, retries as u64);
    assert!(over > 0);
}
