//! What is asked for: a method, fields and a body, the same for both ways to ask.

use crate::failure::Failure;
use crate::retry;
use crate::url::Url;
use reqwest::header::{HeaderName, HeaderValue};
use std::sync::Arc;

/// A request, before anybody has decided how it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whom and what.
    pub url: Url,
    /// The method.
    pub method: String,
    /// Fields beyond those that the client writes itself.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body, if it has one.
    pub body: Option<Arc<[u8]>>,
}

impl Request {
    /// A GET without a field of its own.
    pub fn get(url: Url) -> Self {
        Self { url, method: "GET".into(), fields: Vec::new(), body: None }
    }

    /// The same request with one more field, unless there is one of that name already.
    #[must_use]
    pub fn or_field(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        if !self.has(name) {
            self.fields.push((name.into(), value.into()));
        }
        self
    }

    /// Is there a field of this name?
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    /// May it be made twice (RFC 9110 section 9.2.2)?
    pub fn is_idempotent(&self) -> bool {
        retry::is_idempotent(&self.method)
    }
}

/// Is there a `Host` among these fields? It is meant for one host, and is not for another one to which that redirects.
pub fn names_a_host(fields: &[(String, Vec<u8>)]) -> bool {
    fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"))
}

/// Reads `Name: value`, as `-H` takes it. Whoever gets a line ending into it writes headers in our name.
///
/// # Errors
///
/// It is none.
pub fn field(text: &str) -> Result<(String, Vec<u8>), Failure> {
    let field = text.split_once(':').map(|(name, value)| (name, value.trim_matches([' ', '\t'])));
    match field {
        Some((name, value))
            if HeaderName::try_from(name).is_ok() && HeaderValue::from_str(value).is_ok() =>
        {
            Ok((name.into(), value.into()))
        }
        // There may be a password in the rest of it.
        _ => {
            let start = text.split_whitespace().next().unwrap_or_default();
            Err(Failure::usage(format_args!("-H takes 'Name: value', not '{start}…'")))
        }
    }
}
