//! `cargo compare`: every concurrency model under the same load, side by side.
//!
//! In reading order:
//!
//! * [`results`] — what a run found: the format of `results.json`, from which all else is computed.
//! * [`scenario`] — what is asked: a table.
//! * [`entrant`] — who is asked: the models of the course, [`peers`], anyone's server.
//! * [`load`] — the load generator.
//! * [`cost`] — what the server's processes cost meanwhile.
//! * [`cell`] — one server under one load, once.
//! * [`run`] — a whole comparison, and [`progress`], what it tells meanwhile.
//! * [`live`] — the page on which the models race while it goes on.
//! * [`report`] — what is made of the figures: tables, findings, files.
//! * [`diff`], [`merge`] — what is made of several results.
//! * [`machine`] — where it runs.

pub mod results;

pub mod scenario;

pub mod entrant;
pub mod peers;

pub mod load;

pub mod cost;

pub mod cell;
mod lately;
mod probe;

pub mod progress;
pub mod run;

pub mod live;

pub mod report;

pub mod diff;
pub mod merge;

pub mod cpus;
pub mod machine;
