//! `cargo compare`: every concurrency model under the same load, side by side.
//!
//! In reading order:
//!
//! * [`results`] — what a run found: the format of `results.json`, from which all else is computed.
//! * [`load`] — the load generator.
//! * [`progress`] — what a run tells while it goes on.
//! * [`live`] — the page on which the models race while it goes on.

pub mod load;
pub mod progress;
pub mod results;

pub mod live;
