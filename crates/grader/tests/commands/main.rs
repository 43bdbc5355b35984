//! The command line, in a world of its own: a course in a temporary folder, and a grader that says what it is told to.

mod bench;
mod binary;
mod building;
mod flags;
mod grading;
mod hints;
mod reading;
mod remembering;
mod resetting;
#[path = "../support/mod.rs"]
mod support;
mod watching;
