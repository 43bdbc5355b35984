//! `cargo grade`: the course, and what is next.

use super::Problem;
use super::world::World;
use crate::progress::{Progress, Score};
use crate::report::escape;
use crate::report::paint::{Paint, WIDTH, cut, pad, wrap};
use course::Chapter;

/// Columns of a task.
const TASK: usize = 48;
/// Columns of a bar.
const BAR: u32 = 13;

/// Shows the course.
pub(super) fn overview(world: &mut World<'_>) -> Result<u8, Problem> {
    let progress = world.progress();
    let paint = world.paint;
    let mut lines = vec![paint.strong("The exercises of the course"), String::new()];
    let (mut earned, mut points) = (0, 0);
    let mut open = None;
    for (chapter, task) in world.exercises() {
        let all: u32 = (world.checks)(chapter.number).iter().map(|check| check.points()).sum();
        let known = progress.chapter(chapter.number);
        let last = known.map(|known| &known.last);
        lines.extend(row(chapter, task, last, all, paint));
        if let Some(last) = last {
            lines.extend(notes(world, &progress, chapter, last));
        }
        earned += last.map_or(0, |last| last.earned);
        points += last.map_or(all, |last| last.points);
        if open.is_none() && !last.is_some_and(|last| last.passed) {
            open = Some(chapter);
        }
    }
    lines.push(String::new());
    let sum = paint.strong(&format!("{earned:>3}/{points}"));
    lines.push(format!("  {}  {sum}", pad("all", 3 + 2 + TASK)));
    lines.push(String::new());
    match open {
        None => {
            lines.push("  All of it is done. Grade any program: cargo grade ch3 -- PROGRAM".into());
        }
        Some(chapter) => {
            let command = paint.command(&format!("cargo grade ch{}", chapter.number));
            let readme = chapter.path().join("exercise/README.md");
            lines.push(format!("  next  {}", readme.display()));
            lines.push(format!("        {command}"));
        }
    }
    world.say(&lines);
    Ok(0)
}

fn row(
    chapter: &Chapter,
    task: &str,
    last: Option<&Score>,
    points: u32,
    paint: Paint,
) -> Vec<String> {
    let tasks = wrap(task, TASK);
    let shown = match last {
        Some(last) => {
            let sum = format!("{:>3}/{}", last.earned, last.points);
            format!("{}  {}", pad(&sum, 8), paint.bar(last.earned, last.points, BAR))
        }
        None => paint.dim(&format!("{:>3}/{points}   not graded yet", "–")),
    };
    let mut lines = Vec::new();
    for (i, task) in tasks.iter().enumerate() {
        if i == 0 {
            let name = paint.strong(&pad(&format!("ch{}", chapter.number), 3));
            lines.push(format!("  {name}  {}  {shown}", pad(task, TASK)));
        } else {
            lines.push(format!("       {task}"));
        }
    }
    lines
}

/// What else is worth knowing: what failed first, whose program it was, and what it was worth before.
fn notes(world: &World<'_>, progress: &Progress, chapter: &Chapter, last: &Score) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(id) = &last.next {
        let check =
            (world.checks)(chapter.number).iter().find(|check| check.id().to_string() == *id);
        notes.push(format!("next: {id} {}", check.map_or("", |check| check.title)));
    }
    if !last.program.starts_with("cargo run ") {
        notes.push(format!("graded: {}", last.program));
    }
    if let Some(best) = progress.chapter(chapter.number).map(|known| &known.best)
        && best.earned > last.earned
    {
        notes.push(format!("best: {}/{}", best.earned, best.points));
    }
    let line = |note: &String| cut(&escape::line(note), WIDTH - 7);
    notes.iter().map(|note| format!("       {}", world.paint.dim(&line(note)))).collect()
}
