//! The summary of a job on GitHub: a table, and each failure where one can unfold it.

use super::failure::plain_story;
use super::paint::Paint;
use super::{Report, escape, is_failed, why_not};
use crate::grading::{CheckResult, Status};

/// Bytes of a summary. GitHub takes one MiB from a step, and shows nothing of a longer one.
const MOST_BYTES: usize = 512 << 10;

/// The text, in Markdown.
pub fn text(report: &Report<'_>) -> String {
    let grading = report.grading;
    let (earned, points) = (grading.earned(), grading.points());
    let bar = Paint::new(false).bar(earned, points, 20);
    let task = escape::markdown(&grading.task);
    let mut text =
        format!("## ch{}: {task}\n\n**{earned} of {points} points** {bar}\n\n", grading.chapter);
    if let Some(fault) = &grading.fault {
        let fault = escape::markdown(fault);
        text +=
            &format!("> **There is no verdict, and that is not the program's fault:** {fault}\n\n");
    }
    if let Some(words) = &grading.build_failure {
        text +=
            &format!("The program was not built.\n\n{}\n", escape::fenced(&escape::block(words)));
    }
    text += "| | check | points |\n|---|---|--:|\n";
    for check in &grading.checks {
        text += &row(report, check);
    }
    for check in grading.checks.iter().filter(|check| is_failed(check)) {
        let unfolded = unfold(report, check);
        if text.len() + unfolded.len() > MOST_BYTES {
            text += "\nMore failures are left out here, because a summary has a limit.\n";
            break;
        }
        text += &unfolded;
    }
    if let Some(check) = grading.next() {
        text += &format!("\nNext: {} {}\n", check.id, escape::markdown(&check.title));
    }
    text + "\n"
}

fn row(report: &Report<'_>, check: &CheckResult) -> String {
    let mark = match check.status {
        Status::Passed => "✅",
        Status::Partial => "🟡",
        Status::Failed => "❌",
        Status::Blocked | Status::NotRun => "⚪",
        Status::Skipped => "➖",
    };
    let why = why_not(report.grading, check).map_or(String::new(), |why| format!(" ({why})"));
    let title = escape::markdown(&format!("{} {}", check.id, check.title));
    format!("| {mark} | {title}{why} | {}/{} |\n", check.earned, check.points)
}

fn unfold(report: &Report<'_>, check: &CheckResult) -> String {
    let title = escape::html(&format!("{} {}", check.id, check.title));
    let story = escape::fenced(&plain_story(report, check));
    // The empty lines make what is between them Markdown again.
    format!("\n<details><summary>{title}</summary>\n\n{story}\n</details>\n")
}
