//! When a room waits for its members.

use crate::chat::outbox::{Fill, Outbox};
use crate::chat::protocol::LULL;
use std::sync::{Arc, Weak};
use std::time::Instant;

/// Whom a room waits for, and since when.
///
/// When a thousand people say something in the same moment, nobody reads as fast as it is said. So the room makes those
/// who speak wait while one of its members has a lot to read, for [`LULL`] at most. Then it goes on, and it waits for
/// nobody again until all have caught up: one who hardly reads, or many who take turns, cannot hold it up for long.
#[derive(Debug, Default)]
pub(super) struct Lull {
    behind: Weak<Outbox>,
    since: Option<Instant>,
}

impl Lull {
    /// A line was passed on, and this member now has the most to read.
    pub(super) fn note(&mut self, fullest: Option<(Fill, &Arc<Outbox>)>) {
        match fullest {
            Some((Fill::High, outbox)) => self.behind = Arc::downgrade(outbox),
            Some((Fill::Middle, outbox)) if self.since.is_some() => {
                self.behind = Arc::downgrade(outbox);
            }
            Some((Fill::Middle, _)) => {}
            Some((Fill::Low, _)) | None => *self = Self::default(),
        }
    }

    /// Must those who speak wait?
    pub(super) fn holds(&mut self, now: Instant) -> bool {
        let is_behind = |outbox: Arc<Outbox>| outbox.fill() > Fill::Low;
        self.behind.upgrade().is_some_and(is_behind)
            && now.saturating_duration_since(*self.since.get_or_insert(now)) < LULL
    }
}
