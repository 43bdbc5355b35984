//! Is a link broken? And what does the whole crawl come to?

use super::answer::Answer;
use super::run::Crawled;
use super::site::{Id, Known, MOST_HOPS, Site, Task};
use crate::failure::{Failure, Kind};
use crate::url::shown;
use common::log::one_line;
use serde::Serialize;

/// Why the link to a URL is broken; nothing if it is not, or nobody has asked.
pub fn broken(site: &Site, id: Id) -> Option<String> {
    let (mut at, mut way) = (id, String::new());
    for _ in 0..=MOST_HOPS {
        let answer = site.of(at).answer.as_ref()?;
        if let Some(fault) = &answer.failure {
            return Some(way + &fault.why);
        }
        let Some(location) = &answer.location else {
            let status = answer.status.unwrap_or(0);
            let is_fine = (200..300).contains(&status);
            return (!is_fine).then(|| format!("{way}status {status}"));
        };
        way = format!("redirects to {}: ", one_line(location));
        at = site.find(location)?;
        if at == id {
            return Some("redirects in a circle".into());
        }
    }
    Some("redirects in a circle, or too often".into())
}

/// Every URL that a link leads to, or the crawl began with, and that is broken.
pub fn all_broken(site: &Site) -> Vec<(Id, String)> {
    let asked = site.known().iter().enumerate();
    let met = asked.filter(|(id, known)| *id == 0 || known.places_in_all > 0);
    met.filter_map(|(id, _)| Some((id, broken(site, id)?))).collect()
}

/// All of it in numbers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Totals {
    /// Responses to requests for pages, redirects and errors included.
    pub answered: u64,
    /// Pages that were read.
    pub pages: u64,
    /// Redirects.
    pub redirects: u64,
    /// Pages that are only another name for one.
    pub duplicates: u64,
    /// URLs of which it was only looked at whether they are there.
    pub checked: u64,
    /// Links on all pages.
    pub links: u64,
    /// Bytes of all bodies that were read, after decompression.
    pub bytes: u64,
    /// Links that are broken, each URL once.
    pub broken: u64,
    /// URLs that are known, allowed as far as is known, and were not asked for: `--pages`, or an interruption.
    pub waiting: u64,
    /// Milliseconds from the beginning to the end of this run.
    pub ms: u64,
}

impl Totals {
    /// Counts.
    pub fn of(crawled: &Crawled) -> Self {
        let site = &crawled.site;
        let mut totals = Self { ms: crawled.took.as_millis() as u64, ..Self::default() };
        for known in site.known() {
            let Some(answer) = &known.answer else {
                totals.waiting += u64::from(!known.is_left_out);
                continue;
            };
            match known.task {
                Task::Page => totals.answered += 1,
                Task::Check => totals.checked += 1,
            }
            totals.pages += u64::from(answer.is_page());
            totals.redirects += u64::from(answer.location.is_some());
            totals.duplicates += u64::from(known.duplicate_of.is_some());
            totals.links += known.links as u64;
            totals.bytes += answer.bytes;
        }
        totals.broken = all_broken(site).len() as u64;
        totals
    }
}

/// Why the start could not be fetched, if it could not: then there is nothing to report.
pub fn no_start(crawled: &Crawled) -> Option<Failure> {
    let site = &crawled.site;
    // The last one on the way: what the start redirects to.
    let last: &Known = site.known().iter().rfind(|known| known.is_start)?;
    let tried = format!("cannot begin at {}", shown(&last.url));
    if last.is_left_out {
        return Some(match &crawled.closed {
            Some(fault) => {
                let why = format!("it cannot be asked what it allows: {}", fault.why);
                Failure::new(fault.kind(), tried, why).hint(hint(fault.kind()))
            }
            None => Failure::new(Kind::Some, tried, "its robots.txt forbids it")
                .hint("robots.txt is always obeyed; your own you can change"),
        });
    }
    let answer: &Answer = last.answer.as_ref()?;
    if let Some(fault) = &answer.failure {
        return Some(Failure::new(fault.kind(), tried, &fault.why).hint(hint(fault.kind())));
    }
    match (&answer.location, answer.status.unwrap_or(0)) {
        (Some(_), _) => {
            broken(site, 0).map(|why| Failure::new(Kind::Redirects, tried, why).hint(""))
        }
        (None, 200..300) => None,
        (None, status) => Some(Failure::new(Kind::Status, tried, format_args!("status {status}"))),
    }
}

/// What a person can do about it here, where there are fewer flags.
fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::TimedOut => "see --max-time",
        Kind::Malformed => "this is the server's fault",
        Kind::TooLarge | Kind::Redirects => "",
        kind => common::failure::Kind::hint(kind),
    }
}
