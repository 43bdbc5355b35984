//! A download into a file, which appears when it is whole.
//!
//! - [`part`] — `FILE.part`, until then.
//! - [`resume`] — how a download goes on where it stopped.

pub mod part;
pub use part::Part;

pub mod resume;
