//! What the clients of one group have seen, on one thread.

use super::{Clients, Glimpse};
use crate::results::{Fault, Group, Latency};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// The counts of one group on one thread.
#[derive(Debug, Default)]
pub(super) struct Tally {
    replies: u64,
    pub(super) bytes: u64,
    /// Clients that had a right reply.
    pub(super) served: u32,
    /// Clients of an open loop that have waited since the warm-up.
    pub(super) unserved: u32,
    /// Connections that were opened, or were open when the counting began.
    pub(super) connections: u64,
    /// Requests of an open loop that nobody was free to send.
    pub(super) unsent: u64,
    errors: BTreeMap<Fault, u64>,
    latency: Latency,
    /// What is not yet in `latency`, because nobody has been told: so a reply is recorded once.
    recent: Recent,
}

/// What has happened since the last glimpse.
#[derive(Debug, Default)]
struct Recent {
    replies: u64,
    faults: u64,
    latency: Latency,
}

impl Tally {
    /// A right reply.
    pub(super) fn reply(&mut self, bytes: u64, latency: Duration) {
        self.replies += 1;
        self.bytes += bytes;
        self.recent.replies += 1;
        self.waited(latency, 1);
    }

    /// So many requests have waited so long: for their replies, or until the end.
    pub(super) fn waited(&mut self, latency: Duration, times: u64) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.recent.latency.0.saturating_record_n(micros.max(1), times);
    }

    /// Something went wrong.
    pub(super) fn fault(&mut self, fault: Fault) {
        *self.errors.entry(fault).or_default() += 1;
        self.recent.faults += 1;
    }

    /// What has happened since the last one, if anything has.
    pub(super) fn glimpse(&mut self, group: usize) -> Option<Glimpse> {
        if self.recent.replies + self.recent.faults == 0 {
            return None;
        }
        let Recent { replies, faults, latency } = std::mem::take(&mut self.recent);
        add(&mut self.latency.0, &latency.0);
        Some(Glimpse { group, replies, faults, latency: latency.0 })
    }

    /// Adds it to what other threads have seen.
    pub(super) fn add_to(self, group: &mut Group) {
        group.served += self.served;
        group.unserved += self.unserved;
        group.replies += self.replies;
        group.bytes += self.bytes;
        group.connections += self.connections;
        group.unsent += self.unsent;
        for (fault, times) in self.errors {
            *group.errors.entry(fault).or_default() += times;
        }
        add(&mut group.latency.0, &self.latency.0);
        add(&mut group.latency.0, &self.recent.latency.0);
    }
}

/// A group of which nobody has seen anything yet.
pub(super) fn nothing(clients: &Clients) -> Group {
    Group {
        name: clients.name.to_owned(),
        clients: clients.count,
        served: 0,
        unserved: 0,
        replies: 0,
        bytes: 0,
        connections: 0,
        unsent: 0,
        errors: BTreeMap::new(),
        latency: Latency::new(),
    }
}

fn add(to: &mut Histogram<u64>, more: &Histogram<u64>) {
    to.add(more).expect("all histograms of latency have the same bounds");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_glimpses() {
        let mut tally = Tally::default();
        assert!(tally.glimpse(0).is_none());
        tally.reply(13, Duration::from_micros(7));
        let glimpse = tally.glimpse(3).unwrap();
        assert_eq!((glimpse.group, glimpse.replies, glimpse.latency.len()), (3, 1, 1));
        tally.fault(Fault::Reset);
        tally.reply(13, Duration::from_secs(999_999));
        tally.waited(Duration::ZERO, 1);
        let clients = Clients {
            name: "all",
            count: 2,
            pace: super::super::Pace::Closed,
            request: super::super::Request::Get("/".into()),
            keep_alive: true,
            reads: None,
            patience: Duration::from_secs(1),
        };
        let mut group = nothing(&clients);
        tally.add_to(&mut group);
        assert_eq!((group.replies, group.bytes, group.latency.0.len()), (2, 26, 3));
        assert_eq!(group.errors, BTreeMap::from([(Fault::Reset, 1)]));
        assert!(group.latency.0.max() >= Latency::LONGEST);
    }
}
