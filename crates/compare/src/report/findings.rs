//! What the figures say, in plain words, and only where they say it beyond noise.

use super::figure::{self, name, names, times};
use super::measure::{self, Measure};
use super::rank;
use super::summary::{Entry, Mark, Part, Question};
use crate::results::Decides;

/// A factor below this is left to the tables.
const WORTH_A_SENTENCE: f64 = 1.5;
/// One in a thousand that waits so many times longer than half of all is a tail worth a sentence.
const LONG_TAIL: f64 = 20.0;

/// A rule looks at one scenario, and says what it finds there.
type Rule = fn(&Question) -> Vec<String>;

/// The rules, in the order of the report.
const RULES: [Rule; 6] = [cheap_and_dear, fast_and_slow, memory, held_up, tails, lost];

/// All findings of a part.
pub(super) fn of(part: &Part) -> Vec<String> {
    let rules = part.questions.iter().flat_map(|question| RULES.map(|rule| rule(question)));
    rules.flatten().chain(starved(part)).collect()
}

/// The best and the worst of the servers without a flaw, and how many times worse it is; only beyond noise.
fn extremes(question: &Question, by: Measure) -> Option<(&Entry, &Entry, f64)> {
    let clean = || question.entries.iter().filter(|entry| entry.is_clean());
    let median = |entry: &&Entry| entry.median(by).unwrap_or(f64::NAN);
    let known = || clean().filter(|entry| entry.estimate(by).is_some());
    let least = known().min_by(|a, b| median(a).total_cmp(&median(b)))?;
    let most = known().max_by(|a, b| median(a).total_cmp(&median(b)))?;
    let ratio = median(&most) / median(&least);
    let apart = least.estimate(by)?.is_below(most.estimate(by)?);
    (apart && ratio.is_finite() && ratio >= WORTH_A_SENTENCE).then_some((least, most, ratio))
}

fn cheap_and_dear(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::CpuPerRequest {
        return Vec::new();
    }
    let found = extremes(question, Measure::CpuPerMillion).map(|(least, most, ratio)| {
        format!(
            "{}: {} needs {} the CPU of {} for a request.",
            name(&question.scenario.name),
            name(&most.server.name),
            times(ratio),
            name(&least.server.name)
        )
    });
    found.into_iter().collect()
}

fn fast_and_slow(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::Throughput {
        return Vec::new();
    }
    let found = extremes(question, Measure::PerSecond).map(|(slow, fast, ratio)| {
        format!(
            "{}: {} gives {} as many replies per second as {}.",
            name(&question.scenario.name),
            name(&fast.server.name),
            times(ratio),
            name(&slow.server.name)
        )
    });
    found.into_iter().collect()
}

fn memory(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::MemoryPerConnection {
        return Vec::new();
    }
    let by = Measure::MemoryPerConnection;
    let found = extremes(question, by).map(|(least, most, ratio)| {
        let value = |entry: &Entry| by.text(entry.median(by).unwrap_or(0.0));
        format!(
            "{}: {} needs {} the memory of {} for each connection ({} and {}).",
            name(&question.scenario.name),
            name(&most.server.name),
            times(ratio),
            name(&least.server.name),
            value(most),
            value(least)
        )
    });
    found.into_iter().collect()
}

/// Where some clients ask for more, or read slowly: how long did the others wait?
fn held_up(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::P99 {
        return Vec::new();
    }
    let found = extremes(question, Measure::P99).map(|(least, most, ratio)| {
        let value = |entry: &Entry| figure::time(entry.median(Measure::P99).unwrap_or(0.0));
        format!(
            "{}: one request in a hundred of the group {} waited {} or longer at {} and {} at {} (p99), {} as long.",
            name(&question.scenario.name),
            name(&question.scenario.group),
            value(most),
            name(&most.server.name),
            value(least),
            name(&least.server.name),
            times(ratio)
        )
    });
    found.into_iter().collect()
}

/// Half of all replies come soon, and one in a thousand very late.
fn tails(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::P99 {
        return Vec::new();
    }
    let of = |entry: &Entry| -> Option<(f64, f64)> {
        let (half, tail) = (entry.estimate(Measure::P50)?, entry.estimate(Measure::P999)?);
        let long = half.is_below(tail) && tail.low >= LONG_TAIL * half.high;
        long.then_some((half.median, tail.median))
    };
    let clean = question.entries.iter().filter(|entry| entry.is_clean());
    let long: Vec<_> = clean.filter_map(|entry| Some((&*entry.server.name, of(entry)?))).collect();
    let range = |pick: fn(&(f64, f64)) -> f64| {
        let all = || long.iter().map(|(_, times)| pick(times));
        let [least, most] = [all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max)];
        let [least, most] = [least, most].map(figure::time);
        if least == most { least } else { format!("{least} to {most}") }
    };
    if long.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{}: at {} half of the requests are answered within {}, and one in a thousand only after {}.",
        name(&question.scenario.name),
        names(long.iter().map(|(server, _)| *server)),
        range(|(half, _)| *half),
        range(|(_, tail)| *tail)
    )]
}

/// Who lost connections, and who none.
fn lost(question: &Question) -> Vec<String> {
    if question.scenario.decides != Decides::Lost {
        return Vec::new();
    }
    let measured = || question.entries.iter().filter(|entry| rank::is_known(entry, Measure::Lost));
    let losses = |entry: &&Entry| entry.estimate(Measure::Lost).is_some_and(|lost| lost.low > 0.0);
    let none =
        measured().filter(|entry| entry.faults.keys().all(|fault| !measure::is_loss(*fault)));
    let none: Vec<_> = none.map(|entry| entry.server.name.as_str()).collect();
    let losers: Vec<_> = measured()
        .filter(losses)
        .map(|entry| {
            let lost = entry.median(Measure::Lost).unwrap_or(0.0);
            format!(
                "{} of {} at {}",
                Measure::Lost.text(lost),
                entry.clients,
                name(&entry.server.name)
            )
        })
        .collect();
    if losers.is_empty() {
        return Vec::new();
    }
    let none = if none.is_empty() { String::new() } else { format!("; none at {}", names(none)) };
    vec![format!(
        "{}: connections lost: {}{none}.",
        name(&question.scenario.name),
        losers.join(", ")
    )]
}

/// Who left clients without any reply: mostly the same server everywhere, so it is one sentence for each.
fn starved(part: &Part) -> Vec<String> {
    let mut servers: Vec<(&str, Vec<String>)> = Vec::new();
    for question in &part.questions {
        for entry in &question.entries {
            let counts = entry.marks.iter().find_map(|mark| match mark {
                Mark::Starved(served, clients) => Some([served, clients]),
                _ => None,
            });
            let Some(counts) = counts else { continue };
            let [served, clients] = counts.map(|count| figure::count(f64::from(*count)));
            let what = format!("{served} of {clients} in {}", name(&question.scenario.name));
            match servers.iter_mut().find(|(server, _)| *server == entry.server.name) {
                Some((_, all)) => all.push(what),
                None => servers.push((&entry.server.name, vec![what])),
            }
        }
    }
    let sentence = |(server, all): &(&str, Vec<String>)| {
        format!("{} left clients without any reply; it served {}.", name(server), all.join(", "))
    };
    servers.iter().map(sentence).collect()
}
