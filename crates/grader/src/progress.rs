//! What is remembered from one grading to the next: points, and how many hints were asked for.

use crate::failure::Symptom;
use crate::grading::{CheckResult, Grading, Status};
use crate::report::files::replace;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The form of the file.
const VERSION: u32 = 1;
/// Where it lies, from the root of the course.
const FILE: &str = ".grade/progress.json";

/// All that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    /// The chapters that were graded, by number.
    #[serde(default)]
    chapters: BTreeMap<u32, Chapter>,
    /// The checks for which hints were asked, by name.
    #[serde(default)]
    hints: BTreeMap<String, Asked>,
}

/// The results of a chapter. Only gradings of the whole chapter count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// The one with the most points, and of those the first.
    pub best: Score,
    /// The last one.
    pub last: Score,
}

/// The result of one grading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The points that were earned.
    pub earned: u32,
    /// The points that could be earned.
    pub points: u32,
    /// Whether nothing failed. What cannot be judged on a machine does not fail.
    pub passed: bool,
    /// The command line that was graded.
    pub program: String,
    /// When, in seconds since 1970.
    pub when: u64,
    /// The first check that was not passed, such as `ch3.4`.
    pub next: Option<String>,
}

/// The hints for a check that were shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    /// What had been observed. Another failure has other hints, and they begin anew.
    symptom: Symptom,
    /// So many were shown.
    shown: usize,
}

impl Default for Progress {
    fn default() -> Self {
        Self { version: VERSION, chapters: BTreeMap::new(), hints: BTreeMap::new() }
    }
}

impl Progress {
    /// Reads what is remembered. A file that cannot be understood is set aside, and the second value says so.
    pub fn read(root: &Path) -> (Self, Option<String>) {
        let path = root.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return (Self::default(), None),
            Err(error) => {
                let warning = format!("cannot read {FILE}: {error}; points are counted anew");
                return (Self::default(), Some(warning));
            }
        };
        let why = match serde_json::from_slice::<Self>(&text) {
            Ok(progress) if progress.version == VERSION => return (progress, None),
            Ok(progress) => {
                format!("it has version {}, and this is for {VERSION}", progress.version)
            }
            Err(error) => error.to_string(),
        };
        let warning = match set_aside(&path) {
            Ok(aside) => format!("{FILE} cannot be understood ({why}); it is now {}", name(&aside)),
            Err(error) => format!("{FILE} cannot be understood ({why}), nor set aside ({error})"),
        };
        (Self::default(), Some(warning))
    }

    /// Writes it, in one step.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write(&self, root: &Path) -> Result<()> {
        let path = root.join(FILE);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        replace(&path, (serde_json::to_string_pretty(self)? + "\n").as_bytes())
    }

    /// What is known of a chapter.
    pub fn chapter(&self, number: u32) -> Option<&Chapter> {
        self.chapters.get(&number)
    }

    /// Counts a grading of a whole chapter.
    ///
    /// One without a verdict does not count: the grader failed, was interrupted, or had no program to grade.
    pub fn count(&mut self, grading: &Grading) {
        if grading.fault.is_some() || grading.build_failure.is_some() || grading.checks.is_empty() {
            return;
        }
        let last = Score {
            earned: grading.earned(),
            points: grading.points(),
            passed: grading.passed(),
            program: grading.program.clone(),
            when: grading.started,
            next: grading.next().map(|check| check.id.clone()),
        };
        let best = match self.chapters.remove(&grading.chapter) {
            Some(Chapter { best, .. }) if best.rank() >= last.rank() => best,
            _ => last.clone(),
        };
        self.chapters.insert(grading.chapter, Chapter { best, last });
    }

    /// How many hints for a failed check are known, after one more was asked for if `more`.
    pub fn hints(&mut self, check: &CheckResult, more: bool) -> usize {
        let Some(failure) = check.failure() else { return 0 };
        let fresh = Asked { symptom: failure.symptom, shown: 0 };
        let asked = self.hints.entry(check.id.clone()).or_insert_with(|| fresh.clone());
        if asked.symptom != failure.symptom {
            *asked = fresh;
        }
        asked.shown = (asked.shown + usize::from(more)).min(check.hints.len());
        let shown = asked.shown;
        if shown == 0 {
            self.hints.remove(&check.id);
        }
        shown
    }

    /// Forgets the hints of the checks that are passed.
    pub fn forget_hints(&mut self, grading: &Grading) {
        for check in grading.checks.iter().filter(|check| check.status == Status::Passed) {
            self.hints.remove(&check.id);
        }
    }
}

impl Score {
    /// A pass is worth more than any points: on one machine less can be judged than on another.
    fn rank(&self) -> (bool, u32) {
        (self.passed, self.earned)
    }
}

/// Moves the file to the first free of `progress.json.broken-1`, `-2` ….
fn set_aside(path: &Path) -> Result<PathBuf> {
    let free = |n: &u32| !path.with_extension(format!("json.broken-{n}")).exists();
    let number = (1..).find(free).unwrap_or(1);
    let aside = path.with_extension(format!("json.broken-{number}"));
    fs::rename(path, &aside)?;
    Ok(aside)
}

fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default();
    format!(".grade/{}", file.to_string_lossy())
}
