//! What is under the library? HTTP by hand and by reqwest, many requests at once, and a polite crawler.
//!
//! In reading order. What all of it shares:
//! - [`failure`] — what can go wrong: one list of kinds, with curl's exit codes.
//! - [`url`] — what a person types for a URL.
//! - [`values`] — what stands behind a flag.
//! - [`request`] and [`response`] — what is asked for and what comes back, the same for both ways to ask.
//! - [`retry`] — retries that do no harm.
//!
//! One URL after the other:
//! - [`flags`] and [`help`] — the command line, as somebody types it who knows curl.
//! - [`fetch`] — by hand or by library, again if need be.
//! - [`by_hand`] — our own client session, a socket, and the thread that waits between them.
//! - [`library`] — what reqwest does for us, and what it leaves to us.
//! - [`delivery`] — where a response goes.
//! - [`output`] — standard output.
//! - [`download`] — a file, which appears when it is whole.
//!
//! Many of them:
//! - [`many`] — many URLs at once: `fetch-many`.
//! - [`crawl`] — all pages of a site: `crawl`.
#![doc = include_str!("../README.md")]

pub mod failure;
pub use failure::{Failure, Kind};

pub mod url;

pub mod values;

pub mod request;
pub use request::Request;

pub mod response;

pub mod retry;

pub mod flags;

pub mod help;

pub mod fetch;

pub mod by_hand;

pub mod library;

pub mod delivery;

pub mod output;

pub mod download;

pub mod many;

pub mod crawl;
