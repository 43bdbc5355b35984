//! `--watch`: grades again on every save.

use super::flags::Ask;
use super::world::World;
use super::{Problem, grade};
use crate::check::Check;
use anyhow::Context as _;
use notify::{Event, EventKind, RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long it must be quiet after a save: editors write a file in several steps, and a project in several files.
const QUIET: Duration = Duration::from_millis(150);
/// How often we look whether somebody wants us to stop.
const LOOK: Duration = Duration::from_millis(50);
/// The exit code of a program that Ctrl-C ended, for the case that nothing was graded yet.
const INTERRUPTED: u8 = 130;

/// Grades, waits for a change, and grades again, until Ctrl-C. The exit code is that of the last grading.
pub(super) fn watch(
    world: &mut World<'_>,
    ask: &Ask,
    checks: &[&'static Check],
) -> Result<u8, Problem> {
    let watched = watched(world, ask)?;
    let (tell, told) = mpsc::channel();
    let relevant = watched.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_change(&event, &relevant)) {
            let _ = tell.send(());
        }
    })
    .context("cannot watch for changes (grade without --watch)")?;
    for path in &watched {
        // Many editors put a new file into the place of the old one, so it is the folder that is watched.
        let (place, mode) = match path.is_dir() {
            true => (&**path, RecursiveMode::Recursive),
            false => (path.parent().unwrap_or(path), RecursiveMode::NonRecursive),
        };
        watcher
            .watch(place, mode)
            .with_context(|| format!("cannot watch {} (grade without --watch)", place.display()))?;
    }
    let mut last = INTERRUPTED;
    loop {
        if world.terminal {
            let _ = write!(world.out, "\x1b[2J\x1b[H");
        }
        let code = grade::once(world, ask, checks)?;
        if world.stop.load(Ordering::Relaxed) {
            return Ok(last);
        }
        last = code;
        let names: Vec<_> =
            watched.iter().map(|path| world.shown(path).display().to_string()).collect();
        let line = format!("  watching {}; Ctrl-C ends it", names.join(", "));
        world.say(&[String::new(), world.paint.dim(&line)]);
        if !changed(world, &told) {
            return Ok(last);
        }
    }
}

/// What a save of it means that the program has changed.
fn watched(world: &World<'_>, ask: &Ask) -> Result<Vec<PathBuf>, Problem> {
    let exercise = world.root.join(world.chapter(ask.target.chapter)?.0.path()).join("exercise");
    let paths: Vec<_> = if ask.program.is_empty() {
        vec![exercise.join("src"), exercise.join("Cargo.toml")]
    } else {
        let files = ask.program.iter().map(|word| world.folder.join(word));
        files.filter(|path| path.is_file()).collect()
    };
    if paths.is_empty() {
        let why = "there is nothing to watch: no word of the program's command line is a file here";
        return Err(Problem::Usage(why.into()));
    }
    // The system tells real paths.
    Ok(paths.into_iter().map(|path| path.canonicalize().unwrap_or(path)).collect())
}

/// Whether one of the watched files changed. A program that is read, or run, has not changed.
fn is_change(event: &Event, watched: &[PathBuf]) -> bool {
    let is_watched = |path: &PathBuf| watched.iter().any(|one| path.starts_with(one));
    !matches!(event.kind, EventKind::Access(_))
        && event.paths.iter().any(|path| is_watched(path) && !is_scratch(path))
}

/// The files that editors keep beside the one that is edited.
fn is_scratch(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.starts_with('#') || name.ends_with('~') || name == "4913"
}

/// Waits for a change, and for the quiet after it; `false` if it is time to stop.
fn changed(world: &World<'_>, told: &Receiver<()>) -> bool {
    loop {
        match told.recv_timeout(LOOK) {
            Ok(()) => break,
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) if world.stop.load(Ordering::Relaxed) => return false,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    while told.recv_timeout(QUIET).is_ok() {}
    true
}
