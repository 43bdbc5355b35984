//! The story of a check that was not passed: the same words for a terminal and for every file.

use super::paint::{Paint, WIDTH, wrap};
use super::{Report, escape};
use crate::failure::Failure;
use crate::grading::{CheckResult, PartResult};

/// Where what stands behind a word in the margin begins.
const MARGIN: usize = 12;

/// So many lines of a conversation are shown to a person who looks at one failure.
const LATEST: usize = 24;
/// Stands above a conversation.
const WIRE: &str = "on the wire (-> to the program, <- from it)";

/// The story, a line each: what was expected, what came, the conversation, and how to hold it again.
///
/// With `most` columns, long lines of a conversation are cut, so that the caret stays under its byte. The first part that
/// failed is told in full; the others too if `every` is set, and else only named.
pub fn story(
    report: &Report<'_>,
    check: &CheckResult,
    paint: Paint,
    most: usize,
    every: bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    let several = check.parts.len() > 1;
    let mut failed = check.parts.iter().filter_map(|part| Some((part, part.failure.as_ref()?)));
    let told = failed.by_ref().take(if every { usize::MAX } else { 1 });
    for (part, failure) in told {
        if several {
            lines.extend(field(paint, "part", &titled(part)));
        }
        lines.extend(field(paint, "expected", &failure.expected));
        lines.extend(field(paint, "got", &failure.got));
        lines.extend(quoted(failure, paint, most, every));
        lines.push(String::new());
    }
    for (i, (part, failure)) in failed.enumerate() {
        let text = format!("{}: {}", titled(part), failure.symptom.name());
        lines.extend(field(paint, if i == 0 { "also" } else { "" }, &text));
    }
    let replay = paint.command(&report.replay(check));
    lines.push(format!("{}{replay}", margin(paint, "again")));
    lines
}

/// The whole story without colours, for a file.
pub fn plain_story(report: &Report<'_>, check: &CheckResult) -> Vec<String> {
    story(report, check, Paint::new(false), usize::MAX, true)
}

/// The word in the margin and what stands behind it, wrapped.
pub(super) fn field(paint: Paint, word: &str, text: &str) -> Vec<String> {
    let wrapped = wrap(&escape::line(text), WIDTH - MARGIN);
    let mut lines = wrapped.into_iter();
    let first = margin(paint, word) + &lines.next().unwrap_or_default();
    let rest = lines.map(|line| " ".repeat(MARGIN) + &line);
    std::iter::once(first).chain(rest).collect()
}

/// A word in the margin.
pub(super) fn margin(paint: Paint, word: &str) -> String {
    format!("  {} ", paint.strong(&format!("{word:<9}")))
}

/// What a part looks at, and what it is worth.
fn titled(part: &PartResult) -> String {
    let points = if part.points == 1 { "point" } else { "points" };
    format!("{} ({} {points})", part.title, part.points)
}

/// The conversation and what is known of the program, each behind a bar: nobody takes them for the grader's words.
///
/// Unless all is wanted, of a long conversation the end is shown: what went wrong is there.
fn quoted(failure: &Failure, paint: Paint, most: usize, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (title, text) in [(WIRE, &failure.transcript), ("program", &failure.program)] {
        if text.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("  {}", paint.dim(title)));
        let left_out = if all { 0 } else { text.len().saturating_sub(LATEST) };
        if left_out > 0 {
            lines
                .push(format!("  {} ({left_out} earlier lines: --all shows them)", paint.dim("│")));
        }
        for line in fit(escape::lines(&text[left_out..]), most.saturating_sub(4)) {
            let is_caret = line.trim_start().starts_with('^');
            let shown = if is_caret { paint.bad(&line) } else { line };
            lines.push(format!("  {} {shown}", paint.dim("│")).trim_end().to_owned());
        }
    }
    lines
}

/// Cuts long lines, each together with the caret below it, if there is one.
fn fit(lines: Vec<String>, most: usize) -> Vec<String> {
    let column = |line: &String| {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        line.trim_start().starts_with('^').then_some(indent)
    };
    let mut fitted = Vec::with_capacity(lines.len());
    let mut dropped = 0;
    for (i, line) in lines.iter().enumerate() {
        if column(line).is_none() {
            let caret = lines.get(i + 1).and_then(column).unwrap_or(0);
            dropped = if caret + most / 4 > most { caret - most / 2 } else { 0 };
        }
        let mut rest: Vec<char> = line.chars().skip(dropped).collect();
        if dropped > 0 && column(line).is_none() {
            rest[0] = '…';
        }
        if rest.len() > most {
            rest.truncate(most - 1);
            rest.push('…');
        }
        fitted.push(rest.into_iter().collect());
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_caret_stays_under_its_byte() {
        let text = format!("0.000 s  {}X{}", "a".repeat(200), "b".repeat(50));
        let caret = format!("{}^ expected Y", " ".repeat(209));
        let fitted = fit(vec!["short".into(), text, caret], 60);
        let at = fitted[2].find('^').unwrap();
        assert_eq!(fitted[0], "short");
        assert_eq!(fitted[1].chars().nth(at), Some('X'));
        assert!(fitted.iter().all(|line| line.chars().count() <= 60), "{fitted:?}");
    }

    #[test]
    fn a_long_line_without_a_caret_is_cut() {
        assert_eq!(fit(vec!["x".repeat(9)], 5), ["xxxx…"]);
    }
}
