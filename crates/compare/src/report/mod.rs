//! What is made of the figures. Nothing here measures, and nothing that is computed here is kept in a file of results.
//!
//! In reading order:
//!
//! * [`measure`] — the readings, and how each is taken from a measurement.
//! * [`estimate`] — the median of the rounds, and how sure it is.
//! * [`summary`] — what a report shows: one entry for each server in each scenario.
//! * `taken`, `collect`, `rank`, `warnings`, `findings` — how it comes about.
//! * [`figure`] — how figures and names are written.
//! * `table`, `html`, `csv` — the report in the terminal, in a browser, and for a spreadsheet.
//! * `files` — written whole or not at all.

pub(crate) mod collect;
pub mod csv;
pub mod estimate;
pub mod figure;
mod files;
mod findings;
mod html;
pub mod measure;
pub(crate) mod rank;
pub mod summary;
mod table;
pub(crate) mod taken;
pub(crate) mod warnings;

pub use files::{Paths, Unreadable, read, write_all, write_json};
pub use table::print;
