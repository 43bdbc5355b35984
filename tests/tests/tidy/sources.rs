//! Rules for source files, and for all files.

use course::Course;
use tests::code::without_tests;
use tests::files::{self, File, Finding, hold};

/// More lines than this are more than one idea.
const MOST_LINES: usize = 300;
/// Marks of unfinished work, written here so that this file does not hold them itself. `TODO` is no such mark: it
/// shows a student where to write.
const UNFINISHED: [&str; 4] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
/// How a path begins that exists on one machine only.
const MACHINES: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
    concat!("C:", "\\"),
];

#[test]
fn source_files_are_short() {
    let too_long = files::sources().into_iter().filter_map(|file| {
        let lines = without_tests(&file.text).count();
        (lines > MOST_LINES)
            .then(|| Finding::new(file.path, 0, format!("has {lines} lines without its tests")))
    });
    hold(
        "a source file has at most 300 lines, its test module apart",
        "split it: one idea for each file",
        &too_long.collect::<Vec<_>>(),
    );
}

/// Every line that holds one of these words.
fn holding(files: &[File], words: &[&str]) -> Vec<Finding> {
    let in_file = |file: &File| -> Vec<Finding> {
        let lines = (1..).zip(file.text.lines());
        let found = lines.flat_map(|(line, text)| {
            words
                .iter()
                .filter(move |word| holds(text, word))
                .map(move |word| (line, format!("holds {word}")))
        });
        found.map(|(line, what)| Finding::new(&file.path, line, what)).collect()
    };
    files.iter().flat_map(in_file).collect()
}

/// Says whether the word begins somewhere in the text: `/etc/` does not begin in `docs/etc/`.
fn holds(text: &str, word: &str) -> bool {
    let begins =
        |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || "._-".contains(c));
    text.match_indices(word).any(|(at, _)| begins(&text[..at]))
}

#[test]
fn nothing_is_marked_as_unfinished() {
    let files =
        files::all(|path| [".rs", ".md", ".toml", ".yml"].iter().any(|end| path.ends_with(end)));
    hold(
        "no mark of unfinished work stays",
        "finish it, or write an issue",
        &holding(&files, &UNFINISHED),
    );
}

#[test]
fn no_path_of_one_machine_stands_in_a_file() {
    let files = files::all(|_| true);
    hold(
        "no file names a path that only one machine has",
        "name it from the root of the course, or take it from the environment",
        &holding(&files, &MACHINES),
    );
}

#[test]
fn an_unfinished_mark_and_a_path_are_found() {
    let found =
        |text: String, words: &[&str]| holding(&[File { path: "x.rs".into(), text }], words);
    for word in UNFINISHED.iter().chain(&MACHINES) {
        assert_eq!(found(format!("fn a() {{\n    \"{word}\"\n}}"), &[word])[0].line, 2, "{word}");
    }
    assert_eq!(found("let x = TODO;".into(), &UNFINISHED), []);
    assert_eq!(found(format!("see https://example.org{}x", MACHINES[0]), &MACHINES), []);
}

#[test]
fn every_chapter_has_its_parts() {
    let mut findings = Vec::new();
    for chapter in Course::read().chapters {
        // What serves must pass the suite.
        let suite = (!chapter.models.is_empty()).then_some("tests/suite.rs");
        let parts = ["Cargo.toml", "README.md", "src/lib.rs", "src/main.rs"];
        for part in parts.into_iter().chain(suite) {
            let path = chapter.path().join(part);
            if !files::exists(&path) {
                findings.push(Finding::new(path.display().to_string(), 0, "is missing"));
            }
        }
        if !chapter.folder.starts_with(&format!("ch{}-", chapter.number)) {
            findings.push(Finding::new(
                "course.toml",
                0,
                format!("{} is not ch{}-…", chapter.folder, chapter.number),
            ));
        }
    }
    for manifest in
        files::all(|path| path.starts_with("chapters/") && path.matches('/').count() == 2)
    {
        let folder = manifest.path.split('/').nth(1).unwrap_or_default();
        if manifest.path.ends_with("/Cargo.toml")
            && !Course::read().chapters.iter().any(|c| c.folder == folder)
        {
            findings.push(Finding::new("course.toml", 0, format!("{folder} is missing")));
        }
    }
    hold(
        "course.toml lists every chapter, and each has a lesson, a library, a program and the suite",
        "look at another chapter, and at CONTRIBUTING.md",
        &findings,
    );
}
