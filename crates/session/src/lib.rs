//! The seam of the course: one connection's conversation as a state machine, without I/O.
//!
//! A [`Session`] holds bytes and state. It never touches a socket, a thread or a clock. A *driver* asks what the
//! session [wants](Session::want), does that, and [reports](Session::handle) what happened:
//!
//! ```text
//!             want()  ─────────▶  Write · Read · Sleep · Close
//!   Session                                │  the driver waits, in its own way:
//!             handle() ◀─────────          ▼  a thread, a process, an event loop, a coroutine
//!                           Wrote · Received · Eof · Tick
//! ```
//!
//! - [`want`](mod@want) — the contract: [`Want`], [`Input`], [`Session`], and the rules that both sides keep.
//! - [`echo`] — [`Echo`] sends back what it receives: the smallest session that does something.
//! - [`hello`] — [`Hello`] greets and closes: the smallest session there is.
//! - [`mod@simulate`] — a driver for tests: virtual time, a scripted peer, any chunk size; it asserts the contract.
//!
//! There are four verbs, here and in every chapter: `want` and `handle` (a session), `drive` (one connection),
//! `serve` (a listener).

pub mod want;
pub use want::{Input, Session, Want};

pub mod echo;
pub use echo::Echo;

pub mod hello;
pub use hello::Hello;

pub mod simulate;
pub use simulate::simulate;
