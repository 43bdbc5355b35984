//! `cargo grade explain ch3.4`: what is checked and why.

use super::Problem;
use super::target::Target;
use super::world::World;
use crate::check::{Check, Id};
use crate::report::paint::{Paint, WIDTH, pad, paragraphs, wrap};

/// Explains a check, or all of a chapter.
pub(super) fn explain(world: &mut World<'_>, target: &Target) -> Result<u8, Problem> {
    let (chapter, task) = world.chapter(target.chapter)?;
    let checks = world.chosen(target)?;
    let paint = world.paint;
    let mut lines = Vec::new();
    if target.checks.is_empty() {
        let points: u32 = checks.iter().map(|check| check.points()).sum();
        let readme = chapter.path().join("exercise/README.md");
        lines.push(format!("{}  {task}", paint.strong(&format!("ch{}", chapter.number))));
        let count =
            format!("{} checks, {points} points; the task: {}", checks.len(), readme.display());
        lines.push(format!("     {}", paint.dim(&count)));
        lines.push(String::new());
    }
    for check in checks {
        lines.extend(one(check, paint));
    }
    lines.pop();
    world.say(&lines);
    Ok(0)
}

fn one(check: &Check, paint: Paint) -> Vec<String> {
    let title = format!("{}  {}", pad(&check.id().to_string(), 6), check.title);
    let mut lines =
        vec![format!("{}  {}", paint.strong(&pad(&title, WIDTH - 12)), count(check.points()))];
    lines.push(String::new());
    lines.extend(paragraphs(check.about, WIDTH - 4).iter().map(|line| format!("  {line}")));
    lines.push(String::new());
    for (i, part) in check.parts.iter().enumerate().filter(|_| check.parts.len() > 1) {
        let word = if i == 0 { "parts" } else { "" };
        let points = paint.dim(&format!("({})", part.points));
        lines.push(format!("  {} {} {points}", paint.strong(&pad(word, 6)), part.title));
    }
    let needs =
        check.needs.iter().map(|number| Id { chapter: check.chapter, number: *number }.to_string());
    let needs: Vec<_> = needs.collect();
    if !needs.is_empty() {
        lines.push(format!(
            "  {} {}, or it is not run",
            paint.strong(&pad("needs", 6)),
            needs.join(", ")
        ));
    }
    for (i, place) in check.read.iter().enumerate() {
        for (j, line) in wrap(place, WIDTH - 9).iter().enumerate() {
            let word = if i + j == 0 { "read" } else { "" };
            lines.push(format!("  {} {line}", paint.strong(&pad(word, 6))));
        }
    }
    let command = paint.command(&format!("cargo grade {}", check.id()));
    lines.push(format!("  {} {command}", paint.strong(&pad("grade", 6))));
    lines.push(String::new());
    lines
}

fn count(points: u32) -> String {
    if points == 1 { "1 point".into() } else { format!("{points} points") }
}
