//! `cargo grade ch3`: builds, grades, shows, writes and remembers.

use super::flags::Ask;
use super::run::{INTERRUPTED, millis, run};
use super::world::World;
use super::{Problem, watch};
use crate::build::Built;
use crate::check::Check;
use crate::grading::{CheckResult, Grading, Order};
use crate::report::files::{Files, UNFINISHED};
use crate::report::{Report, escape, first_failed, person};
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Grades once, or again and again.
pub(super) fn grade(world: &mut World<'_>, ask: &Ask) -> Result<u8, Problem> {
    world.chapter(ask.target.chapter)?;
    let checks = world.chosen(&ask.target)?;
    if ask.watch { watch::watch(world, ask, &checks) } else { once(world, ask, &checks) }
}

/// Grades once.
pub(super) fn once(
    world: &mut World<'_>,
    ask: &Ask,
    checks: &[&'static Check],
) -> Result<u8, Problem> {
    let mut grading = unfinished(world, ask, checks)?;
    let folder = match &ask.output {
        Some(folder) => world.folder.join(folder),
        None => world.root.join("target/grade/results"),
    };
    let mut files = Files::begin(&ask.formats, &folder, world.env)?;
    files.write(&Report { grading: &grading, program: &ask.program })?;
    world.say(&person::heading(&grading, world.paint));
    if let Some(command) = built(world, ask, &mut grading)? {
        let order = Order {
            chapter: grading.chapter,
            only: ask.target.checks.clone(),
            command,
            seed: grading.seed,
            jobs: ask.jobs,
        };
        run(world, &order, &mut grading);
    }
    let report = Report { grading: &grading, program: &ask.program };
    // First the files: whoever closes the terminal too early has them.
    let written = files.write(&report);
    let paths: &[PathBuf] = written.as_ref().map_or(&[], |paths| paths);
    let shown: Vec<_> = paths.iter().map(|path| world.shown(path)).collect();
    conclude(world, ask, checks, &report, &shown);
    written?;
    Ok(grading.exit_code())
}

/// The result as long as nothing is known: it stands in the files until the end, in case that there is none.
fn unfinished(world: &World<'_>, ask: &Ask, checks: &[&'static Check]) -> Result<Grading, Problem> {
    let (chapter, task) = world.chapter(ask.target.chapter)?;
    let program = if ask.program.is_empty() {
        format!("cargo run --package ch{}-exercise", chapter.number)
    } else {
        ask.program.iter().map(|word| escape::word(word)).collect::<Vec<_>>().join(" ")
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Grading {
        chapter: chapter.number,
        folder: chapter.folder.clone(),
        task: task.to_owned(),
        program,
        // Short enough to be typed.
        seed: ask.seed.unwrap_or_else(|| fastrand::u64(1..10_000)),
        isolation: Vec::new(),
        started: since.as_secs(),
        build_ms: 0,
        took_ms: 0,
        build_failure: None,
        fault: Some(UNFINISHED.into()),
        checks: checks.iter().map(|check| CheckResult::not_run(check)).collect(),
    })
}

/// The command line that is to be graded. If there is none, the result says why.
fn built(
    world: &mut World<'_>,
    ask: &Ask,
    grading: &mut Grading,
) -> Result<Option<Vec<String>>, Problem> {
    if !ask.program.is_empty() {
        return Ok(Some(ask.program.clone()));
    }
    let begin = Instant::now();
    let built = (world.build)(world.chapter(grading.chapter)?.0);
    grading.build_ms = millis(begin);
    match built {
        Built::Program(command) => return Ok(Some(command)),
        Built::Failed(words) => {
            grading.fault = None;
            grading.build_failure = Some(words);
        }
        Built::Stopped => grading.fault = Some(INTERRUPTED.into()),
        Built::Fault(why) => grading.fault = Some(why),
    }
    Ok(None)
}

/// Remembers what counts, and shows everything below the checks.
fn conclude(
    world: &mut World<'_>,
    ask: &Ask,
    checks: &[&'static Check],
    report: &Report<'_>,
    written: &[PathBuf],
) {
    let grading = report.grading;
    let mut progress = world.progress();
    let before = progress.clone();
    let failed = first_failed(grading);
    progress.forget_hints(grading);
    let hints = person::Hints {
        known: failed.map_or(0, |check| progress.hints(check, ask.hint)),
        show: ask.hint,
    };
    if ask.target.checks.is_empty() {
        progress.count(grading);
    }
    if progress != before
        && let Err(error) = progress.write(world.root)
    {
        world.warn(&format!("this result is not remembered: {error:#}"));
    }
    let read = failed.and_then(|failed| {
        let check = checks.iter().find(|check| check.id().to_string() == failed.id)?;
        Some(check.read)
    });
    let paint = world.paint;
    world.say(&person::details(report, read.unwrap_or_default(), hints, ask.all, paint));
    let next = next(world, ask, grading);
    world.say(&person::summary(report, written, &next, paint));
}

/// The next step, in one line.
fn next(world: &World<'_>, ask: &Ask, grading: &Grading) -> String {
    let (chapter, paint) = (grading.chapter, world.paint);
    let command = |text: String| paint.command(&text);
    if grading.fault.is_some() {
        return String::new();
    }
    if grading.build_failure.is_some() {
        return format!(
            "repair what the compiler says, then: {}",
            command(format!("cargo grade ch{chapter}"))
        );
    }
    if let Some(check) = grading.next() {
        return format!("{}  {}", check.id, check.title);
    }
    if !ask.target.checks.is_empty() {
        return format!("all of it: {}", command(format!("cargo grade ch{chapter}")));
    }
    let compare = command(format!("cargo grade solution ch{chapter}"));
    match world.exercises().find(|(other, _)| other.number > chapter) {
        Some((other, task)) => {
            let folder = other.path().join("exercise");
            format!(
                "ch{}, {task}: {} (or compare first: {compare})",
                other.number,
                folder.display()
            )
        }
        None => format!("compare with the reference: {compare}"),
    }
}
