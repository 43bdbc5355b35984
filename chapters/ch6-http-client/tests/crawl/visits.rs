//! What is visited: exactly what is allowed, each once.

use crate::grown::Grown;
use crate::run::{TempFile, asked, asked_sorted, json, quickly};
use harness::site::{Answer, Site};
use std::collections::BTreeSet;

#[test]
fn exactly_the_allowed_pages_of_five_thousand_once_each() {
    let grown = Grown::new();
    let allowed: Vec<_> = grown.allowed.iter().cloned().collect();
    let broken = grown.broken.clone();
    assert!(allowed.len() >= 5_000, "{}", allowed.len());
    let site = grown.start();
    let picture = TempFile::new("grown.svg");
    let args = ["--depth", "1000", "--pages", "100000", "--map", picture.path()];
    let report = json(&quickly(&site, &args).run(), 103);
    let visited = asked_sorted(&site);
    let twice: Vec<_> = visited.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "visited twice: {twice:?}");
    let (visited, allowed): (BTreeSet<_>, BTreeSet<_>) =
        (visited.into_iter().collect(), allowed.into_iter().collect());
    let wrong: Vec<_> = visited.difference(&allowed).collect();
    let missed: Vec<_> = allowed.difference(&visited).collect();
    assert!(wrong.is_empty() && missed.is_empty(), "wrong: {wrong:?}\nmissed: {missed:?}");
    let robots: Vec<_> = site.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(robots.iter().position(|target| target == "/robots.txt"), Some(0));
    assert_eq!(robots.iter().filter(|target| *target == "/robots.txt").count(), 1);
    assert_eq!(site.most_at_once(), 1);

    let urls = |key: &str| {
        report[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["url"].as_str().unwrap().trim_start_matches(&site.url("")).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(urls("pages"), allowed, "the report names what was visited");
    assert_eq!(urls("broken"), broken, "the report names what is broken");
    assert_eq!(report["skipped"]["robots"]["count"], 5);
    assert_eq!(report["skipped"]["circular"]["count"], 1);
    assert_eq!(report["skipped"]["variants"]["count"], 1);
    assert_eq!(report["skipped"]["too-long"]["count"], 1);
    assert_eq!(report["skipped"]["scheme"]["count"], 4);
    let cut = report["pages"].as_array().unwrap().iter().filter(|page| page["cut"] == true);
    assert_eq!(
        cut.map(|page| page["url"].as_str().unwrap()).collect::<Vec<_>>(),
        [site.url("/huge")]
    );
    let titles =
        report["pages"].as_array().unwrap().iter().filter_map(|page| page["title"].as_str());
    assert_eq!(
        titles.filter(|title| title.ends_with("caf\u{e9}")).count(),
        4_900,
        "every encoding was read"
    );
    crate::reports::is_a_picture(&picture, 5_000);
}

/// A site in which page N links to the pages 2N+1 and 2N+2.
fn tree(pages: usize) -> Site {
    Site::start(move |request| match request.target.trim_start_matches('/').parse() {
        Err(_) if request.target != "/" => Answer::new(404),
        number => {
            let number: usize = number.unwrap_or(0);
            let children = (2 * number + 1..=2 * number + 2).filter(|child| *child < pages);
            Answer::html(
                children.map(|child| format!("<a href=/{child}>{child}</a>")).collect::<String>(),
            )
        }
    })
}

#[test]
fn depth_and_pages_are_limits() {
    let site = tree(1_000);
    let report = json(&quickly(&site, &["--depth", "3"]).run(), 0);
    assert_eq!(asked(&site).len(), 1 + 2 + 4 + 8);
    assert_eq!(report["skipped"]["too-deep"]["count"], 16);
    assert_eq!(report["finished"], true);
    let site = tree(1_000);
    let report = json(&quickly(&site, &["--pages", "10"]).run(), 0);
    let first: Vec<_> = (0..10).map(|page| format!("/{page}").replace("/0", "/")).collect();
    assert_eq!(asked(&site), first, "breadth first");
    assert_eq!((&report["finished"], &report["totals"]["waiting"]), (&false.into(), &11.into()));
    let site = tree(0);
    json(&quickly(&site, &["--depth", "0"]).run(), 0);
    assert_eq!(asked(&site), ["/"]);
}

#[test]
fn the_shortest_way_counts_however_many_connections() {
    // The long way to a page is quick, the short one is slow.
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html("<a href=/quick>q</a><a href=/slow>s</a>"),
        "/quick" => Answer::html("<a href=/quick/2>q</a>"),
        "/quick/2" => Answer::html("<a href=/goal>g</a>"),
        "/slow" => Answer::html("<a href=/goal>g</a>").after(std::time::Duration::from_millis(300)),
        "/goal" => Answer::html("<a href=/beyond>b</a>"),
        "/beyond" => Answer::html(""),
        _ => Answer::new(404),
    });
    json(&quickly(&site, &["--depth", "3", "--per-host", "4"]).run(), 0);
    assert!(asked(&site).contains(&"/beyond".into()), "three links away: {:?}", asked(&site));
}

#[test]
fn the_site_is_where_the_start_redirects_to() {
    let site = Site::start(|request| match (&*request.host(), &*request.target) {
        ("127.0.0.1", "/") => {
            let host = String::from_utf8_lossy(request.field("host").unwrap())
                .replace("127.0.0.1", "localhost");
            Answer::redirect(301, format!("http://{host}/home"))
        }
        ("localhost", "/home") => Answer::html("<a href=/a>a</a>"),
        ("localhost", "/a") => Answer::html(""),
        _ => Answer::new(404),
    });
    json(&quickly(&site, &[]).run(), 0);
    assert_eq!(asked(&site), ["/", "/home", "/a"]);
}

#[test]
fn links_that_lead_off_are_checked_and_not_read() {
    let other = Site::start(|request| match (&*request.method, &*request.target) {
        ("HEAD", "/fine") => Answer::html("<a href=/never>x</a>"),
        ("HEAD", "/odd") => Answer::new(405),
        ("GET", "/odd") => Answer::html("<a href=/never>x</a>"),
        ("GET", "/robots.txt") => Answer::new(200).body("User-agent: *\nDisallow: /secret"),
        ("HEAD", "/moved") => Answer::redirect(301, "/lost"),
        _ => Answer::new(404),
    });
    let body: String = ["/fine", "/odd", "/lost", "/secret", "/moved", "/fine#x"]
        .map(|path| format!("<a href='{}'>{path}</a>", other.url(path)))
        .concat();
    let site = Site::start(move |request| match &*request.target {
        "/" => Answer::html(body.clone() + "<img src=/there.png><img src=/gone.png>"),
        "/there.png" => Answer::new(200).field("Content-Type", "image/png").body("x"),
        _ => Answer::new(404),
    });
    json(&quickly(&site, &[]).run(), 0);
    assert_eq!((asked(&site), asked(&other)), (vec!["/".into()], vec![]));
    let report = json(&quickly(&site, &["--check-external", "--check-assets"]).run(), 103);
    let requests =
        other.requests().into_iter().map(|request| request.method + " " + &request.target);
    let right =
        ["GET /robots.txt", "HEAD /fine", "HEAD /odd", "GET /odd", "HEAD /lost", "HEAD /moved"];
    assert_eq!(requests.collect::<Vec<_>>(), right);
    let broken: Vec<_> = report["broken"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["url"].as_str().unwrap())
        .collect();
    assert_eq!(broken, [other.url("/lost"), other.url("/moved"), site.url("/gone.png")]);
}

#[test]
fn a_canonical_page_that_is_gone_hides_nothing() {
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html("<link rel=canonical href=/gone><a href=/one>one</a>"),
        "/one" => Answer::html("<link rel=canonical href=/><a href=/two>two</a>"),
        "/two" => Answer::html("two"),
        _ => Answer::new(404),
    });
    let report = json(&quickly(&site, &[]).run(), 103);
    assert_eq!(asked_sorted(&site), ["/", "/gone", "/one", "/two"]);
    let broken = &report["broken"][0];
    assert_eq!((&broken["url"], &broken["places_in_all"]), (&site.url("/gone").into(), &1.into()));
    assert_eq!(broken["places"][0]["page"], site.url("/"));
    assert_eq!(report["broken"].as_array().unwrap().len(), 1);
}
