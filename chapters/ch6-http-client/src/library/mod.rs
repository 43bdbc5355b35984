//! By library: what reqwest does for us, and what it leaves to us.
//!
//! - [`agent`] — the settings, and the client that is built from them.
//! - [`flags`] — the flags that all programs of this chapter have.
//! - [`get`] — one exchange after the other.
//! - [`doubt`] — what the library lets pass, and we do not.
//! - [`errors`] — what reqwest's errors mean.

pub mod agent;
pub use agent::Settings;

pub mod flags;

pub mod get;
pub use get::Asker;

pub mod doubt;

pub mod errors;
