//! The report for a program: one JSON object.
//!
//! `start` is the URL it began with, and `finished` says whether nothing was left to do. `pages` has what was asked for
//! page by page, `checked` what it was only looked at, both in the order in which they were met; a field that does not
//! apply is null. `broken` has each broken link with the places where it stands, ten of them at most, and how many
//! there are. `skipped` has what was not asked for by reason, a hundred URLs of each. `totals` has the numbers.

use super::run::Crawled;
use super::site::{Known, Reason, Site, Skipped, Task};
use super::verdict::{Totals, all_broken};
use common::log::is_unseen;
use serde::Serialize;
use std::collections::BTreeMap;

/// The whole report.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Where it began.
    start: &'a str,
    /// Nothing was left to do.
    finished: bool,
    /// What was fetched.
    pages: Vec<Page<'a>>,
    /// What it was only looked at whether it is there.
    checked: Vec<Page<'a>>,
    /// The broken links.
    broken: Vec<Broken<'a>>,
    /// What was not asked for, by reason.
    skipped: &'a BTreeMap<Reason, Skipped>,
    /// All of it in numbers.
    totals: &'a Totals,
}

#[derive(Debug, Serialize)]
struct Page<'a> {
    url: &'a str,
    status: Option<u16>,
    failure: Option<&'a str>,
    redirect: Option<&'a str>,
    title: Option<&'a str>,
    media: &'a str,
    charset: Option<&'a str>,
    links: usize,
    bytes: u64,
    ms: u64,
    depth: u32,
    /// Not all of it was read.
    cut: bool,
    /// The page or redirect where it was met first.
    from: Option<&'a str>,
    duplicate_of: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Broken<'a> {
    url: &'a str,
    why: String,
    places: Vec<Place<'a>>,
    places_in_all: u64,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    page: &'a str,
    text: &'a str,
}

impl<'a> Report<'a> {
    /// Of this crawl.
    pub fn new(crawled: &'a Crawled, totals: &'a Totals) -> Self {
        let site = &crawled.site;
        let all = |task| {
            let known = site.known().iter().filter(move |known| known.task == task);
            known.filter_map(|known| page(site, known)).collect()
        };
        let broken = all_broken(site).into_iter().map(|(id, why)| {
            let known = site.of(id);
            let places = known.places.iter();
            let places =
                places.map(|(page, text)| Place { page: site.of(*page).url.as_str(), text });
            let places_in_all = known.places_in_all;
            Broken { url: known.url.as_str(), why, places: places.collect(), places_in_all }
        });
        Self {
            start: site.of(0).url.as_str(),
            finished: totals.waiting == 0,
            pages: all(Task::Page),
            checked: all(Task::Check),
            broken: broken.collect(),
            skipped: site.skips.by_reason(),
            totals,
        }
    }
}

/// JSON in which nothing moves the text on a terminal: `serde_json` leaves U+009B and U+202E as they are. They can
/// stand in strings only, where an escape is the same.
pub fn plain(json: String) -> String {
    let is_plain = |c: char| c == '\n' || !(c.is_control() || is_unseen(c));
    if json.chars().all(is_plain) {
        return json;
    }
    let mut plain = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_plain(c) {
            plain.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                plain.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    plain
}

fn page<'a>(site: &'a Site, known: &'a Known) -> Option<Page<'a>> {
    let answer = known.answer.as_ref()?;
    let url = |id| site.of(id).url.as_str();
    Some(Page {
        url: known.url.as_str(),
        status: answer.status,
        failure: answer.failure.as_ref().map(|fault| &*fault.why),
        redirect: answer.location.as_deref(),
        title: answer.is_page().then_some(&*answer.title),
        media: &answer.media,
        charset: answer.charset.as_deref(),
        links: known.links,
        bytes: answer.bytes,
        ms: answer.ms,
        depth: known.depth,
        cut: answer.cut,
        from: known.parent.map(url),
        duplicate_of: known.duplicate_of.map(url),
    })
}
