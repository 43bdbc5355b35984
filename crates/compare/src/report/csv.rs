//! `results.csv`: a line for each measurement and group of clients, for spreadsheets and notebooks.

use super::measure::{FAULTS, Measure, fault_name};
use crate::results::{Cell, Group, Outcome, Reading, Results, Run};
use std::io::{self, Write};

/// The columns before the faults.
const BEFORE: [&str; 15] = [
    "run",
    "started",
    "scenario",
    "server",
    "round",
    "outcome",
    "detail",
    "seconds",
    "group",
    "clients",
    "served",
    "unserved",
    "replies",
    "bytes",
    "connections",
];
/// The columns after the faults.
const AFTER: [&str; 14] = [
    "unsent",
    "p50_us",
    "p90_us",
    "p99_us",
    "p999_us",
    "max_us",
    "cpu_seconds",
    "memory_at_start",
    "memory_peak",
    "threads",
    "processes",
    "switches_per_reply",
    "accepted",
    "generator_busy",
];

/// Writes all measurements. What is not known stays empty.
///
/// # Errors
///
/// When the writer fails.
pub fn write(results: &Results, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(header())?;
    for (number, run) in (1..).zip(&results.runs) {
        for cell in &run.cells {
            write_cell(&mut csv, number, run, cell)?;
        }
    }
    csv.flush()
}

/// The names of the columns.
pub fn header() -> Vec<&'static str> {
    let faults = FAULTS.into_iter().map(fault_name);
    BEFORE.into_iter().chain(faults).chain(AFTER).collect()
}

fn write_cell(
    csv: &mut csv::Writer<impl Write>,
    number: usize,
    run: &Run,
    cell: &Cell,
) -> io::Result<()> {
    let (outcome, detail) = match &cell.outcome {
        Outcome::Measured(_) => ("measured", ""),
        Outcome::NotServed(why) => ("not-served", why.as_str()),
        Outcome::Failed(why) => ("failed", why.as_str()),
    };
    let mut record = vec![
        number.to_string(),
        text(&run.environment.started),
        text(&cell.scenario),
        text(&cell.server),
        cell.round.to_string(),
        outcome.into(),
        text(detail),
    ];
    let Outcome::Measured(reading) = &cell.outcome else {
        record.resize(header().len(), String::new());
        return Ok(csv.write_record(record)?);
    };
    for group in &reading.groups {
        let values = record.iter().cloned().chain(values(reading, group));
        csv.write_record(values)?;
    }
    Ok(())
}

/// The columns from `seconds` on.
fn values(reading: &Reading, group: &Group) -> Vec<String> {
    let mut values = vec![reading.seconds.to_string(), text(&group.name)];
    let counts = [
        u64::from(group.clients),
        u64::from(group.served),
        u64::from(group.unserved),
        group.replies,
        group.bytes,
        group.connections,
    ];
    let faults = FAULTS.map(|fault| group.errors.get(&fault).copied().unwrap_or(0));
    values.extend(counts.iter().chain(&faults).chain([&group.unsent]).map(u64::to_string));
    let latency = [Measure::P50, Measure::P90, Measure::P99, Measure::P999, Measure::Max];
    let latency = latency.map(|measure| measure.of(reading, &group.name));
    values.extend(latency.map(|value| value.map_or(String::new(), |us| us.to_string())));
    let cost = &reading.server;
    values.extend([
        cost.cpu.to_string(),
        cost.memory_at_start.to_string(),
        cost.memory_peak.to_string(),
        cost.threads.to_string(),
        cost.processes.to_string(),
        cost.switches_per_reply.map_or(String::new(), |switches| switches.to_string()),
        cost.accepted.to_string(),
        reading.generator_busy.to_string(),
    ]);
    values
}

/// A text of somebody else. A spreadsheet would compute what begins like a formula, so it gets an apostrophe before it.
fn text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.into() }
}
