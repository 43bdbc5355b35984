//! What a person sees: a line for each check as soon as it is known, then the first failure in full, then what it comes to.

use super::failure::{field, margin, story};
use super::paint::{MOST_WIDTH, Paint, WIDTH, cut, pad, time, wrap};
use super::{Report, escape, first_failed, is_failed};
use crate::grading::{CheckResult, Grading, Status};
use std::path::PathBuf;

/// Columns of a check's title.
const TITLE: usize = 58;

/// What stands above the checks.
pub fn heading(grading: &Grading, paint: Paint) -> Vec<String> {
    let chapter = paint.strong(&format!("ch{}", grading.chapter));
    let program = cut(&escape::line(&grading.program), MOST_WIDTH - 20);
    vec![
        format!("{chapter}  {}", grading.task),
        format!("     {}", paint.dim(&format!("{program}  (seed {})", grading.seed))),
    ]
}

/// The line of one check.
pub fn line(check: &CheckResult, paint: Paint) -> String {
    let mark = match check.status {
        Status::Passed => paint.good("✓"),
        Status::Partial => paint.fair("◐"),
        Status::Failed => paint.bad("✗"),
        Status::Blocked | Status::NotRun => paint.dim("·"),
        Status::Skipped => paint.dim("–"),
    };
    let title = pad(&cut(&check.title, TITLE + 15), TITLE);
    let points = format!("{:>2}/{}", check.earned, check.points);
    let text = format!("{}  {title}", pad(&check.id, 6));
    match check.status {
        Status::Passed | Status::Partial | Status::Failed => format!("  {mark} {text}  {points}"),
        Status::Blocked => format!("  {mark} {}", paint.dim(&format!("{text}  blocked"))),
        Status::NotRun => format!("  {mark} {}", paint.dim(&format!("{text}  not run"))),
        Status::Skipped => format!("  {mark} {}", paint.dim(&format!("{text}  skipped"))),
    }
}

/// The line while a check runs. It has no end, so that the next one can take its place.
pub fn running(id: &str, title: &str, paint: Paint) -> String {
    format!("  {} {}", paint.dim("›"), paint.dim(&format!("{}  {}", pad(id, 6), cut(title, TITLE))))
}

/// How many hints for the first failed check are shown, and whether there are more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// So many were shown, now or before.
    pub known: usize,
    /// Whether they are to be shown now.
    pub show: bool,
}

/// Everything below the checks but the last lines: the first failure, or all of them.
pub fn details(
    report: &Report<'_>,
    read: &[&str],
    hints: Hints,
    all: bool,
    paint: Paint,
) -> Vec<String> {
    let grading = report.grading;
    let mut lines = Vec::new();
    if let Some(words) = &grading.build_failure {
        lines.push(String::new());
        lines.push(format!("{} the program was not built", paint.bad("✗")));
        // The compiler has said it to the person already, and in colour.
        if let Some(why) = words.lines().find(|line| line.starts_with("error: the build")) {
            lines.extend(field(paint, "why", &why["error: ".len()..]));
        }
    }
    let first = first_failed(grading);
    for check in grading.checks.iter().filter(|check| is_failed(check)) {
        let is_first = first.is_some_and(|first| first.id == check.id);
        if is_first || all {
            lines.push(String::new());
            let mark =
                if check.status == Status::Partial { paint.fair("◐") } else { paint.bad("✗") };
            lines.push(format!(
                "{mark} {}  {}",
                paint.strong(&check.id),
                paint.strong(&check.title)
            ));
            lines.push(String::new());
            lines.extend(story(report, check, paint, MOST_WIDTH, all));
        }
        if is_first {
            lines.extend(hint(report, check, hints, paint));
            for (i, place) in read.iter().enumerate() {
                lines.extend(field(paint, if i == 0 { "read" } else { "" }, place));
            }
            let explain = paint.command(&format!("cargo grade explain {}", check.id));
            lines.push(format!("{}{explain}", margin(paint, "explain")));
        }
    }
    lines
}

/// The hints that were asked for, or how to ask.
fn hint(report: &Report<'_>, check: &CheckResult, hints: Hints, paint: Paint) -> Vec<String> {
    let there = check.hints.len();
    let mut lines = Vec::new();
    if there == 0 {
        return lines;
    }
    if hints.show {
        for (i, text) in check.hints.iter().take(hints.known).enumerate() {
            lines.extend(field(paint, &format!("hint {}", i + 1), text));
        }
    }
    let left = there.saturating_sub(hints.known);
    let number = |n: usize| if n == 1 { "1 hint".to_owned() } else { format!("{n} hints") };
    let ask = if report.program.is_empty() {
        paint.command(&format!("cargo grade {} --hint", check.id))
    } else {
        // The command stands above, with a program that may be long.
        format!("grade again with {}", paint.command("--hint"))
    };
    let line = match (left, hints.known) {
        (0, _) if hints.show => "that was the last one".to_owned(),
        (0, known) => format!("you have seen {}: {ask}", number(known)),
        (left, 0) => {
            format!("there {} {}: {ask}", if left == 1 { "is" } else { "are" }, number(left))
        }
        (left, _) => format!("{} more: {ask}", number(left)),
    };
    lines.push(margin(paint, if hints.show { "" } else { "hint" }) + &line);
    lines
}

/// The last lines: points, time, isolation, files, and what comes next.
pub fn summary(report: &Report<'_>, written: &[PathBuf], next: &str, paint: Paint) -> Vec<String> {
    let grading = report.grading;
    let mut lines = vec![String::new()];
    if let Some(fault) = &grading.fault {
        lines.push(paint.bad("There is no verdict, and that is not the program's fault:"));
        lines.extend(field(paint, "fault", fault));
        lines.push(String::new());
    }
    let (earned, points) = (grading.earned(), grading.points());
    let sum = paint.strong(&format!("{earned}/{points}"));
    let bar = paint.bar(earned, points, 40);
    let open = grading.checks.iter().filter(|check| check.status != Status::Passed).count();
    let note = match (grading.passed(), open) {
        (true, 0) => paint.good("all passed"),
        (true, _) => paint.good("passed, as far as it can be judged here"),
        (false, _) => format!("{} of {} passed", grading.checks.len() - open, grading.checks.len()),
    };
    lines.push(format!("  ch{}  {bar}  {sum}  {note}", grading.chapter));
    let took = [("built", grading.build_ms), ("checked", grading.took_ms)];
    let took = took.iter().filter(|(_, ms)| *ms > 0);
    let took: Vec<_> = took.map(|(what, ms)| format!("{what} in {}", time(*ms))).collect();
    if !took.is_empty() {
        lines.push(format!("       {}", paint.dim(&took.join(", "))));
    }
    if !grading.isolation.is_empty() {
        // The details stand in the JSON file.
        let means = grading.isolation.iter().map(|line| line.split(": ").next().unwrap_or(line));
        let mut means: Vec<_> = means.collect();
        means.dedup();
        let isolation = escape::line(&format!("isolation: {}", means.join(", ")));
        lines.push(format!("       {}", paint.dim(&cut(&isolation, MOST_WIDTH - 7))));
    }
    for line in places(written) {
        lines.push(format!("       {}", paint.dim(&line)));
    }
    if !next.is_empty() {
        lines.push(String::new());
        lines.push(format!("  next {next}"));
    }
    lines
}

/// Where the files are, the ones of a folder together.
fn places(written: &[PathBuf]) -> Vec<String> {
    let mut lines = Vec::new();
    for files in written.chunk_by(|a, b| a.parent() == b.parent()) {
        let names: Vec<_> = files
            .iter()
            .filter_map(|file| file.file_name())
            .map(|name| name.to_string_lossy())
            .collect();
        let folder = files[0].parent().unwrap_or(&files[0]);
        let text = format!("written to {}: {}", folder.display(), names.join(", "));
        lines.extend(wrap(&escape::line(&text), WIDTH - 7));
    }
    lines
}
