//! What a site remembers: every request, and how many of anything there were at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::request::Request;

/// Shared by a site and its connections.
#[derive(Debug, Default)]
pub(super) struct Record(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    connections: Count,
    busy: Count,
    busy_at: HashMap<String, Count>,
}

/// How many there are and were.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) made: usize,
    now: usize,
    pub(super) most: usize,
}

impl Count {
    fn begin(&mut self) {
        self.made += 1;
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    fn end(&mut self) {
        self.now -= 1;
    }
}

impl Record {
    /// Counts a connection as open, until what this returns is dropped.
    pub(super) fn open(this: &Arc<Self>) -> impl Drop + Send + use<> {
        struct Open(Arc<Record>);
        impl Drop for Open {
            fn drop(&mut self) {
                self.0.lock().connections.end();
            }
        }
        this.lock().connections.begin();
        Open(this.clone())
    }

    /// Keeps a request, and counts it as being answered until what this returns is dropped.
    pub(super) fn answering(&self, request: Request) -> impl Drop + use<'_> {
        struct Answering<'a>(&'a Record, String);
        impl Drop for Answering<'_> {
            fn drop(&mut self) {
                let mut state = self.0.lock();
                state.busy.end();
                state.busy_at.entry(std::mem::take(&mut self.1)).or_default().end();
            }
        }
        let host = request.host();
        let mut state = self.lock();
        state.busy.begin();
        state.busy_at.entry(host.clone()).or_default().begin();
        state.requests.push(request);
        drop(state);
        Answering(self, host)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    pub(super) fn connections(&self) -> Count {
        self.lock().connections
    }

    /// The most requests that were answered at the same time: at all, or of one host.
    pub(super) fn most_at_once(&self, host: Option<&str>) -> usize {
        let state = self.lock();
        match host {
            None => state.busy.most,
            Some(host) => state.busy_at.get(host).map_or(0, |count| count.most),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
