//! What was met and not asked for, and why.

use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// URLs that are named for each reason; the others are counted.
const MOST_NAMED: usize = 100;
/// Distinct URLs that can be counted; beyond, a URL that is met twice counts twice.
const MOST_COUNTED: usize = 1_000_000;

/// Why a URL is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The robots.txt says so.
    Robots,
    /// Its host has stopped answering.
    Silent,
    /// The link or its page asks not to be followed.
    Nofollow,
    /// It leads off the site.
    OffSite,
    /// It is further away from the start than `--depth`.
    TooDeep,
    /// There are as many queries of this path as `--variants`.
    Variants,
    /// Its path goes round in circles.
    Circular,
    /// It is longer than a URL can be.
    TooLong,
    /// As many URLs are known as are remembered.
    Full,
    /// Neither http nor https: mail, telephone, a script.
    Scheme,
    /// It is no URL.
    NoUrl,
}

impl Reason {
    /// What the report says.
    pub fn about(self) -> &'static str {
        match self {
            Self::Robots => "forbidden by robots.txt",
            Self::Silent => "its host has stopped answering",
            Self::Nofollow => "nofollow",
            Self::OffSite => "off the site (see --check-external)",
            Self::TooDeep => "too deep (see --depth)",
            Self::Variants => "too many queries of one path (see --variants)",
            Self::Circular => "the path goes round in circles",
            Self::TooLong => "too long for a URL",
            Self::Full => "more URLs than are remembered",
            Self::Scheme => "neither http nor https",
            Self::NoUrl => "no URL",
        }
    }
}

/// What was left out, by reason.
#[derive(Debug, Default)]
pub struct Skips {
    seen: HashSet<u64>,
    by_reason: BTreeMap<Reason, Skipped>,
}

/// What was left out for one reason.
#[derive(Debug, Default, Serialize)]
pub struct Skipped {
    /// How many URLs.
    pub count: u64,
    /// The first of them.
    pub urls: Vec<String>,
}

impl Skips {
    /// Counts a URL, once for each reason.
    pub fn add(&mut self, reason: Reason, url: &str) {
        let mut hasher = DefaultHasher::new();
        (reason, url).hash(&mut hasher);
        let has_room = self.seen.len() < MOST_COUNTED;
        if has_room && !self.seen.insert(hasher.finish()) {
            return;
        }
        let skipped = self.by_reason.entry(reason).or_default();
        skipped.count += 1;
        if skipped.urls.len() < MOST_NAMED {
            skipped.urls.push(url.chars().take(300).collect());
        }
    }

    /// All of it.
    pub fn by_reason(&self) -> &BTreeMap<Reason, Skipped> {
        &self.by_reason
    }
}
