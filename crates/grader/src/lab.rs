//! What a check works with.

/// One part of a check at work.
#[derive(Debug)]
pub struct Lab {}
