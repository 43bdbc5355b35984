//! Runs somebody's program so that it harms nobody: neither the machine, nor other gradings, nor its own verdict.
//!
//! Three processes stand between the grader and the program's end. The grader starts itself again, twice:
//!
//! ```text
//!  grader ──▶ (bwrap) ──▶ supervisor ──▶ confine ═exec═▶ the program ──▶ whatever it starts
//!    │  ◀──── a Unix socket ────▶ │        sets its own limits, then becomes the program
//!    │                            └ adopts every orphan, watches memory and tasks, ends all of them
//!    └ reads stdout and stderr, writes stdin, through three named pipes that nobody between them holds open
//! ```
//!
//! * [`Sandbox`] is what was found to work on this machine, and [`Sandbox::start`] starts a program.
//! * [`Process`] is the program: its output, its stdin, the processes it has started, its end.
//! * `stage` has the supervisor and the confined start: they run in processes of their own.
//!
//! When the grader is gone, by whatever cause, its socket ends, and the supervisor ends everything. When the supervisor
//! is gone, the grader adopts what it has left, and ends that.

mod environment;
mod exit;
mod found;
mod heard;
mod launch;
mod order;
mod pipes;
mod process;
mod stage;
mod start;
mod stdin;
mod strays;

pub use exit::{Ending, Exit};
pub use found::Sandbox;
pub use launch::{Launch, Limits, Listen, StartError};
pub use nix::sys::signal::Signal;
pub use process::Process;
pub use stage::stage;
