//! What the exercises say about their checks is what the checks are.

use course::{Chapter, Course};
use grader::check::Check;
use grader::checks;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a chapter's checks are worth together.
const POINTS: u32 = 100;
/// A longer title does not fit into its line of a result.
const TITLE: usize = 58;
/// Between these two lines of an exercise's README stands the table of its checks.
const MARKS: [&str; 2] = ["<!-- checks -->\n", "<!-- /checks -->\n"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every chapter that has an exercise, with its checks.
fn exercises() -> Vec<(Chapter, &'static [Check])> {
    let chapters = Course::read().chapters.into_iter().filter(|chapter| chapter.exercise.is_some());
    chapters
        .map(|chapter| {
            let checks = checks::of(chapter.number);
            (chapter, checks)
        })
        .collect()
}

fn every_check() -> impl Iterator<Item = &'static Check> {
    checks::chapters().flat_map(checks::of)
}

/// The table of a README, line by line.
fn table(checks: &[Check]) -> String {
    let rows = checks
        .iter()
        .map(|check| format!("| {} | {} | {} |\n", check.id(), check.points(), check.title));
    "| check | points | what |\n|---|---|---|\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn each_exercise_lists_its_checks() {
    let mut wrong = String::new();
    for (chapter, checks) in exercises() {
        let path = chapter.exercise_path().join("README.md");
        let text = read(&path);
        let shown = text.split_once(MARKS[0]).and_then(|(_, rest)| rest.split_once(MARKS[1]));
        let shown = shown.unwrap_or_else(|| panic!("{} lacks {MARKS:?}", path.display())).0;
        let right = format!("\n{}\n", table(checks));
        if shown != right {
            wrong += &format!("\n{}: copy this between the two marks:\n{right}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_check_that_an_exercise_names_exists() {
    for (chapter, checks) in exercises() {
        let path = chapter.exercise_path().join("README.md");
        let text = read(&path);
        for (at, prefix) in text.match_indices(&format!("ch{}.", chapter.number)) {
            let rest = &text[at + prefix.len()..];
            let number = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let known = checks.iter().any(|check| check.number.to_string() == number);
            assert!(known, "{} names {prefix}{number}, and there is no such check", path.display());
        }
    }
}

#[test]
fn an_exercise_has_checks_and_checks_have_an_exercise() {
    let exercises: Vec<u32> = exercises().iter().map(|(chapter, _)| chapter.number).collect();
    assert_eq!(exercises, checks::chapters().collect::<Vec<_>>());
}

#[test]
fn the_checks_of_a_chapter_are_worth_a_hundred_points() {
    for chapter in checks::chapters() {
        let points: u32 = checks::of(chapter).iter().map(Check::points).sum();
        assert_eq!(points, POINTS, "ch{chapter}");
    }
    for check in every_check() {
        assert!(!check.parts.is_empty(), "{} has no parts", check.id());
        for part in check.parts {
            assert!(part.points > 0, "{}: {} is worth nothing", check.id(), part.title);
        }
    }
}

#[test]
fn checks_are_numbered_and_build_on_earlier_ones() {
    for chapter in checks::chapters() {
        for (number, check) in (1..).zip(checks::of(chapter)) {
            assert_eq!((check.chapter, check.number), (chapter, number), "{}", check.name);
            let backwards = check.needs.iter().all(|&needed| (1..number).contains(&needed));
            assert!(backwards, "{} needs {:?}: name checks before it", check.id(), check.needs);
        }
    }
}

#[test]
fn names_and_titles_tell_checks_and_parts_apart() {
    for chapter in checks::chapters() {
        let (mut names, mut titles) = (HashSet::new(), HashSet::new());
        for check in checks::of(chapter) {
            let id = check.id();
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(
                !check.name.is_empty() && check.name.chars().all(plain),
                "{id}: {}",
                check.name
            );
            assert!(names.insert(check.name), "{id}: {} is the name of another check", check.name);
            assert!(
                titles.insert(check.title),
                "{id}: {} is the title of another check",
                check.title
            );
            let parts: HashSet<_> = check.parts.iter().map(|part| part.title).collect();
            assert_eq!(parts.len(), check.parts.len(), "{id}: two parts have the same title");
        }
    }
}

#[test]
fn titles_fit_into_their_lines() {
    for check in every_check() {
        let length = check.title.chars().count();
        assert!(
            length <= TITLE,
            "{}: the title has {length} characters, and {TITLE} fit",
            check.id()
        );
        // In a Markdown table a bar would begin the next cell.
        assert!(!check.title.contains(['|', '\n']), "{}: {}", check.id(), check.title);
    }
}

#[test]
fn every_check_explains_itself_in_sentences() {
    for check in every_check() {
        assert!(!check.about.trim().is_empty(), "{} explains nothing", check.id());
        for paragraph in check.about.split("\n\n") {
            // What is indented is an example.
            let ends = paragraph.trim_end().ends_with('.') || paragraph.starts_with("    ");
            assert!(
                ends,
                "{}: this paragraph has no full stop at its end: {paragraph}",
                check.id()
            );
        }
    }
}

#[test]
fn what_a_check_tells_to_read_exists() {
    for check in every_check() {
        assert!(!check.read.is_empty(), "{} says nowhere to read on", check.id());
        for place in check.read {
            let path = place.split([',', '#']).next().unwrap_or_default();
            let ours = !path.contains(' ') && path.contains('/');
            assert!(!ours || root().join(path).exists(), "{}: there is no {path}", check.id());
        }
    }
}

#[test]
fn a_skeleton_says_that_it_is_not_written_yet() {
    for (chapter, _) in exercises() {
        let path = chapter.exercise_path().join("skeleton.rs");
        assert!(read(&path).contains("not written yet"), "{}", path.display());
    }
}
