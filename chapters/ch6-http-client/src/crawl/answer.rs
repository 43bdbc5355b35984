//! What came of asking for a URL: what the crawl learns from, and what the state file keeps.

use crate::failure::{Failure, Kind};
use serde::{Deserialize, Serialize};

/// The answer to one request, or why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// What was asked for.
    pub url: String,
    /// The status, if there was a response.
    pub status: Option<u16>,
    /// Why there was none, or not all of it.
    pub failure: Option<Fault>,
    /// Where a redirect leads to.
    pub location: Option<String>,
    /// The media type, such as `text/html`.
    pub media: String,
    /// The encoding of a page that was read.
    pub charset: Option<String>,
    /// Its title.
    pub title: String,
    /// The URL of which it says itself that it is only another name for.
    pub canonical: Option<String>,
    /// It asks not to be read on from.
    pub nofollow: bool,
    /// How many bytes of its body were read, after decompression.
    pub bytes: u64,
    /// How long it took, from the request to the last byte.
    pub ms: u64,
    /// There was more than is read of a page.
    pub cut: bool,
    /// The links on it.
    pub links: Vec<Link>,
}

impl Answer {
    /// Is it a page that was read?
    pub fn is_page(&self) -> bool {
        self.charset.is_some()
    }
}

/// A link on a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// Where it leads to, in its normal form; or as it stands there, if that is no URL of http or https.
    /// Of one that is too long, only the beginning.
    pub url: String,
    /// The words that one would click on.
    pub text: String,
    /// A picture, a script or a style sheet, and not a page.
    pub asset: bool,
    /// It asks not to be followed.
    pub nofollow: bool,
}

/// A failure, as the state file keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The exit code of its kind.
    pub code: u8,
    /// What happened.
    pub why: String,
}

impl Fault {
    /// A failure of this kind.
    pub fn new(kind: Kind, why: impl Into<String>) -> Self {
        Self { code: kind.code(), why: why.into() }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        Kind::ALL.into_iter().find(|kind| kind.code() == self.code).unwrap_or(Kind::Own)
    }
}

impl From<&Failure> for Fault {
    fn from(failure: &Failure) -> Self {
        let why = if failure.happened.is_empty() { &failure.tried } else { &failure.happened };
        Self::new(failure.kind, why.clone())
    }
}
