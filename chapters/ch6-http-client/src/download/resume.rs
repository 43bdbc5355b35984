//! How a download goes on where it stopped (RFC 9110 section 14, and 13.1.5 on `If-Range`).
//!
//! `Range: bytes=1000-` asks for the rest. But of what? The server may have another version of the file by now, and two
//! halves of two files make none. So the first download writes down which version it is (its `ETag`, or else its
//! `Last-Modified`), and the second asks for the rest *if it is still that one*: `If-Range`. If it is, the server
//! answers 206 with the rest, and if not, 200 with the whole.

use crate::failure::{Failure, Kind};
use crate::response::Head;
use crate::url::{Url, shown};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a part comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// What was asked for.
    pub url: String,
    /// The version that came: an entity tag, or a date. Without one nobody can go on with it.
    pub version: Option<String>,
    /// Bytes of the whole, if the server said so.
    pub length: Option<u64>,
}

impl Origin {
    /// The origin of a whole response.
    pub fn of(url: &Url, head: &Head) -> Self {
        let tag = head.field("etag").filter(|tag| tag.starts_with('"'));
        let version = tag.or_else(|| settled(head)).map(String::from);
        Self { url: shown(url), version, length: head.length }
    }

    /// The fields that ask for the rest.
    pub fn rest(&self, from: u64) -> Option<[(&'static str, String); 2]> {
        let version = self.version.clone()?;
        Some([("Range", format!("bytes={from}-")), ("If-Range", version)])
    }

    /// Does a part of the response come from the same version? `If-Range` should have seen to that, and not every server
    /// knows it.
    fn is_of(&self, head: &Head, range: &ContentRange) -> bool {
        let version = self.version.as_deref();
        let name =
            if version.is_some_and(|tag| tag.starts_with('"')) { "etag" } else { "last-modified" };
        let is_same_version = head.field(name).is_none_or(|there| Some(there) == version);
        is_same_version
            && (range.whole.is_none() || self.length.is_none() || range.whole == self.length)
    }
}

/// A date names one version only if the file was left alone for a while before the response was made: what changes twice
/// in a second has the same date both times (RFC 9110 section 8.8.2.2).
fn settled(head: &Head) -> Option<&str> {
    let text = head.field("last-modified")?;
    let moment = |text| httpdate::parse_http_date(text).ok();
    let age = moment(head.field("date")?)?.duration_since(moment(text)?).ok()?;
    (age >= LEFT_ALONE).then_some(text)
}

const LEFT_ALONE: Duration = Duration::from_secs(60);

/// What a response means to somebody who asked for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The rest comes, or some of it, of a file with so many bytes.
    Rest {
        /// Bytes of the whole, if anybody said so.
        whole: Option<u64>,
    },
    /// The whole comes.
    Whole,
    /// There is no rest: all of it is there.
    Nothing,
    /// There is no such rest, or it is the rest of something else. What is there is of no use.
    Never,
}

/// Reads the answer to a request for the rest of `origin` from `offset` on.
///
/// # Errors
///
/// The server sends another part than the one that was asked for, or none that can be placed.
pub fn answer(url: &Url, head: &Head, offset: u64, origin: &Origin) -> Result<Answer, Failure> {
    let field = head.field("content-range").unwrap_or_default();
    match (head.status, ContentRange::parse(field)) {
        (206, Some(range)) if range.first == offset => match origin.is_of(head, &range) {
            true => Ok(Answer::Rest { whole: range.whole.or(origin.length) }),
            false => Ok(Answer::Never),
        },
        (206, _) => {
            let tried = format!("cannot go on with {} at byte {offset}", shown(url));
            let failure =
                Failure::new(Kind::Range, tried, format_args!("the server sends '{field}'"));
            Err(failure.hint("begin anew with --no-resume"))
        }
        (416, _) if field == format!("bytes */{offset}") => Ok(Answer::Nothing),
        (416, _) => Ok(Answer::Never),
        _ => Ok(Answer::Whole),
    }
}

struct ContentRange {
    first: u64,
    whole: Option<u64>,
}

impl ContentRange {
    /// ```text
    /// Content-Range = "bytes" SP first-pos "-" last-pos "/" ( complete-length / "*" )      RFC 9110 section 14.4
    /// ```
    fn parse(field: &str) -> Option<Self> {
        let (first, rest) = field.strip_prefix("bytes ")?.split_once('-')?;
        let (last, whole) = rest.split_once('/')?;
        let (first, last) = (first.parse().ok()?, last.parse::<u64>().ok()?);
        let whole = if whole == "*" { None } else { Some(whole.parse().ok()?) };
        let is_within = first <= last && whole.is_none_or(|whole| last < whole);
        is_within.then_some(Self { first, whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, fields: &[(&str, &str)]) -> Head {
        let fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Head { status, fields: fields.collect(), ..Head::default() }
    }

    fn url() -> Url {
        crate::url::parse("http://a/").unwrap()
    }

    #[test]
    fn what_the_answer_means() {
        let origin = Origin { url: String::new(), version: Some("\"a\"".into()), length: Some(10) };
        let to = |status, fields: &[_]| {
            answer(&url(), &head(status, fields), 5, &origin).map_err(|error| error.kind)
        };
        let range = |range| ("Content-Range", range);
        let rest = Ok(Answer::Rest { whole: Some(10) });
        assert_eq!(to(206, &[range("bytes 5-9/10")]), rest);
        assert_eq!(to(206, &[range("bytes 5-7/10")]), rest);
        assert_eq!(to(206, &[range("bytes 5-9/*"), ("ETag", "\"a\"")]), rest);
        assert_eq!(to(206, &[range("bytes 5-9/10"), ("ETag", "\"b\"")]), Ok(Answer::Never));
        assert_eq!(to(206, &[range("bytes 5-9/11")]), Ok(Answer::Never));
        for wrong in [
            "bytes 4-9/10",
            "bytes 6-9/10",
            "bytes 5-4/10",
            "bytes 5-10/10",
            "bytes */10",
            "",
            "5-9/10",
        ] {
            assert_eq!(to(206, &[range(wrong)]), Err(Kind::Range), "{wrong}");
        }
        assert_eq!(to(200, &[]), Ok(Answer::Whole));
        assert_eq!(to(416, &[range("bytes */5")]), Ok(Answer::Nothing));
        assert_eq!(to(416, &[range("bytes */4")]), Ok(Answer::Never));
    }

    #[test]
    fn what_names_a_version() {
        let version = |fields: &[_]| Origin::of(&url(), &head(200, fields)).version;
        let modified = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("Date", "Sun, 06 Nov 1994 08:50:37 GMT");
        let soon = ("Date", "Sun, 06 Nov 1994 08:50:36 GMT");
        assert_eq!(version(&[("ETag", "\"x\""), modified, later]), Some("\"x\"".into()));
        assert_eq!(version(&[("ETag", "W/\"x\""), modified, later]), Some(modified.1.into()));
        assert_eq!(version(&[modified, soon]), None);
        assert_eq!(version(&[modified]), None);
        assert_eq!(version(&[("ETag", "W/\"x\"")]), None);
    }
}
