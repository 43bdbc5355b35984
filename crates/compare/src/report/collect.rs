//! From the measurements of all rounds to one entry for each server in each scenario.
//!
//! Runs of several machines are taken together only where a figure of the one is a figure of the other: the same
//! system, CPU model, number of CPUs, memory, compiler, commit and method. Then every round of each is one more round.
//! Otherwise each kind has a part of its own: a median over two kinds of CPU would tell how many machines of each took
//! part, and nothing about a server.

use super::estimate::Estimate;
use super::measure::{self, Measure};
use super::summary::{Entry, Mark, Part, Question, Standing, Summary};
use super::taken::Taken;
use super::{findings, rank, warnings};
use crate::results::{
    Cell, Decides, Fault, Group, Latency, Outcome, Reading, Results, Run, Scenario, Server,
};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// A generator that is busier than this may be what was measured.
const BUSY: f64 = 0.9;

/// Computes all that a report shows.
pub fn summarize(results: &Results) -> Summary {
    let mut kinds: Vec<Vec<&Run>> = Vec::new();
    for run in &results.runs {
        match kinds.iter_mut().find(|kind| warnings::same_kind(kind[0], run)) {
            Some(kind) => kind.push(run),
            None => kinds.push(vec![run]),
        }
    }
    let parts: Vec<_> = kinds.iter().map(|runs| part(runs)).collect();
    Summary { warnings: warnings::of_kinds(&parts), parts }
}

fn part(runs: &[&Run]) -> Part {
    let scenarios = by_name(runs.iter().flat_map(|run| &run.scenarios), |scenario| &scenario.name);
    let servers = by_name(runs.iter().flat_map(|run| &run.servers), |server| &server.name);
    let taken = |scenario: &Scenario| -> Vec<_> {
        let cells = runs.iter().flat_map(|run| &run.cells);
        let asked = cells.filter(|cell| cell.scenario == scenario.name);
        asked.map(|cell| Taken::of(cell, &scenario.group)).collect()
    };
    let questions = scenarios.into_iter();
    let questions =
        questions.map(|scenario| question(scenario, &servers, &taken(scenario))).collect();
    let first = runs[0];
    let mut part = Part {
        environment: first.environment.clone(),
        method: first.method.clone(),
        runs: runs.len(),
        warnings: warnings::of_runs(runs),
        questions,
        findings: Vec::new(),
    };
    part.findings = findings::of(&part);
    part
}

/// The first of each name, in their order.
fn by_name<'a, T>(all: impl Iterator<Item = &'a T>, name: impl Fn(&T) -> &String) -> Vec<&'a T> {
    let mut found: Vec<&T> = Vec::new();
    for one in all {
        if !found.iter().any(|other| name(other) == name(one)) {
            found.push(one);
        }
    }
    found
}

/// What is known of one scenario, from all of its cells and no others. The report and the live page both ask this.
pub(crate) fn question(scenario: &Scenario, servers: &[&Server], cells: &[Taken<'_>]) -> Question {
    let entries = servers.iter().filter_map(|server| {
        let own: Vec<_> = cells.iter().filter(|taken| taken.cell.server == server.name).collect();
        entry(scenario, server, &own)
    });
    let mut entries: Vec<_> = entries.collect();
    rank::order(&mut entries, Measure::deciding(scenario.decides));
    let verdict = rank::verdict(&entries, Measure::deciding(scenario.decides));
    Question { scenario: scenario.clone(), entries, verdict }
}

/// What one server did; `None` if it was never tried.
fn entry(scenario: &Scenario, server: &Server, cells: &[&Taken<'_>]) -> Option<Entry> {
    let readings: Vec<&Reading> = cells.iter().filter_map(|taken| taken.reading()).collect();
    let failures: Vec<&String> = cells.iter().filter_map(|taken| failure(&taken.cell)).collect();
    let standing = match cells.first()?.cell.outcome {
        _ if !readings.is_empty() => Standing::Unranked,
        _ if !failures.is_empty() => Standing::Failed(failures[0].clone()),
        Outcome::NotServed(ref why) => Standing::NotServed(why.clone()),
        _ => return None,
    };
    let estimate = |measure: Measure| {
        let values = cells.iter().filter_map(|taken| taken.value(measure));
        Some((measure, Estimate::of(values)?))
    };
    let main = |reading: &&Reading| {
        reading.groups.iter().find(|group| group.name == scenario.group).cloned()
    };
    let main: Vec<Group> = readings.iter().filter_map(main).collect();
    let mut entry = Entry {
        server: server.clone(),
        standing,
        estimates: Measure::ALL.into_iter().filter_map(estimate).collect(),
        latency: together(&main),
        clients: main.iter().map(|group| group.clients).max().unwrap_or(0),
        served: main.iter().map(|group| group.served).min().unwrap_or(0),
        faults: faults(scenario, &readings),
        marks: Vec::new(),
    };
    if !readings.is_empty() {
        entry.marks = marks(scenario, &entry, &readings, &failures, cells.len());
    }
    Some(entry)
}

fn failure(cell: &Cell) -> Option<&String> {
    if let Outcome::Failed(why) = &cell.outcome { Some(why) } else { None }
}

/// One histogram of all rounds.
fn together(groups: &[Group]) -> Latency {
    let mut all: Histogram<u64> = Latency::new().0;
    // A file may hold longer ones than we write ourselves.
    all.auto(true);
    for group in groups {
        // It grows, so it has room for any value.
        let _ = all.add(&group.latency.0);
    }
    Latency(all)
}

/// The groups whose faults count against the server. Where losses decide, only the main group did nothing wrong.
fn judged<'a>(scenario: &'a Scenario, reading: &'a Reading) -> impl Iterator<Item = &'a Group> {
    let all = scenario.decides != Decides::Lost;
    reading.groups.iter().filter(move |group| all || group.name == scenario.group)
}

fn faults(scenario: &Scenario, readings: &[&Reading]) -> BTreeMap<Fault, u64> {
    let mut sums = BTreeMap::new();
    for group in readings.iter().flat_map(|reading| judged(scenario, reading)) {
        for (fault, times) in group.errors.iter().filter(|(_, times)| **times > 0) {
            let sum = sums.entry(*fault).or_insert(0_u64);
            *sum = sum.saturating_add(*times);
        }
    }
    sums
}

fn marks(
    scenario: &Scenario,
    entry: &Entry,
    readings: &[&Reading],
    failures: &[&String],
    rounds: usize,
) -> Vec<Mark> {
    let groups = || readings.iter().flat_map(|reading| judged(scenario, reading));
    let by_losses = scenario.decides == Decides::Lost;
    let mut marks = Vec::new();
    // Where losses decide they are the answer, and not a flaw beside it; and whoever comes back is refused.
    let expected = |fault| by_losses && (measure::is_loss(fault) || fault == Fault::Refused);
    if entry.faults.keys().any(|fault| !expected(*fault)) {
        marks.push(Mark::Faults);
    }
    let waits = |group: &&Group| {
        let lost = if by_losses { measure::lost(group) } else { 0 };
        u64::from(group.unserved) > lost
    };
    let share = |group: &Group| f64::from(group.unserved) / f64::from(group.clients);
    if let Some(worst) = groups().filter(waits).max_by(|a, b| share(a).total_cmp(&share(b))) {
        marks.push(Mark::Starved(worst.clients.saturating_sub(worst.unserved), worst.clients));
    }
    if let Some(why) = failures.first() {
        marks.push(Mark::FailedRounds(failures.len(), rounds, (*why).clone()));
    }
    let unsent = measure::sum(groups().map(|group| group.unsent));
    // One or two are due at the very end.
    let sent = measure::sum(groups().map(|group| group.replies));
    if unsent > sent / 100 {
        marks.push(Mark::Unsent(unsent));
    }
    if let Some(busy) = entry.median(Measure::GeneratorBusy).filter(|busy| *busy > BUSY) {
        marks.push(Mark::GeneratorBusy(busy));
    }
    marks
}
