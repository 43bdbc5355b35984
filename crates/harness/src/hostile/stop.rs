//! The end of a server: it wakes whoever waits.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Shared by a server and its threads.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    streams: BTreeMap<usize, TcpStream>,
}

impl Stop {
    /// Ends every connection that was added, and every one to come.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        for stream in std::mem::take(&mut state.streams).into_values() {
            // The client may have left already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
    }

    /// Adds a connection by its number; false when it comes too late.
    pub(crate) fn add(&self, number: usize, stream: TcpStream) -> bool {
        let mut state = self.lock();
        if !state.stopped {
            state.streams.insert(number, stream);
        }
        !state.stopped
    }

    /// Forgets a connection that is over: while we have a copy of its socket, the client sees no end.
    pub(crate) fn forget(&self, number: usize) {
        self.lock().streams.remove(&number);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Waits so long, or until the stop.
    pub(crate) fn sleep(&self, time: Duration) {
        let start = Instant::now();
        let mut state = self.lock();
        while !state.stopped
            && let Some(left) = time.checked_sub(start.elapsed()).filter(|left| !left.is_zero())
        {
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
