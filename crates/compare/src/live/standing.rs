//! How the servers stand in a scenario so far: medians, and ranks that noise does not decide.

use crate::results::{Decides, Fault, Group, Reading};
use serde::Serialize;
use std::cmp::Ordering;

/// So many rounds a server must have before it is ranked. If two servers were alike, all three rounds of the one would
/// still be better than all three of the other once in twenty times; with two rounds each, once in six.
const ENOUGH: usize = 3;

/// A server's place in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Place {
    /// The server's name.
    pub(super) server: String,
    /// 1 and the number of servers that are better beyond noise: whose worst round is better than this one's best.
    /// `None` if nothing was measured that decides, or not yet in enough rounds.
    pub(super) rank: Option<usize>,
    /// The servers that cannot be told apart from this one.
    pub(super) ties: Vec<String>,
    /// Rounds so far.
    pub(super) rounds: usize,
    /// The median of the reading that decides, with the lowest and the highest round.
    pub(super) value: Option<Spread>,
    /// The median of right replies per second.
    pub(super) per_second: f64,
    /// The median of the 99th percentile of latency in microseconds.
    pub(super) p99_us: Option<f64>,
    /// Faults of all rounds.
    pub(super) faults: u64,
}

/// A median, and between what it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    /// The lowest.
    pub(super) low: f64,
    /// The median.
    pub(super) median: f64,
    /// The highest.
    pub(super) high: f64,
}

/// What one round of one server comes to.
#[derive(Clone, Debug)]
pub(super) struct Round {
    server: String,
    value: Option<f64>,
    per_second: f64,
    p99_us: Option<f64>,
    faults: u64,
}

impl Round {
    /// `group` is the group of clients that answers the question of the scenario.
    pub(super) fn new(server: &str, reading: &Reading, group: &str, decides: Decides) -> Self {
        let main = main_group(reading, group);
        Self {
            server: server.to_owned(),
            value: value(reading, group, decides),
            per_second: main.map_or(0.0, |main| main.replies as f64 / reading.seconds.max(1e-9)),
            p99_us: main.and_then(p99),
            faults: main.map_or(0, |main| main.errors.values().sum()),
        }
    }
}

/// The places of all servers that have rounds, the first first.
pub(super) fn places(rounds: &[Round], decides: Decides) -> Vec<Place> {
    let mut servers: Vec<&str> = Vec::new();
    for round in rounds {
        if !servers.contains(&&*round.server) {
            servers.push(&round.server);
        }
    }
    let mut places: Vec<_> = servers.iter().map(|server| place(rounds, server)).collect();
    let enough = places.iter().filter(|place| place.rounds >= ENOUGH);
    let spreads: Vec<_> =
        enough.filter_map(|place| Some((place.server.clone(), place.value?))).collect();
    for place in &mut places {
        let Some((_, own)) = spreads.iter().find(|(name, _)| *name == place.server) else {
            continue;
        };
        let others = || spreads.iter();
        place.rank = Some(1 + others().filter(|(_, other)| beats(other, own, decides)).count());
        let ties = others().filter(|(name, other)| {
            *name != place.server && !beats(other, own, decides) && !beats(own, other, decides)
        });
        place.ties = ties.map(|(name, _)| name.clone()).collect();
    }
    places.sort_by(|a, b| in_order(a, b, decides));
    places
}

/// The reading that decides; `None` if there is nothing to divide by.
pub(super) fn value(reading: &Reading, group: &str, decides: Decides) -> Option<f64> {
    let main = main_group(reading, group)?;
    let per = |what: f64, count: f64| (count > 0.0).then(|| what / count);
    match decides {
        Decides::CpuPerRequest => {
            let replies: u64 = reading.groups.iter().map(|group| group.replies).sum();
            per(reading.server.cpu * 1e6, replies as f64)
        }
        Decides::Throughput => per(main.replies as f64, reading.seconds),
        Decides::P99 => p99(main),
        Decides::MemoryPerConnection => {
            let cost = &reading.server;
            let more = cost.memory_peak.saturating_sub(cost.memory_at_start);
            per(more as f64, cost.accepted as f64)
        }
        Decides::Lost => {
            let lost = [Fault::Refused, Fault::Reset, Fault::Closed];
            Some(lost.iter().filter_map(|fault| main.errors.get(fault)).sum::<u64>() as f64)
        }
    }
}

fn main_group<'a>(reading: &'a Reading, name: &str) -> Option<&'a Group> {
    reading.groups.iter().find(|group| group.name == name)
}

fn p99(group: &Group) -> Option<f64> {
    let latency = &group.latency.0;
    (!latency.is_empty()).then(|| latency.value_at_quantile(0.99) as f64)
}

fn place(rounds: &[Round], server: &str) -> Place {
    let own: Vec<_> = rounds.iter().filter(|round| round.server == server).collect();
    let spread = |of: fn(&Round) -> Option<f64>| spread(own.iter().filter_map(|round| of(round)));
    Place {
        server: server.to_owned(),
        rank: None,
        ties: Vec::new(),
        rounds: own.len(),
        value: spread(|round| round.value),
        per_second: spread(|round| Some(round.per_second)).map_or(0.0, |spread| spread.median),
        p99_us: spread(|round| round.p99_us).map(|spread| spread.median),
        faults: own.iter().map(|round| round.faults).sum(),
    }
}

fn spread(values: impl Iterator<Item = f64>) -> Option<Spread> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (*values.first()?, *values.last()?);
    let half = values.len() / 2;
    let median = if values.len() % 2 == 1 {
        values[half]
    } else {
        f64::midpoint(values[half - 1], values[half])
    };
    Some(Spread { low, median, high })
}

/// Whether the worst round of `a` is better than the best one of `b`.
fn beats(a: &Spread, b: &Spread, decides: Decides) -> bool {
    if more_is_better(decides) { a.low > b.high } else { a.high < b.low }
}

fn more_is_better(decides: Decides) -> bool {
    decides == Decides::Throughput
}

fn in_order(a: &Place, b: &Place, decides: Decides) -> Ordering {
    // Without a rank it comes after those that have one, and without a reading last.
    let rank = |place: &Place| (place.value.is_none(), place.rank.unwrap_or(usize::MAX));
    let median = |place: &Place| place.value.map_or(0.0, |value| value.median);
    let by_value = median(a).total_cmp(&median(b));
    let by_value = if more_is_better(decides) { by_value.reverse() } else { by_value };
    rank(a).cmp(&rank(b)).then(by_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(server: &str, value: impl Into<Option<f64>>) -> Round {
        let server = server.to_owned();
        Round { server, value: value.into(), per_second: 1.0, p99_us: None, faults: 1 }
    }

    fn ranks(rounds: &[Round], decides: Decides) -> Vec<(String, Option<usize>, usize)> {
        let places = places(rounds, decides);
        places.into_iter().map(|place| (place.server, place.rank, place.ties.len())).collect()
    }

    #[test]
    fn rounds_that_overlap_share_a_rank() {
        let values = [("a", [10.0, 11.0, 12.0]), ("b", [11.0, 12.0, 13.0]), ("c", [5.0, 5.5, 6.0])];
        let rounds: Vec<_> = values
            .iter()
            .flat_map(|(server, values)| values.map(|value| round(server, value)))
            .collect();
        let row = |name: &str, rank, ties| (name.to_owned(), Some(rank), ties);
        let more = ranks(&rounds, Decides::Throughput);
        assert_eq!(more, [row("b", 1, 1), row("a", 1, 1), row("c", 3, 0)]);
        let less = ranks(&rounds, Decides::P99);
        assert_eq!(less, [row("c", 1, 0), row("a", 2, 1), row("b", 2, 1)]);
    }

    #[test]
    fn what_has_no_reading_or_too_few_has_no_rank_and_comes_last() {
        let rounds = [("none", None), ("few", Some(0.5)), ("few", Some(0.6))];
        let rounds = rounds.map(|(server, value)| round(server, value));
        let some = [1.0, 2.0, 3.0].map(|value| round("some", value));
        let row = |name: &str, rank| (name.to_owned(), rank, 0);
        let wanted = [row("some", Some(1)), row("few", None), row("none", None)];
        assert_eq!(ranks(&[&rounds[..], &some].concat(), Decides::P99), wanted);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let spread = spread([4.0, 1.0, 3.0, 2.0].into_iter()).expect("there are values");
        assert_eq!(spread, Spread { low: 1.0, median: 2.5, high: 4.0 });
    }
}
