//! What is known of the site: every URL that was met, what came of asking for it, and where the links to it stand.
//!
//! There is no I/O in it. Whatever changes it is an [`Answer`], so the same answers in the same order make the same
//! site: that is how a run goes on from a state file.

mod admit;
mod skips;

use super::answer::{Answer, Fault};
use super::flags::Options;
use super::normal::{is_cut, normal};
use crate::failure::Kind;
use crate::url::{Url, is_http, origin};
pub use skips::{Reason, Skipped, Skips};
use std::collections::{HashMap, HashSet};

/// Redirects in a row that are followed.
pub const MOST_HOPS: usize = 10;
/// URLs that are remembered. If they are short, that is some 100 MB.
pub const MOST_KNOWN: usize = 100_000;
/// Places of a link that are remembered; of more, only their number.
pub const MOST_PLACES: usize = 10;

/// The number of a URL: in the order in which they were met.
pub type Id = usize;

/// How a URL is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// It is fetched and read.
    Page,
    /// It is only looked at whether it is there.
    Check,
}

/// A URL, and what is known of it.
#[derive(Debug)]
pub struct Known {
    /// The URL in its normal form.
    pub url: Url,
    /// How it is asked for.
    pub task: Task,
    /// How many links it is away from the start.
    pub depth: u32,
    /// The page or redirect where it was met first.
    pub parent: Option<Id>,
    /// How many redirects in a row have led there.
    pub hops: usize,
    /// Only redirects lie between the start and it.
    pub is_start: bool,
    /// Its host forbids it, or has stopped answering.
    pub is_left_out: bool,
    /// What came of asking for it. Its links are not kept, only their number.
    pub answer: Option<Answer>,
    /// How many links it has.
    pub links: usize,
    /// It says that it is only another name for this one.
    pub duplicate_of: Option<Id>,
    /// Where links to it stand: the page, and the words.
    pub places: Vec<(Id, String)>,
    /// How many there are in all.
    pub places_in_all: u64,
}

/// The site.
#[derive(Debug)]
pub struct Site {
    options: Options,
    known: Vec<Known>,
    by_url: HashMap<String, Id>,
    /// The origins that are the site: that of the start, and those where it redirects to.
    origins: HashSet<String>,
    /// How many queries of a path are known.
    variants: HashMap<String, usize>,
    /// How many pages have no answer yet.
    waiting: usize,
    /// What was met and is not asked for.
    pub skips: Skips,
}

impl Site {
    /// A site of which only the start is known.
    pub fn new(options: &Options) -> Self {
        let start = normal(options.start.clone(), &options.strip);
        let mut site = Self {
            options: options.clone(),
            known: Vec::new(),
            by_url: HashMap::new(),
            origins: HashSet::from([origin(&start)]),
            variants: HashMap::new(),
            waiting: 0,
            skips: Skips::default(),
        };
        site.push(start, Task::Page, None, 0, 0, true);
        site
    }

    /// Every URL that is known, in the order in which they were met. The first one is the start.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// The one with this number.
    pub fn of(&self, id: Id) -> &Known {
        &self.known[id]
    }

    /// The number of a URL in its normal form.
    pub fn find(&self, url: &str) -> Option<Id> {
        self.by_url.get(url).copied()
    }

    /// How many pages have no answer yet, and are not left out.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// It is not asked for, for this reason.
    pub fn leave_out(&mut self, id: Id, reason: Reason) {
        if !std::mem::replace(&mut self.known[id].is_left_out, true) {
            self.waiting -= usize::from(self.known[id].task == Task::Page);
        }
        self.skips.add(reason, self.known[id].url.as_str());
    }

    /// Learns from an answer. False if it answers nothing that was asked, or was answered before.
    pub fn learn(&mut self, mut answer: Answer) -> bool {
        let Some(id) = self.find(&answer.url).filter(|id| self.known[*id].answer.is_none()) else {
            return false;
        };
        let links = std::mem::take(&mut answer.links);
        self.known[id].links = links.len();
        let is_dead_end = answer.nofollow || self.known[id].task == Task::Check;
        if let Some(location) = answer.location.clone().filter(|_| answer.failure.is_none()) {
            answer.failure = self.redirect(id, &location);
        } else if let Some(canonical) = &answer.canonical {
            self.known[id].duplicate_of = self.original(id, canonical);
        }
        // That a page is another name for one is only what it says: the links of a duplicate are followed as well.
        for link in links {
            self.link(id, link, is_dead_end);
        }
        let known = &mut self.known[id];
        known.answer = Some(answer);
        self.waiting -= usize::from(known.task == Task::Page && !known.is_left_out);
        true
    }

    /// Follows a redirect, or says why not.
    fn redirect(&mut self, id: Id, location: &str) -> Option<Fault> {
        let url = match Url::parse(location) {
            Ok(url) if !is_http(&url) => {
                let why = format!("redirects to {}, which is not followed", url.scheme());
                return Some(Fault::new(Kind::Scheme, why));
            }
            _ if is_cut(location) => {
                self.skips.add(Reason::TooLong, location);
                return None;
            }
            Ok(url) => url,
            Err(_) => return Some(Fault::new(Kind::Malformed, "redirects to what is no URL")),
        };
        let from = &self.known[id];
        let (hops, is_start, depth, task) = (from.hops + 1, from.is_start, from.depth, from.task);
        if hops > MOST_HOPS {
            return Some(Fault::new(
                Kind::Redirects,
                format!("more than {MOST_HOPS} redirects in a row"),
            ));
        }
        if is_start && task == Task::Page {
            self.origins.insert(origin(&url));
        }
        self.admit(url, task, id, depth, hops, is_start);
        None
    }

    /// The page that this one says it is another name for, if it is one that is asked for. It is a link as well, which
    /// may be broken. A hint that leads off the site or to what is known to be broken makes no duplicate.
    fn original(&mut self, id: Id, canonical: &str) -> Option<Id> {
        let url = Url::parse(canonical).ok()?;
        if url == self.known[id].url {
            return None;
        }
        let (depth, is_inside) = (self.known[id].depth, self.is_inside(&url));
        let original = self.admit(url, Task::Page, id, depth, 0, false)?;
        self.place(original, id, "rel=canonical".into());
        let known = &self.known[original];
        let is_lost =
            known.is_left_out || known.answer.as_ref().is_some_and(|answer| !answer.is_page());
        // Of two pages that name each other, one is the original.
        let is_mutual = known.duplicate_of.is_some();
        (is_inside && original != id && !is_lost && !is_mutual).then_some(original)
    }
}
