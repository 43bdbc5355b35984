//! Servers that nobody should trust: every crawl ends, with a word about it and in bounded memory.

use crate::run::{asked, crawl, ends, fails, json, quickly};
use harness::hostile::http::{Case, Kind, cases};
use harness::hostile::{Full, Script, Server};
use harness::site::{Answer, Site};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn robots_are_missing(request: &harness::site::Request) -> bool {
    request.target == "/robots.txt"
}

/// A site whose start links to one page, and what that page answers.
fn one(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Site {
    Site::start(move |request| match &*request.target {
        "/" => Answer::html("<a href=/page>page</a>"),
        "/page" => answer(),
        _ => Answer::new(404),
    })
}

#[test]
fn pages_of_any_shape_are_read_or_cut() {
    let nested = "<div>".repeat(100_000) + "<a href=/>x</a>" + &"</div>".repeat(100_000);
    let links = (0..62_000).map(|link| format!("<a href=/{link}>x</a>")).collect::<String>();
    let bold = (0..50_000).map(|id| format!("<b id={id}><p>")).collect::<String>();
    let attributes = (0..200_000).map(|name| format!(" a{name}")).collect::<String>();
    for (page, cut) in [
        (nested, false),
        ("<a href=/>".repeat(100_000), true),
        (links, true),
        (bold, false),
        (format!("<a{attributes} href=/>"), true),
        ("<".repeat(1 << 20), false),
        ("<!--".repeat(1 << 18), false),
        ("\0\u{feff}\u{202e}".repeat(1 << 16), false),
        ("x".repeat(5 << 20), true),
    ] {
        let beginning: String = page.chars().take(20).collect();
        let site = one(move || Answer::html(page.clone()));
        // Depth 1: the links are read, and not followed.
        let report = json(&quickly(&site, &["--depth", "1"]).run(), 0);
        assert_eq!(report["pages"][1]["cut"], cut, "{beginning:?}");
    }
}

#[test]
fn bodies_without_end_are_cut() {
    let endless = |media: &str| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n");
        Server::start(Script::endless_reply(head))
    };
    // robots.txt is endless as well: it is read as far as it counts.
    for media in ["text/html", "application/octet-stream"] {
        let server = endless(media);
        let end =
            crawl(&["--delay", "0", "--json", "-", &format!("http://{}/", server.addr())]).run();
        let report = json(&end, 0);
        assert_eq!(report["pages"][0]["cut"], media == "text/html");
    }
}

#[test]
fn what_is_no_http_is_a_failure_of_the_start() {
    for (script, code, says) in [
        (Script::garbage(), 8, "cannot begin at"),
        (Script::endless_head(), 63, "cannot begin at"),
        (Script::close_after_half("HTTP/1.1 200 OK\r\n\r\n"), 52, "cannot begin at"),
        (Script::new([]), 52, "cannot begin at"),
    ] {
        let server = Server::start(script.clone());
        let args = ["--delay", "0", "--retry", "0", &format!("http://{}/", server.addr())];
        let end = crawl(&args).run();
        // A server that ends without a word may be met by a failing write, too.
        let codes = if code == 52 { vec![52, 55, 56] } else { vec![code] };
        let met = end.status.code().unwrap();
        assert!(codes.contains(&met), "{script:?}: {met}\n{end}");
        fails(&end, met, says);
    }
}

#[test]
fn silence_ends_by_max_time() {
    let server = Server::start(Script::never_answers());
    let url = format!("http://{}/", server.addr());
    fails(&crawl(&["--max-time", "0.5", "--retry", "0", &url]).run(), 28, "cannot be asked");
    let full = Full::start();
    let url = format!("http://{}/", full.addr());
    fails(&crawl(&["--max-time", "0.5", "--retry", "0", &url]).run(), 28, "cannot be asked");
    // A page that drips is a broken link, and costs the rest nothing.
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html("<a href=/slow>slow</a><a href=/fine>fine</a>"),
        "/slow" => Answer::html("late").after(Duration::from_secs(3600)),
        "/fine" => Answer::html("fine"),
        _ => Answer::new(404),
    });
    let report = json(&quickly(&site, &["--max-time", "5", "--retry", "0"]).run(), 103);
    assert_eq!(report["broken"][0]["url"], site.url("/slow"));
    assert_eq!(report["totals"]["answered"], 3);
}

#[test]
fn a_page_that_breaks_off_is_a_broken_link() {
    let torn =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n<a href=/never>";
    let bad = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    for (bytes, why) in [(torn, "end"), (bad, "gzip"), ("HTTP/1.1 2x0 OK\r\n\r\n", "invalid")] {
        let site = one(move || Answer::raw(bytes));
        let report = json(&quickly(&site, &["--retry", "0"]).run(), 103);
        let said = report["broken"][0]["why"].as_str().unwrap();
        assert!(said.contains(why), "{said}");
        assert!(site.requests().iter().all(|request| request.target != "/never"));
    }
}

#[test]
fn a_start_that_goes_nowhere() {
    for (location, code, says) in [
        ("/", 47, "redirects in a circle"),
        ("/page", 47, "redirects in a circle"),
        ("ftp://localhost/", 1, "redirects to ftp"),
        ("file:///etc/passwd", 1, "redirects to file"),
        ("http://[", 8, "no URL"),
        ("/gone", 22, "status 404"),
    ] {
        let site = Site::start(move |request| match &*request.target {
            "/" | "/page" if !robots_are_missing(request) => {
                let to = if request.target == "/page" { "/" } else { location };
                Answer::redirect(301, to)
            }
            _ => Answer::new(404),
        });
        fails(&crawl(&["--delay", "0", &site.url("/")]).run(), code, says);
    }
    let site = Site::start(|request| {
        let hop: usize = request.target[1..].parse().unwrap_or(0);
        if robots_are_missing(request) {
            Answer::new(404)
        } else {
            Answer::redirect(302, format!("/{}", hop + 1))
        }
    });
    fails(&crawl(&["--delay", "0", &site.url("/")]).run(), 47, "more than 10 redirects");
    assert_eq!(site.requests().len(), 1 + 11);
}

#[test]
fn a_host_that_stops_answering_is_left_alone() {
    let site = Site::start(|request| match &*request.target {
        "/" => {
            Answer::html((0..300).map(|page| format!("<a href=/{page}>x</a>")).collect::<String>())
        }
        "/robots.txt" => Answer::new(404),
        _ => Answer::raw(""),
    });
    let report = json(&quickly(&site, &["--retry", "0"]).run(), 103);
    // The first of them may have met a connection that was just being closed, and is asked for once more.
    assert_eq!(site.requests().len(), 2 + 10 + 1);
    assert_eq!(report["skipped"]["silent"]["count"], 290);
    assert_eq!(report["broken"].as_array().unwrap().len(), 10);
}

#[test]
fn a_connection_that_was_closed_while_idle_is_no_failure() {
    let hits = AtomicUsize::new(0);
    let site = Site::start(move |request| match &*request.target {
        "/" => Answer::html("<a href=/page>page</a><img src=/picture>"),
        "/page" if hits.fetch_add(1, Ordering::SeqCst) == 0 => Answer::raw(""),
        "/page" => Answer::html("<a href=/always>x</a>"),
        "/always" => Answer::raw(""),
        "/picture" => Answer::new(200),
        _ => Answer::new(404),
    });
    let report = json(&quickly(&site, &["--retry", "0", "--check-assets"]).run(), 103);
    assert_eq!(report["broken"][0]["url"], site.url("/always"));
    assert_eq!(report["broken"].as_array().unwrap().len(), 1);
    let times = |path: &str| asked(&site).iter().filter(|target| *target == path).count();
    assert_eq!((times("/page"), times("/always"), times("/picture")), (2, 2, 1));
}

#[test]
fn nobody_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let end = crawl(&["--retry", "1", "--delay", "0", &url]).run();
    fails(&end, 7, "connection refused");
    ends(&end, 7);
}

#[test]
fn every_hostile_case_of_the_table_ends() {
    // What is well-formed, or may be, is nothing to end.
    let is_hostile = |case: &Case| !matches!(case.kind, Kind::WellFormed(_) | Kind::Unclear(_));
    let cases: Vec<_> = cases().into_iter().filter(is_hostile).collect();
    let share = cases.len().div_ceil(16);
    std::thread::scope(|scope| {
        for some in cases.chunks(share) {
            scope.spawn(move || {
                for case in some {
                    let server = case.start();
                    let url = format!("http://{}{}", server.addr(), case.path);
                    // The case plays for robots.txt, and then for the page.
                    let args = ["--delay", "0", "--retry", "0", "--max-time", "1", "--pages", "20"];
                    let end = crawl(&args).args([url]).run();
                    let code = end.status.code().unwrap_or_else(|| panic!("{}\n{end}", case.name));
                    ends(&end, code);
                    let is_one_line = end.stderr.lines().count() == 1;
                    let is_fine = matches!(code, 0 | 103);
                    assert!(
                        is_fine && end.stderr.is_empty() || is_one_line,
                        "{}\n{end}",
                        case.name
                    );
                }
            });
        }
    });
}

#[test]
fn what_is_remembered_is_bounded() {
    // Each page has links to 5,000 others that are its own. With the start and twenty pages that is one URL too many, and
    // another page adds its 5,000.
    let site = Site::start(|request| match &*request.target {
        "/robots.txt" => Answer::new(200).body("User-agent: *\nDisallow: /x\n"),
        target => {
            let page: usize = target[1..].parse().unwrap_or(0);
            let links = (1..5_000).map(|link| format!("<a href=/x{page}-{link}>x</a>"));
            let next = format!("<a href=/{}>next</a>", page + 1);
            Answer::html(next + &links.collect::<String>())
        }
    });
    let end = quickly(&site, &["--depth", "30"]).run();
    let report = json(&end, 0);
    assert_eq!(report["skipped"]["full"]["count"], 1 + 5_000);
}

#[test]
fn long_addresses_are_not_multiplied() {
    // Each link is joined to the base, so this would be 5,000 strings of a megabyte.
    let links: String = (0..5_000).map(|link| format!("<a href=/dir/{link}>x</a>")).collect();
    let base = format!("<base href='http://a/{}/'>{links}", "b".repeat(1 << 20));
    let site = one(move || Answer::html(base.clone()));
    assert_eq!(json(&quickly(&site, &["--depth", "1"]).run(), 0)["pages"][1]["links"], 5_000);
    // These are too long, and none of them is asked for.
    let links: String =
        (0..500).map(|link| format!("<a href=/{link}{}>x</a>", "x".repeat(3_000))).collect();
    let site = one(move || Answer::html(links.clone()));
    let report = json(&quickly(&site, &[]).run(), 0);
    assert_eq!((&report["skipped"]["too-long"]["count"], site.requests().len()), (&500.into(), 3));
    let site = one(|| Answer::redirect(302, format!("/{}", "x".repeat(3_000))));
    let report = json(&quickly(&site, &[]).run(), 0);
    assert!(report["pages"][1]["redirect"].as_str().unwrap().len() < 300);
    assert_eq!((&report["skipped"]["too-long"]["count"], site.requests().len()), (&1.into(), 3));
}

#[test]
fn what_is_not_framed_well_is_not_read() {
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html("<a href=/torn>torn</a>"),
        "/torn" => Answer::raw(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: gzip\r\n\r\n<a href=/never>",
        ),
        _ => Answer::new(404),
    });
    let end = quickly(&site, &[]).run();
    ends(&end, 103);
    assert!(end.stdout.contains("a Transfer-Encoding that is not chunked alone"), "{end}");
    assert!(site.requests().iter().all(|request| request.target != "/never"), "{end}");
}
