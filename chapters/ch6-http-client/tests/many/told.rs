//! What is told: a line for each URL, and what all of it comes to.

use crate::run::{ends, fetch, launch, numbers, objects, ok};
use harness::Stdout;
use harness::site::{Answer, Site};
use std::sync::Mutex;
use std::time::Duration;

#[test]
fn lines_come_in_the_order_of_the_input() {
    // Of two neighbours the second one is answered first.
    let site = Site::start(|request| {
        let is_even = request.target.ends_with(['0', '2', '4', '6', '8']);
        ok().after(Duration::from_millis(if is_even { 20 } else { 0 }))
    });
    let urls: Vec<_> = (0..100).map(|n| site.url(&format!("/{n}"))).collect();
    let end = fetch("--order input --at-once 10 --per-host 10", &urls).run();
    ends(&end, 0);
    let told: Vec<_> =
        end.stdout.lines().filter_map(|line| line.split_whitespace().nth(4)).collect();
    assert_eq!(told, urls);
}

#[test]
fn lines_come_as_they_finish() {
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let site = Site::start(move |request| {
        if request.target == "/first" {
            let _ = opened.lock().unwrap().recv();
        }
        ok()
    });
    let running = fetch("", ["/first", "/second"].map(|path| site.url(path))).begin();
    running.eventually("the second line is there", || running.stdout().contains("/second\n"));
    drop(open);
    let end = running.finish();
    ends(&end, 0);
    assert!(end.stdout.find("/second") < end.stdout.find("/first"), "{end}");
}

#[test]
fn what_is_no_url_is_a_line_and_the_rest_goes_on() {
    let site = Site::start(|_| ok());
    let mut input =
        b"# a list\r\n\r\n  \nftp://example.com/\nhttp://\n\xff\xfe\nhttp://a b/\n".to_vec();
    input.extend(b"x".repeat(100_000));
    input.extend(
        format!("\n{}#part\n{}\r\n\t{}", site.url("/1"), site.url("/2"), site.url("/3")).bytes(),
    );
    let end = launch("--json --order input").stdin(input).run();
    ends(&end, 103);
    let (rows, summary) = objects(&end);
    let codes: Vec<_> = rows.iter().map(|row| row["code"].as_u64()).collect();
    assert_eq!(codes, [Some(1), Some(3), Some(3), Some(3), Some(3), None, None, None], "{end}");
    let lines: Vec<_> = rows.iter().map(|row| numbers(row, ["line"])[0]).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(numbers(&summary, ["urls", "fetched", "failed"]), [8, 3, 5]);
    assert_eq!(site.requests().len(), 3);
}

#[test]
fn a_password_is_not_told() {
    for flags in ["", "--json"] {
        let end = fetch(flags, ["http://me:secret@h:99999/"]).run();
        ends(&end, 103);
        assert!(end.stdout.contains("http://***@h:99999/"), "{end}");
        assert!(!format!("{}{}", end.stdout, end.stderr).contains("secret"), "{end}");
    }
}

#[test]
fn nothing_to_fetch_is_no_failure() {
    for launch in [launch(""), launch("").stdin("\n# nothing\n")] {
        let end = launch.run();
        ends(&end, 0);
        assert_eq!(end.stdout, "");
        assert!(end.stderr.starts_with("fetched 0 of 0 URLs"), "{end}");
    }
}

#[test]
fn a_status_is_a_failure_on_request_only() {
    let site = Site::start(|request| match &*request.target {
        "/" => ok(),
        _ => Answer::new(404).body("nothing here"),
    });
    let urls = ["/", "/gone"].map(|path| site.url(path));
    let end = fetch("", &urls).run();
    ends(&end, 0);
    assert!(end.stderr.contains("statuses: 1 × 2xx, 1 × 4xx"), "{end}");
    let end = fetch("--fail --json", &urls).run();
    ends(&end, 103);
    let (rows, summary) = objects(&end);
    let gone = rows.iter().find(|row| row["status"] == 404).unwrap();
    assert_eq!(numbers(gone, ["code", "bytes", "attempts"]), [22, 12, 1]);
    assert_eq!(numbers(&summary["failed_by_code"], ["22"]), [1]);
}

#[test]
fn the_summary_adds_up() {
    let site = Site::start(|_| ok());
    let end = fetch("--json", (0..50).map(|n| site.url(&format!("/{n}")))).run();
    ends(&end, 0);
    assert_eq!(end.stderr, "", "all of it is JSON\n{end}");
    let (rows, summary) = objects(&end);
    assert_eq!(
        numbers(&summary, ["urls", "fetched", "failed", "bytes", "retries"]),
        [50, 50, 0, 250, 0]
    );
    assert_eq!(numbers(&summary["statuses"], ["2xx"]), [50]);
    let most = rows.iter().map(|row| row["ms"].as_f64().unwrap()).fold(0.0, f64::max);
    let ms = |name| summary["latency_ms"][name].as_f64().unwrap();
    // The histogram keeps three digits.
    assert!((ms("max") / most - 1.0).abs() < 0.01, "{} is not {most}", ms("max"));
    assert!(ms("p50") <= ms("p90") && ms("p90") <= ms("p99") && ms("p99") <= ms("max"));
    let [seconds, rate] =
        ["seconds", "urls_per_second"].map(|name| summary[name].as_f64().unwrap());
    assert!((rate * seconds - 50.0).abs() < 0.01);
}

#[test]
fn head_and_fields_are_sent() {
    let site = Site::start(|_| ok());
    let launch = fetch("--head --json", [site.url("/")]).args(["-H", "X-Name: some value"]);
    let end = launch.run();
    ends(&end, 0);
    assert_eq!(numbers(&objects(&end).0[0], ["status", "bytes"]), [200, 0]);
    let request = &site.requests()[0];
    assert_eq!((&*request.method, request.field("x-name")), ("HEAD", Some(&b"some value"[..])));
}

#[test]
fn redirects_are_followed_or_not() {
    let site = Site::start(|request| match &*request.target {
        "/old" => Answer::redirect(302, "/new"),
        "/loop" => Answer::redirect(302, "/loop"),
        "/away" => Answer::redirect(302, "file:///etc/passwd"),
        _ => ok(),
    });
    let urls = ["/old", "/loop", "/away"].map(|path| site.url(path));
    let end = fetch("--json --order input", &urls).run();
    ends(&end, 103);
    let codes: Vec<_> = objects(&end).0.iter().map(|row| row["code"].as_u64()).collect();
    assert_eq!(codes, [None, Some(47), Some(1)], "{end}");
    let end = fetch("--json --max-redirs 0", &urls).run();
    ends(&end, 0);
    assert!(objects(&end).0.iter().all(|row| row["status"] == 302), "{end}");
}

#[test]
fn a_stdout_that_takes_nothing_ends_it() {
    let site = Site::start(|_| ok());
    let urls = || (0..2000).map(|n| site.url(&format!("/{n}")));
    let end = fetch("", urls()).stdout(Stdout::ReaderGone).run();
    ends(&end, 23);
    assert!(!end.stderr.contains("error:"), "it leaves quietly\n{end}");
    let end = fetch("", urls()).stdout(Stdout::NoSpace).run();
    ends(&end, 23);
    assert!(end.stderr.contains("error: cannot write to standard output: no space left"), "{end}");
    ends(&fetch("", [site.url("/")]).stdout(Stdout::Closed).run(), 0);
}

#[test]
fn a_host_of_ones_own_is_for_one_host() {
    let other = Site::start(|_| ok());
    let there = other.url("/");
    let site = Site::start(move |_| Answer::redirect(302, &there));
    let end = fetch("-H Host:example.com", [site.url("/")]).run();
    ends(&end, 103);
    assert_eq!((site.requests().len(), other.requests().len()), (1, 0), "{end}");
}
