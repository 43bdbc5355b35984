//! Waiting for a condition, with a deadline instead of a hopeful sleep.

use std::thread;
use std::time::{Duration, Instant};

/// Polls `condition` until it holds; panics with `what` when the deadline passes.
#[track_caller]
pub fn eventually(deadline: Duration, what: &str, condition: impl FnMut() -> bool) {
    assert!(holds_within(deadline, condition), "not within {deadline:?}: {what}");
}

/// Polls `condition` until it holds or the deadline passes, and says which.
pub fn holds_within(deadline: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    while !condition() {
        if start.elapsed() > deadline {
            return false;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    true
}
