//! What may die alone? A process.
//!
//! Three ways to give every conversation a process that waits for it, in reading order:
//! - [`spawn`] — a fresh copy of the program for each connection, as inetd does it; [`inetd`] is what the copy does.
//! - [`fork`] — a `fork(2)` of the running program for each connection.
//! - [`prefork`] — workers that are forked beforehand, and share the listener.
//!
//! What they have in common:
//! - `each` — a child for each connection: what the first two do alike.
//! - `parent` — what every parent does: it waits, buries its children, and at a stop it sees them out.
//! - `children` — who they are, and how they ended.
//! - `child` — one conversation in a process that was forked.
//! - `process` — the system calls that have no safe form, and why their use here is sound.
#![doc = include_str!("../README.md")]

pub mod spawn;

pub mod inetd;

pub mod fork;

pub mod prefork;

mod each;
pub use each::MAX_CHILDREN;

mod parent;

mod children;

mod child;

mod process;
