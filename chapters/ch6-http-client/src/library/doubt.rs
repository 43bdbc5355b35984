//! What the library lets pass, and we do not.

use super::agent::{Settings, other_scheme};
use super::errors::LARGEST_HEADER;
use crate::failure::{Failure, Kind};
use crate::url::{Url, is_http, shown};
use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, LOCATION, TRANSFER_ENCODING,
};

impl Settings {
    /// Looks at the head of a response once more, after redirects have been followed.
    ///
    /// # Errors
    ///
    /// As for [`check`]; or it is a redirect that could not be followed.
    pub fn check(&self, url: &Url, status: StatusCode, fields: &HeaderMap) -> Result<(), Failure> {
        check(url, status, fields)?;
        self.unfollowed(url, status, fields).map_or(Ok(()), Err)
    }

    /// Why the redirect that came from `url` was not followed. Where `Location` is no URL, or one that HTTP could not
    /// even ask for, such as `file:///etc/passwd`, reqwest asks no policy and gives back the redirect as the response.
    fn unfollowed(&self, url: &Url, status: StatusCode, headers: &HeaderMap) -> Option<Failure> {
        let location = headers.get(LOCATION)?;
        if self.max_redirects == 0 || !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let text = std::str::from_utf8(location.as_bytes()).ok();
        match text.and_then(|text| url.join(text).ok()) {
            Some(target) if is_http(&target) => None,
            Some(target) => Some(other_scheme(&target)),
            None => {
                let tried = format!("cannot follow the redirect from {}", shown(url));
                Some(Failure::new(Kind::Malformed, tried, "its Location is no URL"))
            }
        }
    }
}

/// Looks at the head of a response once more.
///
/// # Errors
///
/// One cannot be sure where its body ends, or its header is too long.
pub fn check(url: &Url, status: StatusCode, fields: &HeaderMap) -> Result<(), Failure> {
    framing(url, status, fields)?;
    size(url, fields)
}

/// Refuses a response of which one cannot be sure where its body ends (RFC 9112 section 6.3), because whoever reads it
/// in another way sees the next response begin elsewhere; and one that is no HTTP any more.
fn framing(url: &Url, status: StatusCode, fields: &HeaderMap) -> Result<(), Failure> {
    let mut codings = fields.get_all(TRANSFER_ENCODING).iter().map(HeaderValue::as_bytes);
    let why = match (codings.next(), codings.next()) {
        _ if status == StatusCode::SWITCHING_PROTOCOLS => {
            "the server switches to another protocol, which nobody asked for"
        }
        (Some(_), _) if fields.contains_key(CONTENT_LENGTH) => {
            "both Content-Length and Transfer-Encoding"
        }
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => return Ok(()),
        (Some(_), _) => "a Transfer-Encoding that is not chunked alone",
        (None, _) => return Ok(()),
    };
    let what = format!("the response is malformed: {why}");
    Err(Failure::new(Kind::Malformed, format_args!("cannot get {}", shown(url)), what))
}

/// The library's own limit is some 400 KiB.
fn size(url: &Url, fields: &HeaderMap) -> Result<(), Failure> {
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    match fields.iter().map(line).sum::<usize>() > http1::limits::FIELD_BLOCK {
        true => {
            let tried = format!("cannot get {}", shown(url));
            let failure = Failure::new(Kind::TooLarge, tried, "the header is too long");
            Err(failure.hint(LARGEST_HEADER))
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_to_nowhere_is_a_failure() {
        let url = crate::url::parse("http://a/b").unwrap();
        let found = |settings: &Settings, status, location: &str| {
            let headers = [(LOCATION, location.parse().unwrap())].into_iter().collect();
            let status = StatusCode::from_u16(status).unwrap();
            settings.unfollowed(&url, status, &headers).map(|failure| failure.kind)
        };
        let settings = Settings::default();
        for (status, location, kind) in [
            (302, "/c", None),
            (302, "https://b/", None),
            (302, "file:///etc/passwd", Some(Kind::Scheme)),
            (301, "mailto:a@b", Some(Kind::Scheme)),
            (308, "http://", Some(Kind::Malformed)),
            (201, "file:///etc/passwd", None),
            (304, "file:///etc/passwd", None),
        ] {
            assert_eq!(found(&settings, status, location), kind, "{status} {location}");
        }
        let none = Settings { max_redirects: 0, ..Settings::default() };
        assert_eq!(found(&none, 302, "file:///etc/passwd"), None);
    }
}
