//! What does a server do?
//!
//! The two simplest servers there are, in reading order:
//! - [`iterative`] — connections, one after another.
//! - [`udp`] — datagrams, which need no connection.
#![doc = include_str!("../README.md")]

pub mod iterative;

pub mod udp;
