//! Must anyone wait?
//!
//! Two ways to serve many connections with few threads, in reading order:
//! - [`event_loop`] — one thread asks the kernel which sockets are ready, and never waits for a single one (mio).
//! - [`coroutines`] — the same loop is in a library, and each conversation reads as if it waited (tokio).
//!
//! And an application: [`chat`], rooms in which everybody hears everybody.
#![doc = include_str!("../README.md")]

pub mod event_loop;

pub mod coroutines;

pub mod chat;

mod runtime;
