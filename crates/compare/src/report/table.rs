//! The report in the terminal.

use super::figure;
use super::measure::{self, Measure};
use super::summary::{Entry, Part, Question, Standing, Summary};
use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use std::io::{self, Write};

const HEADING: Style = Style::new().bold();
const FIRST: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const NOTE: Style = Style::new().dimmed();
const WARNING: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));

/// Writes the report, at most `width` columns wide as far as the tables go. It is coloured: hand in a writer of
/// anstream, which takes the colours away where nobody wants or sees them.
///
/// # Errors
///
/// When the writer fails.
pub fn print(summary: &Summary, out: &mut impl Write, width: u16) -> io::Result<()> {
    for warning in &summary.warnings {
        writeln!(out, "{WARNING}warning: {warning}{WARNING:#}")?;
    }
    for part in &summary.parts {
        print_part(part, out, width)?;
    }
    Ok(())
}

fn print_part(part: &Part, out: &mut impl Write, width: u16) -> io::Result<()> {
    writeln!(out, "{NOTE}{}{NOTE:#}", about(part))?;
    for warning in &part.warnings {
        writeln!(out, "{WARNING}warning: {warning}{WARNING:#}")?;
    }
    for question in &part.questions {
        print_question(question, out, width)?;
    }
    if !part.findings.is_empty() {
        writeln!(out, "\n{HEADING}What the figures say{HEADING:#}")?;
    }
    for finding in &part.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(())
}

/// Where and how, in one line.
pub(super) fn about(part: &Part) -> String {
    let (environment, method) = (&part.environment, &part.method);
    let or_unknown =
        |text: &str| if text.is_empty() { "unknown".into() } else { figure::plain(text) };
    let (runs, seed) = match part.runs {
        1 => (String::new(), format!("seed {}", method.seed)),
        runs => (format!("{runs} runs, "), "in each run".to_owned()),
    };
    format!(
        "{runs}{}, {} CPUs, {}, {}, {}, commit {}; {} rounds of {} s, {seed}",
        or_unknown(&environment.cpu),
        environment.cpus,
        figure::bytes(environment.memory as f64),
        or_unknown(&environment.system),
        or_unknown(&environment.rustc),
        or_unknown(&environment.commit),
        method.rounds,
        method.seconds,
    )
}

fn print_question(question: &Question, out: &mut impl Write, width: u16) -> io::Result<()> {
    let scenario = &question.scenario;
    let plain = figure::plain;
    writeln!(
        out,
        "\n{HEADING}{}{HEADING:#}  {}",
        plain(&scenario.name),
        plain(&scenario.question)
    )?;
    writeln!(out, "{NOTE}{}{NOTE:#}", plain(&scenario.load))?;
    for line in table(question, width).to_string().lines() {
        let line = line.trim_end();
        // The rank stands in the first one or two places, where the rest of a long name never reaches.
        let is_first = line.get(..2).is_some_and(|rank| rank.trim() == "1");
        let style = if is_first { FIRST } else { Style::new() };
        writeln!(out, "{style}{line}{style:#}")?;
    }
    for entry in &question.entries {
        for note in entry.notes() {
            writeln!(out, "{NOTE}* {}: {note}{NOTE:#}", plain(&entry.server.name))?;
        }
    }
    writeln!(out, "{HEADING}{}{HEADING:#}", question.verdict)
}

/// A column beside rank, server and the deciding reading: its head, what it shows, and the reading that makes it
/// superfluous when it decides.
type Column = (&'static str, fn(&Entry) -> String, Option<Measure>);

const COLUMNS: [Column; 9] = [
    ("replies/\nsecond", |e| shown(e.median(Measure::PerSecond)), Some(Measure::PerSecond)),
    ("p50\nms", |e| ms(e.median(Measure::P50)), Some(Measure::P50)),
    ("p99\nms", |e| ms(e.median(Measure::P99)), Some(Measure::P99)),
    ("p99.9\nms", |e| ms(e.percentile(0.999)), None),
    ("\nfaults", |e| figure::count(measure::sum(e.faults.values().copied()) as f64), None),
    ("CPU s/\nmillion", |e| shown(e.median(Measure::CpuPerMillion)), Some(Measure::CpuPerMillion)),
    (
        "memory\nMiB",
        |e| shown(e.median(Measure::MemoryPeak).map(|bytes| bytes / 1_048_576.0)),
        None,
    ),
    ("threads/\nprocesses", threads, None),
    ("switch/\nrequest", |e| shown(e.median(Measure::SwitchesPerRequest)), None),
];

/// The table of a scenario.
fn table(question: &Question, width: u16) -> Table {
    let by = Measure::deciding(question.scenario.decides);
    let columns: Vec<_> = COLUMNS.iter().filter(|column| column.2 != Some(by)).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    let fixed = ["\n#".to_string(), "\nserver".to_string(), deciding_head(by)];
    let heads = columns.iter().map(|column| column.0.to_string());
    table.set_header(fixed.into_iter().chain(heads));
    for entry in &question.entries {
        let mut row = vec![rank(&entry.standing), marked_name(entry)];
        if entry.is_measured() {
            row.push(deciding(entry, by));
            row.extend(columns.iter().map(|column| column.1(entry)));
        } else {
            row.push(absence(&entry.standing));
        }
        table.add_row(row);
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if place != 1 {
            // Only a name may take two lines.
            column.set_constraint(ColumnConstraint::ContentWidth);
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn rank(standing: &Standing) -> String {
    if let Standing::Rank(rank) = standing { rank.to_string() } else { "-".into() }
}

/// The name, with a star if there is a note below.
fn marked_name(entry: &Entry) -> String {
    let star = if entry.notes().is_empty() { "" } else { "*" };
    format!("{}{star}", figure::plain(&entry.server.name))
}

/// Why there are no figures, in short. The reason stands below the table.
fn absence(standing: &Standing) -> String {
    match standing {
        Standing::NotServed(_) => "not served".into(),
        Standing::Failed(_) => "failed".into(),
        Standing::Rank(_) | Standing::Unranked => String::new(),
    }
}

fn deciding_head(by: Measure) -> String {
    match by {
        Measure::PerSecond => "replies\nper second",
        Measure::CpuPerMillion => "CPU seconds\nper million",
        Measure::MemoryPerConnection => "KiB per\nconnection",
        Measure::Lost => "connections\nlost",
        _ => "p99\nms",
    }
    .into()
}

/// The deciding reading and its interval: `31,204 (30,980-31,420)`.
fn deciding(entry: &Entry, by: Measure) -> String {
    let Some(estimate) = entry.estimate(by) else { return "-".into() };
    let unit = match by {
        Measure::P99 => 1e3,
        Measure::MemoryPerConnection => 1024.0,
        _ => 1.0,
    };
    let text = |value: f64| match by {
        Measure::Lost => by.text(value),
        _ => figure::number(value / unit),
    };
    let [median, low, high] = [estimate.median, estimate.low, estimate.high].map(text);
    format!("{median} ({low}-{high})")
}

fn threads(entry: &Entry) -> String {
    let of = |measure| entry.median(measure).map_or("-".into(), figure::count);
    format!("{}/{}", of(Measure::Threads), of(Measure::Processes))
}

fn shown(value: Option<f64>) -> String {
    value.map_or("-".into(), figure::number)
}

fn ms(us: Option<f64>) -> String {
    shown(us.map(|us| us / 1e3))
}
