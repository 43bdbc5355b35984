//! The hosts that have answered: a connection to one of them may have been an idle one.

use super::fetch::WINDOW;
use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

/// The hosts that have answered lately: the last [`WINDOW`] of them at least, and never more than twice as many.
#[derive(Debug, Default)]
pub struct Known {
    recent: HashSet<Arc<str>>,
    /// What `recent` held when it was full.
    before: HashSet<Arc<str>>,
}

impl Known {
    /// This host has answered.
    pub fn add(&mut self, host: &Arc<str>) {
        if self.recent.contains(host) {
            return;
        }
        if self.recent.len() == WINDOW {
            self.before = mem::take(&mut self.recent);
        }
        self.recent.insert(host.clone());
    }

    /// Has it answered?
    pub fn has(&self, host: &str) -> bool {
        self.recent.contains(host) || self.before.contains(host)
    }

    /// It has not answered on a new connection: until it does, nothing is to be expected of it.
    pub fn forget(&mut self, host: &str) {
        self.recent.remove(host);
        self.before.remove(host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_known_and_no_more_than_twice_the_window() {
        let hosts: Vec<Arc<str>> = (0..WINDOW * 3 + 1).map(|n| n.to_string().into()).collect();
        let mut known = Known::default();
        for host in &hosts {
            known.add(host);
            known.add(host);
            assert!(known.recent.len() + known.before.len() <= WINDOW * 2);
        }
        assert!(hosts[WINDOW * 2 + 1..].iter().all(|host| known.has(host)));
        assert!(!known.has(&hosts[0]));
        let last = &hosts[WINDOW * 3];
        known.forget(last);
        assert!(!known.has(last));
    }
}
