//! Keeps other web pages out. They run in the same browser, on the same machine, and can send requests here.
//!
//! A page of another site may not read what we answer, unless its name was made to lead here (DNS rebinding): then
//! `Host` is that name. It may send a POST without asking, but the browser says in `Origin` and `Sec-Fetch-Site`
//! where that comes from. A request without both comes from no browser, such as curl's, and is the user's own.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::SocketAddr;
use std::sync::Arc;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// What every reply says: nothing from elsewhere, in no frame, and keep nothing.
const SAID: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The names by which we may be called.
#[derive(Clone, Debug)]
pub(super) struct Guard(Arc<[String]>);

impl Guard {
    /// Of a page at this address.
    pub(super) fn new(addr: SocketAddr) -> Self {
        Self([addr.to_string(), format!("localhost:{}", addr.port())].into())
    }

    /// Why a request is refused, if it is.
    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
        let known = |host: &str| self.0.iter().any(|name| name.eq_ignore_ascii_case(host));
        match single(headers, &HOST) {
            Ok(Some(host)) if known(host) => {}
            _ => return Some("this page is served at a loopback address only: open it there"),
        }
        let Ok(origin) = single(headers, &ORIGIN) else { return Some("Origin is unclear") };
        if origin.is_some_and(|origin| !origin.strip_prefix("http://").is_some_and(known)) {
            return Some("another page may not ask this one");
        }
        let Ok(site) = single(headers, &SEC_FETCH_SITE) else {
            return Some("Sec-Fetch-Site is unclear");
        };
        // A link on another page may lead here.
        let followed = *method == Method::GET
            && headers.get(SEC_FETCH_MODE).is_some_and(|mode| mode == "navigate");
        if site.is_some_and(|site| site != "same-origin" && site != "none") && !followed {
            return Some("another page may not ask this one");
        }
        None
    }
}

/// Lets a request through, or answers why not.
pub(super) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut reply = match guard.refusal(request.method(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in SAID {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// The value of a field that may occur once at most; an error if there are several, or it is no text.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(());
    }
    first.map(|value| value.to_str().map_err(drop)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: Method, fields: &[(&'static str, &str)]) -> bool {
        let guard = Guard::new(([127, 0, 0, 1], 4000).into());
        let headers = fields.iter().map(|(name, value)| {
            (HeaderName::from_static(name), value.parse().expect("a value of a field"))
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        guard.refusal(&method, &map).is_some()
    }

    #[test]
    fn only_our_own_names_are_served() {
        for host in ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000"] {
            assert!(!refused(Method::GET, &[("host", host)]), "{host}");
        }
        for host in ["127.0.0.1", "127.0.0.1:4001", "evil.example:4000", "evil.example", ""] {
            assert!(refused(Method::GET, &[("host", host)]), "{host}");
        }
        assert!(refused(Method::GET, &[]));
        assert!(refused(Method::GET, &[("host", "localhost:4000"), ("host", "evil.example")]));
    }

    #[test]
    fn only_our_own_page_may_control() {
        let post = |more: &[(&'static str, &str)]| {
            refused(Method::POST, &[&[("host", "127.0.0.1:4000")], more].concat())
        };
        assert!(!post(&[]), "curl");
        assert!(!post(&[("origin", "http://127.0.0.1:4000"), ("sec-fetch-site", "same-origin")]));
        for origin in ["http://evil.example", "null", "https://127.0.0.1:4000", "http://localhost"]
        {
            assert!(post(&[("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", ""] {
            assert!(post(&[("sec-fetch-site", site)]), "{site}");
            assert!(post(&[("sec-fetch-site", site), ("sec-fetch-mode", "navigate")]), "{site}");
        }
    }

    #[test]
    fn a_link_may_lead_here_but_no_page_may_read() {
        let get = |mode| {
            let site = ("sec-fetch-site", "cross-site");
            refused(Method::GET, &[("host", "127.0.0.1:4000"), site, ("sec-fetch-mode", mode)])
        };
        assert!(!get("navigate"));
        assert!(get("cors"));
        assert!(get("no-cors"));
    }
}
