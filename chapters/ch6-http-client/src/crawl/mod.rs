//! A polite crawler: visits a site, says which links are broken, and draws a map.
//!
//! In reading order:
//! - [`flags`], [`help`] — the command line.
//! - [`normal`] — one spelling for each URL, and traps.
//! - [`robots`] — what a site allows.
//! - [`charset`], [`html`] — from bytes to a page with its links.
//! - [`answer`] — what came of a request: all that a crawl learns from.
//! - [`site`] — what is known, without I/O: which URLs there are, and which of them are asked for.
//! - [`hosts`] — who may be asked when.
//! - [`fetch`] — one request.
//! - [`journal`] — the state file, from which another run goes on.
//! - [`run`] — the crawl itself.
//! - [`progress`] — what one sees meanwhile.
//! - [`verdict`], [`report`], [`json`], [`map`] — what it comes to.

pub mod flags;
pub mod help;

pub mod normal;

pub mod robots;

pub mod charset;
pub mod html;

pub mod answer;

pub mod site;

pub mod hosts;

pub mod fetch;

pub mod journal;

pub mod run;

pub mod progress;

pub mod json;
pub mod map;
pub mod report;
pub mod verdict;

mod main;
pub use main::main;
