//! Rules for the exercises: the parts that the grader and a student look for.

use course::{Chapter, Course};
use tests::files::{self, File, Finding, hold};
use tests::manifest::members;
use tests::markdown::Document;

/// A task is read before the work begins, so it is short; but it holds a whole protocol.
const WORDS: std::ops::RangeInclusive<usize> = 400..=900;
/// As for every source file. A reference is one file, because a student reads it beside the one that they wrote.
const MOST_LINES: usize = 300;
/// Between these lines of its README, the checks of an exercise are listed.
const CHECKS: [&str; 3] = ["## What is graded", "<!-- checks -->", "<!-- /checks -->"];

/// The chapters that have an exercise, each with the exercise's folder.
fn exercises() -> Vec<(Chapter, String)> {
    let chapters = Course::read().chapters.into_iter();
    let with_exercise = chapters.filter(|chapter| chapter.exercise.is_some());
    with_exercise
        .map(|chapter| {
            let folder = chapter.exercise_path().display().to_string();
            (chapter, folder)
        })
        .collect()
}

#[test]
fn every_exercise_has_its_parts() {
    let mut findings = Vec::new();
    let members = members();
    for (chapter, folder) in exercises() {
        for part in ["Cargo.toml", "README.md", "src/main.rs", "skeleton.rs", "solution.rs"] {
            let path = format!("{folder}/{part}");
            if !files::exists(&path) {
                findings.push(Finding::new(path, 0, "is missing"));
            }
        }
        let package = chapter.exercise_package();
        if !members.iter().any(|member| member.folder == folder && member.name() == package) {
            findings.push(Finding::new(folder, 0, format!("the package {package} is no member")));
        }
    }
    hold(
        "an exercise is a package chN-exercise, with its task, a skeleton, a copy of it to write in, and a reference",
        "look at another chapter's exercise",
        &findings,
    );
}

#[test]
fn course_toml_lists_every_exercise() {
    let listed: Vec<_> = exercises().into_iter().map(|(_, folder)| folder).collect();
    let folders = members().into_iter().map(|member| member.folder);
    let unlisted = folders
        .filter(|folder| folder.starts_with("chapters/") && folder.ends_with("/exercise"))
        .filter(|folder| !listed.contains(folder));
    let findings: Vec<_> = unlisted
        .map(|folder| Finding::new("course.toml", 0, format!("{folder} is missing")))
        .collect();
    hold("course.toml lists every exercise", "give the chapter a [chapter.exercise]", &findings);
}

#[test]
fn a_skeleton_says_where_to_begin() {
    let mut findings = Vec::new();
    for (_, folder) in exercises() {
        let skeleton = files::read(format!("{folder}/skeleton.rs"));
        if !skeleton.text.contains("// TODO step 1") {
            findings.push(Finding::new(skeleton.path, 0, "has no mark of step 1"));
        }
    }
    hold(
        "a skeleton marks the places of the steps",
        "write `// TODO step 1: …` where the student begins, and so on",
        &findings,
    );
}

#[test]
fn the_files_of_an_exercise_are_short() {
    let mut findings = Vec::new();
    for (_, folder) in exercises() {
        for part in ["skeleton.rs", "solution.rs"] {
            let file = files::read(format!("{folder}/{part}"));
            let lines = file.text.lines().count();
            if lines > MOST_LINES {
                findings.push(Finding::new(file.path, 0, format!("has {lines} lines")));
            }
        }
    }
    hold(
        "a skeleton and a reference have at most 300 lines each",
        "find the simpler program",
        &findings,
    );
}

#[test]
fn the_task_of_an_exercise_is_short_and_lists_its_checks() {
    let mut findings = Vec::new();
    for (_, folder) in exercises() {
        let file = files::read(format!("{folder}/README.md"));
        let task = file.text.split(CHECKS[0]).next().unwrap_or_default();
        let words = Document::parse(&File { text: task.into(), ..file.clone() }).words();
        if !WORDS.contains(&words) {
            let what = format!("has {words} words outside its code blocks");
            findings.push(Finding::new(&file.path, 0, what));
        }
        let marks: Vec<_> = file.text.lines().filter(|line| CHECKS.contains(line)).collect();
        if marks != CHECKS {
            findings.push(Finding::new(&file.path, 0, format!("it has {marks:?} of {CHECKS:?}")));
        }
    }
    hold(
        "the README of an exercise has 400 to 900 words, the checks apart, and a place for these",
        "say more, or say less, and keep the three lines",
        &findings,
    );
}
