//! The report as standard output shows it.

use super::{Report, Row, figure};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use std::fmt::Write;

/// Columns of a terminal.
const WIDTH: u16 = 100;
/// The column of the heads at the left.
const HEAD: usize = 11;

/// The whole report but where its chart is.
pub fn text(name: &str, about: &str, report: &Report) -> String {
    let mut text = format!("{name}: {about}\n\n");
    head(&mut text, "law", &report.law);
    head(&mut text, "source", report.source);
    head(&mut text, "method", &report.method);
    let _ = writeln!(text, "\n{}\n", table(&report.rows));
    for row in &report.rows {
        if let Some(remark) = row.remark() {
            let _ = writeln!(text, "{}", wrapped(&format!("* {}: {remark}", row.what), 2));
        }
    }
    head(&mut text, "because", &report.because);
    let (agree, of) = report.agreement();
    head(&mut text, "agreement", &format!("{agree} of {of} predictions lie within 15 %"));
    text
}

/// A line that begins with its head.
pub fn head(text: &mut String, head: &str, line: &str) {
    let line = wrapped(&format!("{head:HEAD$}{line}"), HEAD);
    let _ = writeln!(text, "{line}");
}

/// The text in lines that fit, each but the first one indented. Its own spaces at the beginning stay.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in text.split_inclusive(' ') {
        let letters = word.trim_end().chars().count();
        if width + letters > usize::from(WIDTH) && width > indent {
            let last = lines.len() - 1;
            let kept = lines[last].trim_end().len();
            lines[last].truncate(kept);
            lines.push(" ".repeat(indent));
            width = indent;
        }
        let last = lines.len() - 1;
        lines[last].push_str(word);
        width += word.chars().count();
    }
    lines.join("\n")
}

fn table(rows: &[Row]) -> String {
    let mut table = new_table(["", "predicted", "measured", "least – most", "", "difference"]);
    for row in rows {
        let star = if row.remark().is_some() { "*" } else { "" };
        let spread = match row.measured.min == row.measured.max {
            true => String::new(),
            false => format!("{} – {}", figure::of(row.measured.min), figure::of(row.measured.max)),
        };
        table.add_row([
            format!("{}{star}", row.what),
            row.predicted.map_or("–".into(), figure::of),
            figure::of(row.measured.median),
            spread,
            row.unit.into(),
            row.difference().map_or("–".into(), figure::difference),
        ]);
    }
    if let Some(units) = table.column_mut(4) {
        units.set_cell_alignment(CellAlignment::Left);
    }
    text_of(&table)
}

/// A table without frames: the first column is text, all others are figures.
pub fn new_table<const N: usize>(heads: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH).set_header(heads);
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if place > 0 {
            column.set_constraint(ColumnConstraint::ContentWidth);
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The lines of a table without the spaces at their ends.
pub fn text_of(table: &Table) -> String {
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::Spread;
    use super::*;

    #[test]
    fn a_report_is_read_from_top_to_bottom() {
        let rows = vec![
            Row::input("one call", Spread::of(&[0.9, 1.0, 1.2]), "µs"),
            Row::new("64 KiB", 10.0, Spread::exact(10.2), "MB/s"),
            Row::new("1 MiB", 100.0, Spread::of(&[150.0, 160.0]), "MB/s").note("a reason"),
        ];
        let report = Report {
            law: "T = N / (N/R + D)".into(),
            source: "a paper",
            rows,
            because: "it is so".into(),
            method: "by hand".into(),
            charts: Vec::new(),
        };
        let expected = "\
name: about it

law        T = N / (N/R + D)
source     a paper
method     by hand

          predicted  measured  least – most        difference
one call          –      1.00   0.900 – 1.20  µs            –
64 KiB         10.0      10.2                MB/s      +2.0 %
1 MiB*          100       155     150 – 160  MB/s       +55 %

* 1 MiB: a reason
because    it is so
agreement  1 of 2 predictions lie within 15 %
";
        assert_eq!(text("name", "about it", &report).replace(' ', ""), expected.replace(' ', ""));
    }

    #[test]
    fn long_lines_are_wrapped_at_words() {
        assert_eq!(wrapped("short", 2), "short");
        let long = wrapped(&format!("head  {}", "word ".repeat(30)), 6);
        let lines: Vec<_> = long.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].len() <= 100 && lines[0].ends_with("word"), "{long}");
        assert!(lines[1].starts_with("      word"), "{long}");
        assert_eq!(wrapped(&"x".repeat(120), 2).lines().count(), 1);
    }
}
