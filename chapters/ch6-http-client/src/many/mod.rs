//! `fetch-many`: URLs on standard input, many requests at once, a line for each.
//!
//! In reading order:
//! - [`flags`] and [`help`] — the command line.
//! - [`input`] — from lines to jobs, on a thread of its own.
//! - [`schedule`] — who may start, and when: no I/O, and time is an argument.
//! - [`attempt`] — one request, to the last byte of its response, and [`known`] — the hosts that have answered before.
//! - [`fetch`] — the loop that brings these together, on one thread.
//! - [`row`] — what is told of each URL, and [`order`] — in which order.
//! - [`output`] — standard output, and [`progress`] — the bar on a terminal, on a thread of their own.
//! - [`tally`] — what all of it comes to.
//!
//! # What it holds in memory
//!
//! Standard input is read as a stream. At most [`WINDOW`](fetch::WINDOW) URLs are known at a time: those that wait,
//! those that are being fetched, those that wait for a retry, and with `--order input` those whose line waits for that
//! of an earlier one. A URL has at most [`LONGEST_LINE`](input::LONGEST_LINE) bytes; lines wait for standard output up
//! to a limit, and then nothing new is read or started. So a million URLs take as much memory as some thousands.
//!
//! The price: somebody must be the last one in the window. When the whole window is URLs of one host, which is slow or
//! asks for patience, the URLs of others that come later on standard input wait until some of these are done.
//! Mixed input (`shuf`) is the remedy.

pub mod flags;

pub mod help;

pub mod input;

pub mod schedule;

pub mod attempt;

pub mod known;

pub mod fetch;
pub use fetch::run;

pub mod row;

pub mod order;

pub mod output;

pub mod progress;

pub mod tally;
