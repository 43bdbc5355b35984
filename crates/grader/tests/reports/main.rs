//! Results, as people and machines see them.

mod files;
mod hostile;
mod machines;
mod person;
#[path = "../support/mod.rs"]
mod support;
