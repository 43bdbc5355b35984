//! Runs somebody's program so that it harms nobody.

/// What was found to work on this machine.
#[derive(Clone, Debug)]
pub struct Sandbox {}
