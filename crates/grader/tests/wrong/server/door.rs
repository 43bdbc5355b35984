//! How many clients are served at the same time.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets so many in, and the next one when somebody leaves.
#[derive(Debug)]
pub(crate) struct Door {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    free: usize,
    closed: bool,
}

impl Door {
    pub(crate) fn new(places: usize) -> Self {
        Self { state: Mutex::new(State { free: places, closed: false }), changed: Condvar::new() }
    }

    /// Takes a place; false when the door is closed.
    pub(crate) fn enter(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.free == 0 && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.free = state.free.saturating_sub(1);
        !state.closed
    }

    /// Gives a place back.
    pub(crate) fn leave(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).free += 1;
        self.changed.notify_one();
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}
