//! Runs somebody's program so that it harms nobody.

/// What was found to work on this machine.
#[derive(Clone, Debug)]
pub struct Sandbox {}

impl Sandbox {
    /// Finds out what works on this machine.
    ///
    /// # Errors
    ///
    /// Nothing can be found out.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {})
    }
}
