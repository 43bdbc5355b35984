//! Rules for the prose: links, listings, the table of chapters, the length of a lesson.

use course::Course;
use std::path::{Component, Path, PathBuf};
use tests::files::{self, File, Finding, hold};
use tests::listing;
use tests::markdown::Document;

/// A lesson shorter than this leaves questions open, and one longer is not read to its end.
const WORDS: std::ops::RangeInclusive<usize> = 1_500..=3_000;

fn documents() -> Vec<Document> {
    files::markdown().iter().map(Document::parse).collect()
}

/// The path that `target` means in the document, from the root of the course; `None` if it leads out of it.
fn resolve(document: &str, target: &str) -> Option<PathBuf> {
    let mut path = Path::new(document).parent()?.to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => path.pop().then_some(())?,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Says what is wrong with a link, if anything is.
fn broken(document: &Document, target: &str) -> Option<String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() {
        Some(document.path.clone().into())
    } else {
        resolve(&document.path, path)
    };
    let Some(path) = path else { return Some(format!("leads out of the course, to {target}")) };
    if !files::exists(&path) {
        return Some(format!("leads to {}, which does not exist", path.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    if let Some(line) = anchor.strip_prefix('L').and_then(|line| line.parse::<usize>().ok()) {
        let lines = files::read(&path).text.lines().count();
        return (line > lines)
            .then(|| format!("leads to line {line} of {}, which has {lines}", path.display()));
    }
    let anchors = Document::parse(&files::read(&path)).anchors();
    let missing = !anchors.iter().any(|other| other == anchor);
    missing.then(|| format!("leads to #{anchor}, which is no heading of {}", path.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut findings = Vec::new();
    for document in documents() {
        for (line, target) in document.links() {
            findings.extend(
                broken(&document, &target).map(|what| Finding::new(&document.path, line, what)),
            );
        }
    }
    hold(
        "every relative link leads to a file, and its anchor to a heading",
        "mend the link",
        &findings,
    );
}

#[test]
fn the_readme_shows_the_table_of_course_toml() {
    let readme = files::read("README.md");
    let table = Course::read().table().join("\n");
    let right = readme.text.contains(&format!("{table}\n"));
    let rows = readme.text.lines().filter(|line| line.starts_with("| [ch")).count();
    let what = format!("the table should be\n{table}\n");
    let same = right && rows == Course::read().chapters.len();
    let findings = if same { vec![] } else { vec![Finding::new("README.md", 0, what)] };
    hold("the README's table of chapters is course.toml's", "copy the table from here", &findings);
}

#[test]
fn a_lesson_is_neither_short_nor_long() {
    let mut findings = Vec::new();
    for chapter in Course::read().chapters {
        let lesson = Document::parse(&files::read(chapter.path().join("README.md")));
        let words = lesson.words();
        if !WORDS.contains(&words) {
            findings.push(Finding::new(
                lesson.path,
                0,
                format!("has {words} words outside its code blocks"),
            ));
        }
    }
    hold(
        "a lesson has 1,500 to 3,000 words, code blocks apart",
        "say more, or say less",
        &findings,
    );
}

#[test]
fn every_listing_is_real_code() {
    let mut findings = Vec::new();
    for document in documents() {
        let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
        let library = folder.join("src/lib.rs");
        let compiled = files::exists(&library)
            && files::read(&library).text.contains("include_str!(\"../README.md\")");
        for block in &document.blocks {
            let at = |line: usize, what: String| Finding::new(&document.path, line, what);
            if let Some(source) = listing::source(block.comment.as_deref()) {
                let Some(path) = resolve(&document.path, source).filter(|path| files::exists(path))
                else {
                    findings.push(at(block.line - 1, format!("there is no file {source}")));
                    continue;
                };
                if let Err(same) = listing::find(&block.lines, &files::read(path).text) {
                    let line = block.lines.get(same).map_or("", |line| line.trim());
                    findings.push(at(
                        block.line + 1 + same,
                        format!("from here on this is not in {source}: {line}"),
                    ));
                }
            } else if block.language() == "rust" && (!compiled || block.info.contains("ignore")) {
                let what = "this Rust code is not compiled, and does not say which file it is from";
                findings.push(at(block.line, what.into()));
            }
        }
    }
    hold(
        "every Rust listing is compiled: as a doctest of a lesson, or because it is `<!-- from src/FILE.rs -->`",
        "copy the lines from the source again, or put the comment above the block",
        &findings,
    );
}

#[test]
fn broken_links_are_found() {
    let document = Document::parse(&File { path: "tests/x.md".into(), text: String::new() });
    for right in [
        "https://example.org/x",
        "../course.toml",
        "fixtures",
        "src/lib.rs#L1",
        "../CONTRIBUTING.md#test",
    ] {
        assert_eq!(broken(&document, right), None, "{right}");
    }
    for wrong in
        ["../no.md", "../../no", "/etc", "../CONTRIBUTING.md#no-such-heading", "src/lib.rs#L99999"]
    {
        assert!(broken(&document, wrong).is_some(), "{wrong}");
    }
}
