//! All that a command needs to know of the world.

use super::Problem;
use super::target::Target;
use crate::build::Built;
use crate::check::Check;
use crate::grading::{CheckResult, Judged, Order};
use crate::progress::Progress;
use crate::report::escape;
use crate::report::paint::Paint;
use course::{Chapter, Course};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Grades what is ordered, and tells each result as soon as it is known. An error is the grader's own.
pub type Grade =
    dyn Fn(&Order, &mut dyn FnMut(&CheckResult)) -> anyhow::Result<Judged> + Send + Sync;

/// The surroundings of a command.
pub struct World<'a> {
    /// The root of the course.
    pub root: &'a Path,
    /// The folder in which the command was typed.
    pub folder: &'a Path,
    /// The chapters.
    pub course: &'a Course,
    /// The checks of a chapter.
    pub checks: fn(u32) -> &'static [Check],
    /// Grades.
    pub grade: Arc<Grade>,
    /// Builds a chapter's exercise.
    pub build: &'a dyn Fn(&Chapter) -> Built,
    /// The variables of the environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Is raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
    /// Where results go.
    pub out: &'a mut dyn Write,
    /// Where errors and warnings go.
    pub err: &'a mut dyn Write,
    /// The colours.
    pub paint: Paint,
    /// Whether `out` is a terminal in which one can move the cursor.
    pub terminal: bool,
}

impl World<'_> {
    /// Prints lines. Who has closed the pipe wants no more, so nothing fails.
    pub(super) fn say<S: AsRef<str>>(&mut self, lines: &[S]) {
        for line in lines {
            let _ = writeln!(self.out, "{}", line.as_ref().trim_end());
        }
        let _ = self.out.flush();
    }

    /// Prints an error line.
    pub(super) fn complain(&mut self, why: &str) {
        let _ = writeln!(self.err, "error: {}", escape::line(why));
    }

    /// Prints a warning line.
    pub(super) fn warn(&mut self, why: &str) {
        let _ = writeln!(self.err, "warning: {}", escape::line(why));
    }

    /// What is remembered. A warning says if that was lost.
    pub(super) fn progress(&mut self) -> Progress {
        let (progress, warning) = Progress::read(self.root);
        if let Some(warning) = warning {
            self.warn(&warning);
        }
        progress
    }

    /// The chapters that have an exercise, with its task.
    pub(super) fn exercises(&self) -> impl Iterator<Item = (&Chapter, &str)> {
        self.course
            .chapters
            .iter()
            .filter_map(|chapter| Some((chapter, &*chapter.exercise.as_ref()?.task)))
    }

    /// The chapter that is meant, which must have an exercise.
    pub(super) fn chapter(&self, number: u32) -> Result<(&Chapter, &str), Problem> {
        let found = self.exercises().find(|(chapter, _)| chapter.number == number);
        found.ok_or_else(|| {
            let there: Vec<_> =
                self.exercises().map(|(chapter, _)| format!("ch{}", chapter.number)).collect();
            Problem::Usage(format!(
                "ch{number} has no exercise: there is one in {}",
                listed(&there)
            ))
        })
    }

    /// The checks that are meant, which must be there.
    pub(super) fn chosen(&self, target: &Target) -> Result<Vec<&'static Check>, Problem> {
        let all = (self.checks)(target.chapter);
        if target.checks.is_empty() {
            return Ok(all.iter().collect());
        }
        let find = |number: &u32| {
            all.iter().find(|check| check.number == *number).ok_or_else(|| {
                let there: Vec<_> = all.iter().map(|check| check.id().to_string()).collect();
                let chapter = target.chapter;
                Problem::Usage(format!(
                    "there is no ch{chapter}.{number}: there are {}",
                    listed(&there)
                ))
            })
        };
        target.checks.iter().map(find).collect()
    }

    /// A path from the folder in which the command was typed, if both are in the course.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let (Ok(below), Ok(folder)) =
            (path.strip_prefix(self.root), self.folder.strip_prefix(self.root))
        else {
            return path.strip_prefix(self.folder).unwrap_or(path).to_owned();
        };
        let mut there = below.components().peekable();
        let mut here = folder.components().peekable();
        while there.peek().is_some() && there.peek() == here.peek() {
            there.next();
            here.next();
        }
        here.map(|_| Component::ParentDir).chain(there).collect()
    }
}

/// `ch1, ch2 and ch3`, or where they begin and end if they are many.
fn listed(words: &[String]) -> String {
    match words {
        [] => "none".into(),
        [one] => one.clone(),
        [first, .., last] if words.len() > 6 => format!("{first} to {last}"),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
