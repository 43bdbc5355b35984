//! One spelling for each page: the normal form of a URL, and the URLs that are traps.
//!
//! Reading a URL, as WHATWG has it, makes the host lower-case, drops the default port, gives an empty path its `/` and
//! resolves `.` and `..`. What is left to do is in RFC 3986 section 6.2.2: `%7e` is `~`, and `%c3` is `%C3`. A fragment
//! and a password are no part of what is asked for. Beyond that, parameters that name a visit and no page are dropped.

use crate::url::Url;

/// Parameters that name a visit and not a page, unless `--strip-params` names others: those of the well-known session
/// mechanisms, and those by which advertising follows people about.
pub const STRIPPED: [&str; 12] = [
    "phpsessid",
    "jsessionid",
    "aspsessionid*",
    "sid",
    "sessionid",
    "session_id",
    "utm_*",
    "gclid",
    "fbclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
];

/// A URL that is longer leads nowhere: what browsers and servers agree on ends at some 2,000 bytes.
pub const LONGEST_URL: usize = 2_000;
/// Characters that are kept of one that is longer.
pub const KEPT: usize = 200;
/// So many times the same folders in a row, as in `/a/b/a/b/a/b`, are a link that goes round in circles.
pub const REPEATS: usize = 3;
/// Below so many folders, a repetition may be a date: `/1/1/1`.
pub const REPEATED_FOLDERS: usize = 4;

/// A path with more folders leads nowhere: it takes ever longer to look for circles in it.
pub const MOST_FOLDERS: usize = 64;

/// The one spelling of a URL.
pub fn normal(mut url: Url, strip: &[String]) -> Url {
    url.set_fragment(None);
    // Only a URL without a host cannot have these, and it has none.
    let _ = (url.set_username(""), url.set_password(None));
    let path =
        octets(&url.path().split('/').map(|part| bare(part, strip)).collect::<Vec<_>>().join("/"));
    if path != url.path() {
        url.set_path(&path);
    }
    let query = url.query().map(|query| {
        let kept = query.split('&').filter(|part| !part.is_empty() && !is_stripped(part, strip));
        octets(&kept.collect::<Vec<_>>().join("&"))
    });
    if query.as_deref() != url.query() || query.as_deref() == Some("") {
        url.set_query(query.as_deref().filter(|query| !query.is_empty()));
    }
    url
}

/// A part of a path without the parameters to strip: `page;jsessionid=7` is `page`.
fn bare(part: &str, strip: &[String]) -> String {
    let mut pieces = part.split(';');
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces.filter(|piece| !is_stripped(piece, strip)) {
        bare.push(';');
        bare.push_str(piece);
    }
    bare
}

fn is_stripped(parameter: &str, strip: &[String]) -> bool {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    strip.iter().any(|stripped| match stripped.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == *stripped,
    })
}

/// Percent-encoding in its normal form (RFC 3986 section 6.2.2): what needs none has none, and the rest has capitals.
pub fn octets(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        let hex = rest.as_bytes().get(at + 1..at + 3).and_then(|hex| {
            hex.iter().all(u8::is_ascii_hexdigit).then(|| std::str::from_utf8(hex).ok())?
        });
        let Some((hex, byte)) = hex.and_then(|hex| Some((hex, u8::from_str_radix(hex, 16).ok()?)))
        else {
            normal.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                normal.push(byte.into());
            }
            _ => {
                normal.push('%');
                normal.push_str(&hex.to_ascii_uppercase());
            }
        }
        rest = &rest[at + 3..];
    }
    normal + rest
}

/// A URL that is not too long, or else its beginning with a mark that no URL ends in: there it would be `%E2%80%A6`.
pub fn bounded(url: impl Into<String>) -> String {
    let url = url.into();
    if url.len() <= LONGEST_URL {
        return url;
    }
    let kept: String = url.chars().take(KEPT).collect();
    kept + CUT
}

/// Is it only the beginning of a URL?
pub fn is_cut(url: &str) -> bool {
    url.ends_with(CUT)
}

const CUT: &str = "\u{2026}";

/// Does its path go round in circles: the same folders again and again? Or has it more folders than anybody makes?
pub fn is_circular(url: &Url) -> bool {
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() > MOST_FOLDERS {
        return true;
    }
    (1..=parts.len() / REPEATS).any(|folders| {
        let times = REPEATS.max(REPEATED_FOLDERS.div_ceil(folders));
        // How many in a row are the same as the one so many folders later.
        let mut same = 0;
        parts.iter().zip(&parts[folders..]).any(|(a, b)| {
            same = if a == b { same + 1 } else { 0 };
            same >= folders * (times - 1)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal_of(text: &str) -> String {
        super::normal(Url::parse(text).unwrap(), &STRIPPED.map(String::from)).to_string()
    }

    #[test]
    fn one_spelling() {
        for (text, right) in [
            ("HTTP://Example.COM:80", "http://example.com/"),
            ("http://a/b/../c/./d#part", "http://a/c/d"),
            ("http://a/%7euser/%c3%a9%2f", "http://a/~user/%C3%A9%2F"),
            ("http://a/\u{e9}", "http://a/%C3%A9"),
            ("http://a/%zz%", "http://a/%zz%"),
            ("http://a/%25%37e", "http://a/%257e"),
            ("http://me:secret@a/", "http://a/"),
            ("http://a/?", "http://a/"),
            ("http://a/?x=%61&sid=7&&y=2&utm_source=z&PHPSESSID=1", "http://a/?x=a&y=2"),
            ("http://a/?sid=7", "http://a/"),
            ("http://a/b;jsessionid=7/c;v=1;JSESSIONID=8", "http://a/b/c;v=1"),
            ("http://a/?inside=sid", "http://a/?inside=sid"),
        ] {
            assert_eq!(normal_of(text), right, "{text}");
            assert_eq!(normal_of(right), right, "normal is normal: {text}");
        }
        let all = super::normal(Url::parse("http://a/?sid=7&b").unwrap(), &[]);
        assert_eq!(all.as_str(), "http://a/?sid=7&b");
    }

    #[test]
    fn circles() {
        let numbers = |most| (0..most).map(|folder| format!("/{folder}")).collect::<String>();
        for (path, right) in [
            ("/", false),
            ("/1/1/1", false),
            ("/a/b/a/b", false),
            ("/a/b/a/b/c/a/b", false),
            ("/1/1/1/1", true),
            ("/a/b/a/b/a/b", true),
            ("/x/a/b/c/a/b/c/a/b/c/y", true),
            ("/1/1/1/2/1/1/1", false),
            ("/a/b/c/a/b/c/a/b", false),
            (&*numbers(MOST_FOLDERS), false),
            (&*numbers(MOST_FOLDERS + 1), true),
        ] {
            let url = Url::parse("http://a/").unwrap().join(path).unwrap();
            assert_eq!(is_circular(&url), right, "{path}");
        }
    }
}
