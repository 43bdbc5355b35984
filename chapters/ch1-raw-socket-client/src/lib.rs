//! What is a socket? A client, one system call at a time.
//!
//! In reading order. What the user asks for:
//! - [`failure`] — what can go wrong: one list of kinds, exit codes and hints.
//! - [`flags`] and [`values`] — the command line, and what stands in it.
//! - [`help`] — `--help`, with the table of failures.
//! - [`address`] — is this a host, and is this a port?
//!
//! From a name to a connected socket:
//! - [`resolve`] — from a name to addresses, and in which order to try them.
//! - [`connect`] — `socket(2)` and `connect(2)`, for each address in turn.
//! - [`options`] — `setsockopt(2)`, and what the kernel made of it.
//!
//! The conversation over TCP:
//! - [`talk`] — one conversation, from the look-up to the last byte.
//! - [`input`] — what is sent.
//! - [`send`] — the send loop, and the half-close.
//! - [`sending`] — the thread that sends, and what the one that receives knows of it.
//! - [`receive`] — the receive loop.
//! - [`framing`] — when is a reply whole?
//! - [`patience`] — how long we wait.
//! - [`verdict`] — how it ended: what both threads saw, put together.
//! - [`output`] — what is printed.
//! - [`story`] — what `--verbose` tells, and how it writes numbers.
//!
//! And two more ways to use a socket:
//! - [`datagram`] — UDP: no connection, no stream, no promise.
//! - [`probe`] — a small network monitor: connect, note the time, close, and again.
#![doc = include_str!("../README.md")]

pub mod failure;
pub use failure::{Failure, Kind};

pub mod flags;

pub mod values;

pub mod help;

pub mod address;

pub mod resolve;

pub mod connect;

pub mod options;

pub mod talk;

pub mod input;

pub mod send;

pub mod sending;

pub mod receive;

pub mod framing;

pub mod patience;

pub mod verdict;

pub mod output;

pub mod story;

pub mod datagram;

pub mod probe;
