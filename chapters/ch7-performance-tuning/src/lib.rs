//! Where does the time go?
//!
//! - [`sharded`] — an event loop for each core, on one port: the server, and each step to it.
//! - [`lab`] — the laws of network performance as programs: predict first, then measure.
#![doc = include_str!("../README.md")]

pub mod sharded;

pub mod lab;
