//! Grades any program over the wire: `cargo grade`.
//!
//! The grader starts a program, talks to it over sockets, watches its processes, and says what was right, what was not,
//! what it saw on the wire and where to look. It never reads the program's source, so any language will do.
//!
//! In the order in which to read:
//!
//! * [`check`] says what a check is: a numbered lesson, worth points, made of parts that run a program.
//! * [`checks`] has them all, a file for each chapter, in the order in which a student meets them.
//! * [`lab`] is what a check works with: it starts the program and opens conversations with it.
//! * [`talk`] is the conversation: it cuts, joins, delays, half-closes and resets, and writes all of it down.
//! * [`failure`] is what was expected and what came; [`hints`] knows what to try, by what was observed.
//! * [`sandbox`] runs somebody's program so that it harms nobody.
//! * [`grading`] runs the checks of a chapter and keeps the result, which [`report`] shows to people and to machines.
//! * [`commands`] is the command line.

pub mod build;
pub mod check;
pub mod checks;
pub mod commands;
pub mod failure;
pub mod grading;
pub mod hints;
pub mod lab;
pub mod progress;
pub mod report;
pub mod sandbox;
pub mod talk;
