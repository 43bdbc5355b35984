//! Who is better than whom, as far as the rounds can tell.

use super::estimate::LEAST_ROUNDS;
use super::figure;
use super::measure::Measure;
use super::summary::{Entry, Standing};

/// Gives every entry its rank, and puts the best first.
///
/// The rank is one more than the number of servers that are ahead: so two whose intervals overlap may share a rank,
/// and one that overlaps with both a better and a worse one needs no decision on which side it belongs.
pub(super) fn order(entries: &mut [Entry], by: Measure) {
    let ranks: Vec<_> = entries
        .iter()
        .map(|entry| {
            let known = is_known(entry, by);
            let ahead = entries.iter().filter(|other| is_ahead(other, entry, by)).count();
            known.then_some(Standing::Rank(1 + ahead))
        })
        .collect();
    for (entry, rank) in entries.iter_mut().zip(ranks) {
        if let Some(rank) = rank {
            entry.standing = rank;
        }
    }
    let place = |entry: &Entry| match entry.standing {
        Standing::Rank(rank) => (0, rank),
        Standing::Unranked => (1, 0),
        Standing::NotServed(_) => (2, 0),
        Standing::Failed(_) => (3, 0),
    };
    entries.sort_by(|a, b| {
        let values = cost(a, by).total_cmp(&cost(b, by));
        place(a).cmp(&place(b)).then((!a.is_clean()).cmp(&!b.is_clean())).then(values)
    });
}

/// Are there enough rounds to tell it from others?
pub(super) fn is_known(entry: &Entry, by: Measure) -> bool {
    let rounds = entry.estimate(by).map_or(0, |estimate| estimate.rounds.len());
    entry.is_measured() && rounds >= LEAST_ROUNDS
}

/// The median, turned round where more is better, so that less always is.
fn cost(entry: &Entry, by: Measure) -> f64 {
    let median = entry.median(by).unwrap_or(f64::INFINITY);
    if by.less_is_better() { median } else { -median }
}

/// Is the one better beyond noise? Whoever served all without a fault is ahead of whoever did not: a server can be as
/// fast as it likes when its replies may be wrong.
fn is_ahead(one: &Entry, other: &Entry, by: Measure) -> bool {
    let (Some(a), Some(b)) = (one.estimate(by), other.estimate(by)) else { return false };
    if !is_known(one, by) || !is_known(other, by) {
        return false;
    }
    match (one.is_clean(), other.is_clean()) {
        (true, false) => true,
        (false, true) => false,
        _ if by.less_is_better() => a.is_below(b),
        _ => b.is_below(a),
    }
}

/// The others that cannot be told apart from this one; none if it is not known itself.
pub(crate) fn ties<'e>(
    entries: &'e [Entry],
    one: &'e Entry,
    by: Measure,
) -> impl Iterator<Item = &'e Entry> {
    let others = entries.iter().filter(|other| other.server.name != one.server.name);
    others.filter(move |other| {
        let known = is_known(one, by) && is_known(other, by);
        known && !is_ahead(one, other, by) && !is_ahead(other, one, by)
    })
}

/// Who is first, and how far, in a sentence.
pub(super) fn verdict(entries: &[Entry], by: Measure) -> String {
    let leads = |entry: &&Entry| entry.standing == Standing::Rank(1);
    let leaders: Vec<&Entry> = entries.iter().filter(leads).collect();
    let Some(first) = leaders.first() else { return "Too little was measured for ranks.".into() };
    let names = figure::names(leaders.iter().map(|entry| entry.server.name.as_str()));
    let but = if first.is_clean() { "" } else { " No server was without a flaw: see the notes." };
    let next = entries.iter().find(|entry| matches!(entry.standing, Standing::Rank(2..)));
    match (leaders.len(), next) {
        (1, None) => format!("{names} stands alone.{but}"),
        (1, Some(next)) if first.is_clean() && !next.is_clean() => {
            format!("{names} is first: no other served all its clients without a fault.")
        }
        (1, Some(next)) => {
            format!("{names} is first: {}.{but}", margin(first, next, by))
        }
        (count, None) if count == entries.iter().filter(|entry| entry.is_measured()).count() => {
            format!("{names} cannot be told apart.{but}")
        }
        _ => format!("{names} cannot be told apart, and are first.{but}"),
    }
}

/// How far one is ahead of the next, by the medians: `12 % more replies per second than ...`.
fn margin(first: &Entry, next: &Entry, by: Measure) -> String {
    let other = figure::name(&next.server.name);
    let (Some(a), Some(b)) = (first.median(by), next.median(by)) else { return String::new() };
    let name = by.name();
    let (more, less) = (a.max(b), a.min(b));
    if by == Measure::Lost || less <= 0.0 {
        return format!("{} {name}, {other} {}", by.text(a), by.text(b));
    }
    let share = if by.less_is_better() { (more - less) / more } else { (more - less) / less };
    let word = match (by, by.less_is_better()) {
        (_, false) => "more",
        (Measure::CpuPerMillion, true) => "fewer",
        (_, true) => "less",
    };
    if !by.less_is_better() && share >= 1.0 {
        return format!("{} the {name} of {other}", figure::times(more / less));
    }
    format!("{} {word} {name} than {other}", figure::percent(share))
}
