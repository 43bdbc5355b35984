//! `cargo compare`: every concurrency model under the same load, side by side.
//!
//! In reading order:
//!
//! * [`results`] — what a run found: the format of `results.json`, from which all else is computed.
//! * [`load`] — the load generator.
//! * [`report`] — what is made of the figures: tables, findings, files.
//! * [`diff`], [`merge`] — what is made of several results.
//! * [`progress`] — what a run tells while it goes on.

pub mod diff;
pub mod load;
pub mod merge;
pub mod progress;
pub mod report;
pub mod results;
