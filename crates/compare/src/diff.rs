//! `cargo compare diff`: what changed between two results beyond noise.

use crate::report::estimate::Estimate;
use crate::report::measure::Measure;
use crate::report::summary::{Entry, Part, Standing, summarize};
use crate::report::{figure, warnings};
use crate::results::Results;
use std::fmt::{self, Display, Formatter};

/// A change below this share is not told, even if it is beyond noise: 4 KiB more of memory are a page, and no news.
const LEAST: f64 = 0.01;

/// The readings that are compared. The longest latency of a run is a single request's, and no property of a server.
const COMPARED: [Measure; 13] = [
    Measure::PerSecond,
    Measure::P50,
    Measure::P90,
    Measure::P99,
    Measure::P999,
    Measure::Lost,
    Measure::CpuPerMillion,
    Measure::MemoryPeak,
    Measure::MemoryPerConnection,
    Measure::Threads,
    Measure::Processes,
    Measure::SwitchesPerRequest,
    Measure::BytesPerSecond,
];

/// What differs between two results. Shown, it is one line for each thing.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// What a reader must know before.
    pub warnings: Vec<String>,
    /// What is better or worse, beyond noise.
    pub changes: Vec<Change>,
    /// What is served, faultless or there only on one side, in sentences.
    pub others: Vec<String>,
    /// How many readings were compared: those with three rounds or more on both sides.
    pub compared: usize,
    /// How many of them would lie apart by chance alone, though nothing had changed.
    pub by_chance: f64,
}

/// A reading that changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// The scenario's name.
    pub scenario: String,
    /// The server's name.
    pub server: String,
    /// Which reading.
    pub measure: Measure,
    /// What it was.
    pub before: Estimate,
    /// What it is.
    pub after: Estimate,
}

impl Change {
    /// Is it a change for the better?
    pub fn is_better(&self) -> bool {
        (self.after.median < self.before.median) == self.measure.less_is_better()
    }
}

/// Compares two results: the first is what was, the second what is.
///
/// A reading has changed when the intervals of its medians lie apart, and the medians differ by one percent or more.
/// What runs on the same kind of machine is compared with each other; where each side has one kind, they are compared
/// in any case, with a warning.
pub fn diff(before: &Results, after: &Results) -> Difference {
    let (before, after) = (summarize(before), summarize(after));
    let mut found = Difference::default();
    let single = before.parts.len() == 1 && after.parts.len() == 1;
    let mut matched = vec![false; after.parts.len()];
    for part in &before.parts {
        let mut others = after.parts.iter().zip(&matched);
        let partner = others
            .position(|(other, matched)| !matched && (single || is_same_machine(part, other)));
        let Some(place) = partner else {
            found.others.push(format!("only in the first: runs on {}", machine(part)));
            continue;
        };
        matched[place] = true;
        compare_parts(part, &after.parts[place], &mut found);
    }
    for (part, _) in after.parts.iter().zip(matched).filter(|(_, matched)| !matched) {
        found.others.push(format!("only in the second: runs on {}", machine(part)));
    }
    found
}

fn is_same_machine(one: &Part, other: &Part) -> bool {
    let key = |part: &Part| {
        (part.environment.cpu.clone(), part.environment.cpus, part.environment.memory)
    };
    key(one) == key(other) && one.method.mode == other.method.mode
}

fn machine(part: &Part) -> String {
    format!(
        "{}, {} CPUs, mode {}",
        figure::plain(&part.environment.cpu),
        part.environment.cpus,
        figure::plain(&part.method.mode)
    )
}

fn compare_parts(before: &Part, after: &Part, found: &mut Difference) {
    for what in warnings::differences(&before.environment, &after.environment) {
        found.warnings.push(format!("the environments differ in {what}"));
    }
    if before.method.mode != after.method.mode
        || before.method.seconds.total_cmp(&after.method.seconds).is_ne()
    {
        found.warnings.push("the methods differ: mode or length of a measurement".into());
    }
    for one in &before.questions {
        let other = after.questions.iter().find(|other| other.scenario.name == one.scenario.name);
        if other.is_some_and(|other| other.scenario.load != one.scenario.load) {
            let name = figure::name(&one.scenario.name);
            found.warnings.push(format!("the load of {name} was another"));
        }
    }
    found.warnings.extend(before.warnings.iter().map(|warning| format!("first: {warning}")));
    found.warnings.extend(after.warnings.iter().map(|warning| format!("second: {warning}")));
    let (before, after) = (cells(before), cells(after));
    let partner = |name: (&str, &str), all: &[Cell<'_>]| -> Option<usize> {
        all.iter().position(|other| other.name == name)
    };
    for cell in &before {
        match partner(cell.name, &after) {
            Some(at) => compare_entries(cell.name.0, cell.entry, after[at].entry, found),
            None => found.others.push(format!("only in the first: {}", place(cell.name))),
        }
    }
    for cell in after.iter().filter(|cell| partner(cell.name, &before).is_none()) {
        found.others.push(format!("only in the second: {}", place(cell.name)));
    }
}

/// A server in a scenario.
struct Cell<'a> {
    name: (&'a str, &'a str),
    entry: &'a Entry,
}

fn cells(part: &Part) -> Vec<Cell<'_>> {
    let mut all = Vec::new();
    for question in &part.questions {
        let scenario = question.scenario.name.as_str();
        all.extend(
            question
                .entries
                .iter()
                .map(|entry| Cell { name: (scenario, &entry.server.name), entry }),
        );
    }
    all
}

fn place((scenario, server): (&str, &str)) -> String {
    format!("{} in {}", figure::name(server), figure::name(scenario))
}

fn compare_entries(scenario: &str, before: &Entry, after: &Entry, found: &mut Difference) {
    let place = place((scenario, &before.server.name));
    let state = |entry: &Entry| match &entry.standing {
        Standing::NotServed(_) => "not served".to_string(),
        Standing::Failed(_) => "failed".into(),
        _ if entry.is_clean() => "no flaw".into(),
        _ => {
            let flaws = entry.marks.iter().zip(entry.notes()).filter(|(mark, _)| mark.is_flaw());
            flaws.map(|(_, note)| note).collect::<Vec<_>>().join("; ")
        }
    };
    let is_flawed = |entry: &Entry| entry.is_measured() && !entry.is_clean();
    let both_flawed = is_flawed(before) && is_flawed(after);
    if state(before) != state(after) && !both_flawed {
        found.others.push(format!("{place}: {} before, {} after", state(before), state(after)));
    }
    let server = &before.server.name;
    for measure in COMPARED {
        let (Some(before), Some(after)) = (before.estimate(measure), after.estimate(measure))
        else {
            continue;
        };
        if !before.is_comparable(after) {
            continue;
        }
        found.compared += 1;
        found.by_chance += before.chance(after);
        let size = (after.median - before.median).abs() / before.median.abs();
        // From nothing to something is infinitely more.
        if before.differs(after) && size >= LEAST {
            found.changes.push(Change {
                scenario: scenario.into(),
                server: server.clone(),
                measure,
                before: before.clone(),
                after: after.clone(),
            });
        }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (before, after) = (self.before.median, self.after.median);
        let size = match before {
            0.0 => String::new(),
            _ => format!("{} ", figure::percent((after - before) / before)),
        };
        write!(
            f,
            "{}: {} {size}{}, which is {} ({} before, {} after)",
            place((&self.scenario, &self.server)),
            self.measure.name(),
            if after > before { "higher" } else { "lower" },
            if self.is_better() { "better" } else { "worse" },
            self.measure.text(before),
            self.measure.text(after)
        )
    }
}

impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        for other in &self.others {
            writeln!(f, "{other}")?;
        }
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        writeln!(
            f,
            "{} of {} readings changed beyond noise; about {} would by chance alone, if nothing had changed.",
            self.changes.len(),
            self.compared,
            figure::number(self.by_chance)
        )
    }
}
