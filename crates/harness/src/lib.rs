//! Starts programs, talks to them strictly over sockets, watches them in `/proc`.
//!
//! A black-box test library: it knows a program only by its command line, its output and the wire,
//! so it can test a server written in any language.
//! It shares no parser with the servers of the course, because an oracle must not share the mistakes of what it checks.
//!
//! * [`Launch`] starts a [`Program`], waits for its ready line, stops it and everything it started; [`build()`] builds one first.
//!   A program that is no server is [`Running`], has a stdin, and ends by itself.
//! * [`Wire`] is a strict client with a readable transcript, and a [`Reply`] reader of its own.
//! * [`proc`] reads threads, children, descriptors, memory and CPU time; [`eventually()`] waits for a condition, [`together()`] does things at the same time.
//! * [`hostile`] has servers that no client should trust: they dribble, reset, answer too much or never.
//! * [`site`] is an honest HTTP server whose pages are a closure, and which remembers what a client asked.
//! * [`conformance`] is what RFC 9110 and 9112 demand of a server, as raw bytes.
//! * [`mod@suite`] is what every server of the course must do, and [`suite!`] instantiates it for a binary and its models.
//!
//! ```no_run
//! let server = harness::Program::start("target/debug/ch3-threaded-server", &["--addr", "127.0.0.1:0"]);
//! let mut wire = server.connect();
//! let reply = wire.get("/", 200);
//! wire.expect_equal("the greeting", "Hello, World!", &reply.body);
//! ```

mod build;
pub mod conformance;
mod eventually;
pub mod hostile;
pub mod proc;
mod program;
pub mod site;
pub mod suite;
mod together;
mod wire;

pub use build::{build, build_example, cargo, executable};
pub use eventually::{eventually, holds_within};
pub use program::{Finished, Launch, Output, Program, Running, Signal, Stdout, Stopped};
pub use together::together;
pub use wire::{Reply, Transcript, Wire, compared, shortened};

/// How long anything may take before a check gives up on it: long, because it only bounds a failure. On a machine with
/// fifty other things to do, a program may take a quarter of it to begin.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(60);
