//! Going on after an end that nobody wanted.

use crate::run::{TempFile, asked, asked_sorted, ends, fails, json, quickly};
use harness::site::{Answer, Site};
use harness::{DEADLINE, Signal, eventually, holds_within};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const PAGES: usize = 120;
/// The site stands still from this request on, until it is released.
const STOP: usize = 40;

/// Pages that link to the next three.
struct Pages {
    site: Site,
    is_released: Arc<AtomicBool>,
}

impl Pages {
    fn start() -> Self {
        let (is_released, asked) = (Arc::new(AtomicBool::new(true)), AtomicUsize::new(0));
        let ours = is_released.clone();
        let site = Site::start(move |request| {
            if request.target == "/robots.txt" {
                return Answer::new(404);
            }
            if asked.fetch_add(1, Ordering::SeqCst) + 1 >= STOP {
                holds_within(DEADLINE, || ours.load(Ordering::SeqCst));
            }
            let number: usize = request.target[1..].parse().unwrap_or(0);
            let next = (number + 1..=number + 3).filter(|next| *next < PAGES);
            Answer::html(next.map(|next| format!("<a href=/{next}>{next}</a>")).collect::<String>())
        });
        Self { site, is_released }
    }

    fn release(&self, is_released: bool) {
        self.is_released.store(is_released, Ordering::SeqCst);
    }
}

fn pages() -> Site {
    Pages::start().site
}

fn all() -> Vec<String> {
    let mut all: Vec<_> = (1..PAGES).map(|page| format!("/{page}")).collect();
    all.push("/".into());
    all.sort();
    all
}

/// Ends a crawl by this signal when it is well on its way, and then goes on to the end.
fn interrupted_by(signal: Signal, at_once: &str) {
    let (pages, state) = (Pages::start(), TempFile::new("state"));
    let site = &pages.site;
    pages.release(false);
    let args = ["--state", state.path(), "--depth", "100", "--per-host", at_once];
    let running = quickly(site, &args).begin();
    eventually(DEADLINE, "forty pages are asked for", || asked(site).len() >= STOP);
    running.signal(signal);
    // One of them gets an answer to what is under way, the others get none and are cut off.
    pages.release(signal == Signal::Interrupt);
    let end = running.finish();
    pages.release(true);
    if signal == Signal::Kill {
        assert_eq!(end.status.code(), None);
    } else {
        let report = json(&end, 130);
        assert_eq!(report["finished"], false);
    }
    assert!(asked(site).len() < PAGES, "it was interrupted");
    // What was under way had no response yet, as far as the crawler knows.
    let kept = state.read().lines().count().saturating_sub(1);
    let twice = asked(site).len().saturating_sub(kept);
    assert!(twice <= at_once.parse().unwrap(), "{twice} answers were not kept");
    let report = json(&quickly(site, &args).run(), 0);
    assert_eq!((&report["finished"], &report["totals"]["answered"]), (&true.into(), &PAGES.into()));
    let mut visited = asked_sorted(site);
    assert!(visited.len() <= PAGES + twice, "{} requests, {twice} could be lost", visited.len());
    visited.dedup();
    assert_eq!(visited, all());
    // Once more: there is nothing left to do.
    let before = site.requests().len();
    assert_eq!(json(&quickly(site, &args).run(), 0)["totals"]["answered"], PAGES);
    assert_eq!(site.requests().len(), before);
}

#[test]
fn after_control_c() {
    interrupted_by(Signal::Interrupt, "1");
}

#[test]
fn after_sigterm_with_many_at_once() {
    interrupted_by(Signal::Terminate, "4");
}

#[test]
fn after_sigkill() {
    interrupted_by(Signal::Kill, "1");
}

#[test]
fn after_sigkill_with_many_at_once() {
    interrupted_by(Signal::Kill, "4");
}

#[test]
fn a_limit_can_be_raised() {
    let (site, state) = (pages(), TempFile::new("state"));
    for most in ["10", "30"] {
        let args = ["--state", state.path(), "--depth", "100", "--pages", most];
        let report = json(&quickly(&site, &args).run(), 0);
        assert_eq!(report["totals"]["answered"].to_string(), most);
    }
    let mut visited = asked_sorted(&site);
    visited.dedup();
    assert_eq!((visited.len(), asked(&site).len()), (30, 30));
}

#[test]
fn what_had_no_response_is_asked_for_again() {
    let is_up = Arc::new(AtomicBool::new(false));
    let ours = is_up.clone();
    let site = Site::start(move |request| match &*request.target {
        "/" => Answer::html("<a href=/page>page</a><a href=/gone>gone</a>"),
        "/page" if !ours.load(Ordering::SeqCst) => Answer::raw(""),
        "/page" => Answer::html("<a href=/next>next</a>"),
        "/next" => Answer::html("next"),
        _ => Answer::new(404),
    });
    let state = TempFile::new("state");
    let args = ["--state", state.path(), "--retry", "0"];
    let broken = |report: serde_json::Value| report["broken"].as_array().unwrap().len();
    for run in 1..=2 {
        assert_eq!(broken(json(&quickly(&site, &args).run(), 103)), 2, "{run}");
    }
    is_up.store(true, Ordering::SeqCst);
    for run in 3..=4 {
        assert_eq!(broken(json(&quickly(&site, &args).run(), 103)), 1, "{run}");
    }
    let times = |path: &str| asked(&site).iter().filter(|target| *target == path).count();
    assert_eq!((times("/"), times("/gone"), times("/next")), (1, 1, 1));
    // The first run asks twice, as the host had answered before; in each later one robots.txt is the answer before.
    assert_eq!(times("/page"), 2 + 2 + 1);
}

#[test]
fn a_torn_line_is_thrown_away() {
    let (site, state) = (pages(), TempFile::new("state"));
    let args = ["--state", state.path(), "--pages", "10"];
    json(&quickly(&site, &args).run(), 0);
    let whole = state.read();
    // Cut anywhere: in the last line, in the first line, or right after it.
    let first = whole.find('\n').unwrap();
    for length in [whole.len() - 1, whole.len() - 40, first + 1, first, 5, 0] {
        std::fs::write(state.path(), &whole[..length]).unwrap();
        assert_eq!(json(&quickly(&site, &args).run(), 0)["totals"]["answered"], 10, "{length}");
        assert_eq!(state.read().lines().count(), 11, "{length}");
    }
}

#[test]
fn another_crawl_s_state_is_refused() {
    let (site, state) = (pages(), TempFile::new("state"));
    let args = ["--state", state.path(), "--pages", "3"];
    json(&quickly(&site, &args).run(), 0);
    let refused = |args: &[&str], says: &str| {
        fails(&quickly(&site, &["--state", state.path()]).args(args).run(), 26, says);
    };
    refused(&["--depth", "7"], "it belongs to another crawl: --depth 5");
    refused(&["--check-external"], "it belongs to another crawl");
    let good = state.read();
    std::fs::write(state.path(), good.clone() + "{}x\n").unwrap();
    refused(&[], "line 5 is damaged");
    std::fs::write(state.path(), "my diary\n").unwrap();
    refused(&[], "it is no state of a crawl");
    assert_eq!(state.read(), "my diary\n", "it is left alone");
    std::fs::write(state.path(), good).unwrap();
    ends(&quickly(&site, &args).run(), 0);
}

#[test]
fn two_crawls_do_not_share_a_state() {
    let state = TempFile::new("state");
    let site = Site::start(|_| Answer::html("").after(Duration::from_secs(600)));
    let first = quickly(&site, &["--state", state.path()]).begin();
    eventually(DEADLINE, "the first one has begun", || !site.requests().is_empty());
    fails(&quickly(&site, &["--state", state.path()]).run(), 26, "another crawl is using it");
    drop(first);
}
