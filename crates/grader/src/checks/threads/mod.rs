//! Many clients at once.

pub(super) mod adds;
pub(super) mod harm;
pub(super) mod stop;
pub(super) mod together;
pub(super) mod workers;
