//! All that a page must know that opens now: what was told, without what no longer matters.
//!
//! It is bounded by the plan. What has ended is kept with one event for each measurement and one standing for each
//! scenario. Of glimpses there are at most [`MOST_NOW`] of the current measurement, and at most [`MOST_LATER`] of the
//! last one of each pair of scenario and server.

use std::sync::Arc;

/// So many glimpses of the current measurement are kept: a minute of them. Then every other one is dropped.
const MOST_NOW: usize = 600;
/// So many are kept of a measurement that has ended: enough to draw its line.
const MOST_LATER: usize = 32;

/// What was told, in order, each with a number that only grows.
#[derive(Debug, Default)]
pub(super) struct Story {
    entries: Vec<Entry>,
    last: u64,
}

/// An event that is kept.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its number.
    pub(super) number: u64,
    /// Its JSON.
    pub(super) text: Arc<str>,
    kind: Kind,
}

/// How long an event matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To the end.
    Lasting,
    /// Until the next one of the same name.
    Latest(String),
    /// Less, as soon as the measurement has ended: it belongs to a pair of scenario and server, and a round.
    Glimpse(String, String, u32),
}

impl Story {
    /// Adds an event, and drops the one that it replaces.
    pub(super) fn add(&mut self, kind: Kind, text: String) {
        if matches!(kind, Kind::Latest(_)) {
            self.entries.retain(|entry| entry.kind != kind);
        }
        let crowded = matches!(kind, Kind::Glimpse(..)) && self.count(&kind) >= MOST_NOW;
        if crowded {
            self.thin(&kind, MOST_NOW / 2);
        }
        self.last += 1;
        self.entries.push(Entry { number: self.last, text: text.into(), kind });
    }

    /// A measurement has ended: its glimpses are thinned, and those of earlier rounds dropped.
    pub(super) fn settle(&mut self, scenario: &str, server: &str, round: u32) {
        self.entries.retain(|entry| {
            !matches!(&entry.kind, Kind::Glimpse(of, by, when) if of == scenario && by == server && *when != round)
        });
        self.thin(&Kind::Glimpse(scenario.into(), server.into(), round), MOST_LATER);
    }

    /// Forgets all, but not how far it has counted: a page that reads on misses nothing.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The first events after a number, so many at most.
    pub(super) fn after(&self, number: u64, most: usize) -> Vec<Entry> {
        let from = self.entries.partition_point(|entry| entry.number <= number);
        self.entries[from..].iter().take(most).cloned().collect()
    }

    /// The number of the last event.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    fn count(&self, kind: &Kind) -> usize {
        // Glimpses of the current measurement stand at the end, so it is not the whole story that is counted.
        let newest = self.entries.iter().rev();
        newest
            .take_while(|entry| entry.kind == *kind || !matches!(entry.kind, Kind::Lasting))
            .filter(|entry| entry.kind == *kind)
            .count()
    }

    /// Keeps so many events of a kind, evenly spread.
    fn thin(&mut self, kind: &Kind, most: usize) {
        let total = self.entries.iter().filter(|entry| entry.kind == *kind).count();
        let mut seen = 0;
        self.entries.retain(|entry| {
            if total <= most || entry.kind != *kind {
                return true;
            }
            seen += 1;
            // It steps from one kept event to the next as often as there is room for one.
            seen * most / total != (seen - 1) * most / total
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glimpse(round: u32) -> Kind {
        Kind::Glimpse("s".into(), "a".into(), round)
    }

    fn texts(story: &Story) -> Vec<String> {
        story.after(0, usize::MAX).iter().map(|entry| entry.text.to_string()).collect()
    }

    #[test]
    fn a_page_reads_on_where_it_was() {
        let mut story = Story::default();
        for text in ["one", "two", "three"] {
            story.add(Kind::Lasting, text.into());
        }
        let numbers: Vec<_> = story.after(1, 9).iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [2, 3]);
        assert_eq!(story.after(0, 2).len(), 2);
        assert!(story.after(3, 9).is_empty());
    }

    #[test]
    fn the_latest_replaces_the_one_before() {
        let mut story = Story::default();
        for (kind, text) in [("wish", "1"), ("other", "2"), ("wish", "3")] {
            story.add(Kind::Latest(kind.into()), text.into());
        }
        assert_eq!(texts(&story), ["2", "3"]);
    }

    #[test]
    fn a_long_measurement_takes_bounded_memory() {
        let mut story = Story::default();
        for number in 0..100_000 {
            story.add(glimpse(1), number.to_string());
        }
        let kept = texts(&story);
        assert!(kept.len() <= MOST_NOW, "{}", kept.len());
        assert_eq!(kept.last().map(String::as_str), Some("99999"));
    }

    #[test]
    fn what_has_ended_is_thinned_and_the_last_round_alone_is_kept() {
        let mut story = Story::default();
        for round in 1..=3 {
            for number in 0..100 {
                story.add(glimpse(round), format!("{round}/{number}"));
            }
            story.settle("s", "a", round);
            story.add(Kind::Lasting, "finished".into());
        }
        let kept = texts(&story);
        let glimpses: Vec<_> = kept.iter().filter(|text| *text != "finished").collect();
        assert_eq!(glimpses.len(), MOST_LATER);
        assert!(glimpses.iter().all(|text| text.starts_with("3/")), "{glimpses:?}");
    }
}
