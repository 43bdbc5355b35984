//! The client's side: each file goes over a connection of its own, by a thread that waits.
//!
//! - [`get`], [`put`], [`list`] — what a client does; `part` — what has come of a file.
//! - [`connection`] — one connection: a line, an answer, bytes.
//! - [`retry`] — what to do when it breaks.
//! - [`failure`] — what can go wrong, by name, with an exit code each.
//! - [`show`] — numbers, bars and lines for a person.

use std::time::Duration;

pub mod connection;

pub mod get;

mod part;

pub mod put;

pub mod list;

pub mod retry;

pub mod failure;
pub use failure::Failure;

pub mod show;

/// Which server, and how much patience with it.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where it listens: HOST:PORT.
    pub address: String,
    /// How long it may be silent, or take nothing.
    pub patience: Duration,
    /// How often a broken transfer is tried again without getting further.
    pub retries: u32,
}
