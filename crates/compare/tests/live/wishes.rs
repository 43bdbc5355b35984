//! What a page may wish, and what the run hears of it.

use super::{ask, host, page, planned, text};
use compare::live::{Live, Wish};
use harness::DEADLINE;

#[track_caller]
fn post(page: &Live, path: &str, body: &str) -> (u16, String) {
    let reply = ask(page, "POST", path, &host(page), body);
    (reply.status, text(&reply))
}

#[test]
fn a_pause_is_a_wish_until_it_is_resumed() {
    let page = page();
    assert_eq!(page.wish(), Wish::default());
    assert_eq!(post(&page, "/pause", "").0, 204);
    page.tell(&planned());
    assert!(page.wish().paused, "it was wished before there was a plan");
    assert_eq!(post(&page, "/resume", "").0, 204);
    assert!(!page.wish().paused);
}

#[test]
fn who_waits_for_a_wish_wakes_when_it_comes() {
    let page = page();
    let wish = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| page.wait(&Wish::default(), DEADLINE));
        assert_eq!(post(&page, "/pause", "").0, 204);
        waiting.join().expect("it does not panic")
    });
    assert!(wish.paused);
}

#[test]
fn only_planned_scenarios_can_be_kept() {
    let page = page();
    page.tell(&planned());
    assert_eq!(post(&page, "/scenarios", r#"["latency"]"#), (204, String::new()));
    let wish = page.wish();
    assert!(wish.wants("latency") && !wish.wants("throughput"));
    let unknown = "no scenario \"x\" is planned (there are: throughput, latency)\n";
    assert_eq!(post(&page, "/scenarios", r#"["latency", "x"]"#), (400, unknown.into()));
    for body in ["", "{", "\"latency\"", "[1]", "null", "[\"latency\"]]"] {
        let (status, why) = post(&page, "/scenarios", body);
        assert_eq!((status, why.lines().count()), (400, 1), "{body}: {why}");
    }
    let (status, _) = post(&page, "/scenarios", &format!("[\"{}\"]", "x".repeat(100_000)));
    assert_eq!(status, 413);
    assert_eq!(page.wish(), wish, "what is refused changes nothing");
    assert_eq!(post(&page, "/scenarios", "[]").0, 204);
    assert_eq!(page.wish().scenarios, Some(vec![]));
}

#[test]
fn a_wish_needs_a_post() {
    let page = page();
    for path in ["/pause", "/resume", "/scenarios"] {
        assert_eq!(ask(&page, "GET", path, &host(&page), "").status, 405, "{path}");
    }
    assert_eq!(page.wish(), Wish::default());
}
