//! Results, as people and machines see them.

mod files;
mod hostile;
mod machines;
mod person;
mod samples;
#[path = "../support/mod.rs"]
mod support;
