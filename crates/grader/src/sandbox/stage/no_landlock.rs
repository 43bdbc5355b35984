//! There is no landlock here.

use crate::sandbox::order::Order;

/// Nothing can be done.
pub(super) fn restrict(_: &Order) -> anyhow::Result<()> {
    Ok(())
}

/// Says so.
pub(in crate::sandbox) fn isolation() -> Vec<String> {
    vec!["no landlock: it needs Linux".to_owned()]
}
