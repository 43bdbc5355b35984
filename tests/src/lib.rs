//! What the tests in `tests/` share: the course's list, its files, its Markdown, and a runner for console blocks.
//!
//! - [`files`] — the files of the course, and [`files::hold`], which reports where a rule of the house is broken.
//! - [`manifest`] — what the `Cargo.toml` files say.
//! - [`code`] — Rust source as far as the rules need it.
//! - [`markdown`] — Markdown as far as the rules need it: code blocks, headings, links, words.
//! - [`listing`] — listings in the prose that are taken from the source.
//! - [`console`] — console blocks: what they say is run, and what comes is compared.

pub mod files;

pub mod code;
pub mod listing;
pub mod manifest;
pub mod markdown;

pub mod console;
