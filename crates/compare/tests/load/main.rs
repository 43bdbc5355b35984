//! The load generator against servers that are right, and against servers that are wrong in one way each.
//!
//! No test depends on how fast the machine is: each runs until it has seen enough, and judges what was seen.

mod faults;
mod paces;
mod stalls;
mod support;
