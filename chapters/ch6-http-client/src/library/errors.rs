//! What reqwest's errors mean.
//!
//! reqwest stands on hyper, hyper on tokio, and tokio on the kernel. An error passes through all of them, and each
//! wraps it once more: what happened stands at the bottom of the chain of causes, what was tried at its top.

use super::agent::Refused;
use crate::failure::{Failure, Kind};
use crate::url::{Url, shown};
use std::error::Error;
use std::io::{self, ErrorKind};

/// One line about what came of a request for `url`.
pub fn failure(url: &Url, error: &reqwest::Error) -> Failure {
    if let Some(Refused(failure)) = chain(error).find_map(|cause| cause.downcast_ref()) {
        return failure.clone();
    }
    let tried = match error.is_connect() {
        true => format!("cannot connect to {}", crate::url::origin(url)),
        false => format!("cannot get {}", shown(url)),
    };
    let failure = Failure::new(kind(error), tried, words(error));
    if failure.kind == Kind::TooLarge {
        return failure.hint(LARGEST_HEADER);
    }
    // It has no type of its own that could be seen from here. If the words change one day, only the hint is lost.
    match failure.happened.contains("tunnel error") {
        true => failure.hint("the proxy makes no way to it: see --proxy and --no-proxy"),
        false => failure,
    }
}

/// What to say about a header that is refused for its size.
pub const LARGEST_HEADER: &str = "a header may have 64 KiB and 100 lines";

/// Which kind it is.
pub fn kind(error: &reqwest::Error) -> Kind {
    if error.is_timeout() {
        return Kind::TimedOut;
    }
    let tls = chain(error).find_map(tls);
    match tls {
        Some(rustls::Error::InvalidCertificate(_)) => return Kind::Certificate,
        Some(_) => return Kind::Tls,
        None if chain(error).any(is_shortage) => return Kind::Own,
        None if error.is_dns() => return Kind::UnknownName,
        None if error.is_connect() => return Kind::Connect,
        None if error.is_redirect() => return Kind::Redirects,
        None if error.is_builder() => return Kind::BadUrl,
        None => {}
    }
    let hyper = chain(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    let io = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
    let is_body = error.is_body() || error.is_decode();
    match (hyper, io.map(io::Error::kind)) {
        (Some(hyper), _) if hyper.is_parse_too_large() => Kind::TooLarge,
        (Some(hyper), _) if hyper.is_parse() || hyper.is_parse_status() => Kind::Malformed,
        (Some(hyper), _) if hyper.is_incomplete_message() && !is_body => Kind::Empty,
        (_, Some(ErrorKind::UnexpectedEof)) if is_body => Kind::Partial,
        (Some(hyper), _) if hyper.is_incomplete_message() => Kind::Partial,
        (Some(_), Some(ErrorKind::InvalidInput | ErrorKind::InvalidData)) => Kind::Malformed,
        // It is none of hyper's: a decoder complains.
        (None, Some(ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::Other)) => {
            Kind::Encoding
        }
        (_, Some(ErrorKind::BrokenPipe)) => Kind::Send,
        _ => Kind::Receive,
    }
}

/// The causes, from the top to the bottom, in one line. What only names a layer is left out.
pub fn causes(error: &reqwest::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in chain(error).skip(1) {
        let text = cause.to_string();
        let text = text.strip_prefix(LOOK_UP).unwrap_or(&text);
        let text = common::log::reason(&io::Error::other(text));
        let is_new = !said.iter().any(|before| before.contains(&text) || text.contains(&**before));
        if is_new && !LAYERS.contains(&&*text) {
            said.push(text);
        }
    }
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}

/// What says only that an error has passed through.
const LAYERS: [&str; 8] = [
    "connection error",
    "dns error",
    "error resolving DNS",
    "tcp connect error",
    "client error (Connect)",
    "client error (SendRequest)",
    "error reading a body from connection",
    "request or response body error",
];

/// What std says before what getaddrinfo(3) says.
const LOOK_UP: &str = "failed to lookup address information: ";

fn words(error: &reqwest::Error) -> String {
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => "no answer in time".into(),
        (true, false) => "the response did not come in time".into(),
        _ => causes(error),
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| below(error))
}

/// `source` of an `io::Error` skips the error that it was made of.
fn below<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// EMFILE or ENFILE: there is no descriptor to be had, here or in the whole system. No server can help that.
fn is_shortage(error: &(dyn Error + 'static)) -> bool {
    let number = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    matches!(number, Some(24 | 23))
}

fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    error.downcast_ref()
}
