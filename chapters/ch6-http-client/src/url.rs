//! What a person types for a URL, and how one is shown.

use crate::failure::{Failure, Kind};
pub use reqwest::Url;

/// Reads a URL. `localhost:8080/x` without a scheme means `http://`, as it does to curl; a fragment is nobody's
/// business but the reader's, and goes.
///
/// # Errors
///
/// It is no URL, has no host, or another scheme than `http` and `https`.
pub fn parse(text: &str) -> Result<Url, Failure> {
    // Behind the host, it may be part of a query.
    let has_scheme = text.split(['/', '?', '#']).next().is_some_and(|start| start.ends_with(':'));
    let whole = match has_scheme && text.contains("://") {
        true => text.to_owned(),
        false => format!("http://{text}"),
    };
    let shown = redacted(text);
    let bad = |why: String| Failure::new(Kind::BadUrl, format_args!("'{shown}' is no URL"), why);
    let mut url = Url::parse(&whole).map_err(|error| bad(error.to_string()))?;
    if !is_http(&url) {
        let what = format!("cannot speak {}", url.scheme());
        return Err(Failure::new(Kind::Scheme, what, "only http and https are known here"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Is it `http` or `https`?
pub fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// The URL as it may be shown: without the password, if it has one.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        // Only a URL without a host cannot take a password, and such a URL has none.
        let _ = url.set_password(Some("***"));
    }
    url.to_string()
}

/// The same for what may be no URL at all.
pub fn redacted(text: &str) -> String {
    // Without a scheme, the first `//` may be one of the path.
    let start = text.find("//").filter(|at| !text[..*at].contains('@')).map_or(0, |at| at + 2);
    let end = text[start..].find('/').map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => format!("{}***{}", &text[..start], &text[start + at..]),
        None => text.to_owned(),
    }
}

/// Where it leads to: `http://example.com:8080`.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_may_be_left_out() {
        assert_eq!(parse("localhost:8080/a b#c").unwrap().as_str(), "http://localhost:8080/a%20b");
        let query = parse("127.0.0.1:80/?to=http://x/").unwrap();
        assert_eq!(query.as_str(), "http://127.0.0.1/?to=http://x/");
        assert_eq!(parse("https://example.com").unwrap().as_str(), "https://example.com/");
    }

    #[test]
    fn what_is_no_url_is_said() {
        for (text, kind) in [
            ("", Kind::BadUrl),
            ("http://", Kind::BadUrl),
            ("http://a:99999/", Kind::BadUrl),
            ("ftp://example.com/", Kind::Scheme),
            ("file:///etc/passwd", Kind::Scheme),
            ("mailto://x", Kind::Scheme),
        ] {
            assert_eq!(parse(text).unwrap_err().kind, kind, "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = parse("http://me:secret@example.com/").unwrap();
        assert_eq!(shown(&url), "http://me:***@example.com/");
        for (text, shown) in [
            ("http://me:secret@h:99999/a@b", "http://***@h:99999/a@b"),
            ("me:secret@h:99999", "***@h:99999"),
            ("http://h/?a@b", "http://h/?a@b"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }
}
