//! Who waits? A thread.
//!
//! Three ways to give every conversation a thread that waits for it, in reading order:
//! - [`threads`] — a new thread for each connection.
//! - [`pool`] — a fixed number of threads, from the `threadpool` crate.
//! - [`channel`] — the same, built by hand: a [bounded queue](bounded) between one thread that accepts and many
//!   that serve.
//!
//! And an application: [`files`], a file service on the first of them.
#![doc = include_str!("../README.md")]

pub mod threads;

pub mod pool;

pub mod channel;

pub mod bounded;

pub mod files;

mod sync;
