//! What every tally server must do, whoever waits in it.

pub(super) mod ends;
pub(super) mod lines;
pub(super) mod numbers;
pub(super) mod others;
pub(super) mod ready;
pub(super) mod replies;
pub(super) mod stop;
