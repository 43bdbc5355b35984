//! How politely it asks, by the server's own clock and record.

use crate::run::{asked, crawl, ends, fails, json, quickly};
use harness::site::{Answer, Request, Site};
use harness::{DEADLINE, holds_within};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A page with ten links to pages without one.
fn ten(request: &Request) -> Answer {
    match &*request.target {
        "/" => {
            Answer::html((0..10).map(|page| format!("<a href=/{page}>x</a>")).collect::<String>())
        }
        "/robots.txt" => Answer::new(404),
        _ => Answer::html("a page"),
    }
}

/// The shortest time between the beginning of an answer and the next request.
fn shortest_gap(requests: &[Request]) -> Duration {
    requests.windows(2).map(|pair| pair[1].at - pair[0].at).min().unwrap()
}

#[test]
fn a_host_rests_from_the_end_of_a_response() {
    // The end of each answer, as the server sees it: the client sees it later, so the gap can only be longer.
    let answered = std::sync::Arc::new(Mutex::new(Vec::new()));
    let ours = answered.clone();
    let site = Site::start(move |request| {
        std::thread::sleep(Duration::from_millis(30));
        ours.lock().unwrap().push(Instant::now());
        ten(request)
    });
    ends(&crawl(&["--delay", "0.15", &site.url("/")]).run(), 0);
    let requests = site.requests();
    assert_eq!(requests.len(), 12);
    for (answer, next) in answered.lock().unwrap().iter().zip(&requests[1..]) {
        let gap = next.at - *answer;
        assert!(gap >= Duration::from_millis(150), "{gap:?} before {}", next.target);
    }
    assert_eq!((site.most_at_once(), site.connections()), (1, 1), "one connection, kept open");
}

#[test]
fn a_crawl_delay_that_is_longer_counts() {
    let site = Site::start(|request| match &*request.target {
        "/robots.txt" => Answer::new(200).body("User-agent: *\nCrawl-delay: 0.3\n"),
        _ => ten(request),
    });
    ends(&crawl(&["--delay", "0", "--pages", "5", "--per-host", "4", &site.url("/")]).run(), 0);
    let gap = shortest_gap(&site.requests());
    assert!(site.requests().len() == 6 && gap >= Duration::from_millis(300), "{gap:?}");
}

#[test]
fn more_at_once_only_if_asked() {
    let most = |per_host: &str| {
        let (under_way, together) = (AtomicUsize::new(0), AtomicBool::new(per_host == "1"));
        let site = Site::start(move |request| {
            let is_page = !matches!(&*request.target, "/" | "/robots.txt");
            let others = under_way.fetch_add(1, Ordering::SeqCst);
            together.fetch_or(others > 0, Ordering::SeqCst);
            // A page waits until another one is asked for: then there were two at once.
            holds_within(DEADLINE, || !is_page || together.load(Ordering::SeqCst));
            under_way.fetch_sub(1, Ordering::SeqCst);
            ten(request)
        });
        ends(&crawl(&["--delay", "0", "--per-host", per_host, &site.url("/")]).run(), 0);
        assert_eq!(asked(&site).len(), 11);
        site.most_at_once()
    };
    assert_eq!(most("1"), 1);
    assert!((2..=4).contains(&most("4")));
}

#[test]
fn robots_come_first_and_name_us() {
    let site = Site::start(ten);
    ends(&quickly(&site, &["--per-host", "8"]).run(), 0);
    let requests = site.requests();
    assert_eq!(requests[0].target, "/robots.txt");
    assert!(requests.iter().skip(1).all(|request| request.target != "/robots.txt"));
    for request in requests {
        let agent = String::from_utf8_lossy(request.field("user-agent").unwrap()).into_owned();
        assert_eq!(agent, "chapter-six-crawl");
        assert!(request.field("referer").is_none() && request.field("cookie").is_none());
    }
}

#[test]
fn robots_that_cannot_be_had_allow_nothing() {
    for status in [500, 503, 429] {
        let site = Site::start(move |request| match &*request.target {
            "/robots.txt" => Answer::new(status).field("Retry-After", "0"),
            _ => ten(request),
        });
        fails(&crawl(&["--delay", "0", &site.url("/")]).run(), 22, "its robots.txt has status");
        assert_eq!(
            (asked(&site).len(), site.requests().len()),
            (0, 3),
            "two more attempts, and no page"
        );
    }
    // It breaks in the middle of its body.
    let torn = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nUser-agent: *\n";
    let site = Site::start(move |request| match &*request.target {
        "/robots.txt" => Answer::raw(torn),
        _ => ten(request),
    });
    fails(
        &crawl(&["--delay", "0", "--retry", "0", &site.url("/")]).run(),
        18,
        "cannot be asked what it allows",
    );
    assert_eq!(asked(&site).len(), 0);
}

#[test]
fn robots_may_redirect_and_be_missing_and_be_large() {
    for status in [404, 401, 403, 410] {
        let site = Site::start(move |request| match &*request.target {
            "/robots.txt" => Answer::new(status),
            _ => ten(request),
        });
        ends(&quickly(&site, &[]).run(), 0);
        assert_eq!(asked(&site).len(), 11, "{status}");
    }
    let site = Site::start(|request| match &*request.target {
        "/robots.txt" => Answer::redirect(301, "/rules/5"),
        "/rules/1" => Answer::new(200).body("User-agent: *\nDisallow: /\n"),
        rules if rules.starts_with("/rules/") => {
            let hop: usize = rules[7..].parse().unwrap();
            Answer::redirect(302, format!("/rules/{}", hop - 1))
        }
        _ => ten(request),
    });
    fails(&crawl(&["--delay", "0", &site.url("/")]).run(), 103, "robots.txt forbids it");
    // What counts stands within the first 500 KiB.
    let large =
        "User-agent: *\nDisallow: /3\n".to_owned() + &"# more\n".repeat(80_000) + "Disallow: /\n";
    let site = Site::start(move |request| match &*request.target {
        "/robots.txt" => Answer::new(200).body(large.clone()),
        _ => ten(request),
    });
    ends(&quickly(&site, &[]).run(), 0);
    assert_eq!(asked(&site).len(), 10);
}

#[test]
fn retry_after_holds_up_the_host() {
    let refused = AtomicUsize::new(0);
    let site = Site::start(move |request| {
        if request.target == "/3" && refused.fetch_add(1, Ordering::Relaxed) == 0 {
            return Answer::new(429).field("Retry-After", "1");
        }
        ten(request)
    });
    let report = json(&quickly(&site, &[]).run(), 0);
    let requests = site.requests();
    let third = requests.iter().position(|request| request.target == "/3").unwrap();
    assert_eq!(requests[third + 1].target, "/3", "the next thing that is asked for");
    assert!(requests[third + 1].at - requests[third].at >= Duration::from_secs(1));
    assert_eq!((asked(&site).len(), &report["totals"]["answered"]), (12, &11.into()));
}
