//! The files of the course, and the way in which a broken rule is reported.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what was built, fetched or found, not what was written.
const NOT_OURS: [&str; 6] = [".git", "target", "corpus", "artifacts", "coverage", "node_modules"];

/// One text file of the course.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root of the course.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, from the root of the course.
    pub path: String,
    /// The line, from 1; 0 stands for the whole file.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl Finding {
    /// A finding in one line of a file.
    pub fn new(path: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into() }
    }
}

/// Fails, and lists every place, unless there is none.
///
/// # Panics
///
/// When there are findings: the message says the rule, the places, and what to do.
#[track_caller]
pub fn hold(rule: &str, remedy: &str, findings: &[Finding]) {
    let place = |at: &Finding| match at.line {
        0 => format!("  {}: {}\n", at.path, at.what),
        line => format!("  {}:{line}: {}\n", at.path, at.what),
    };
    let places: String = findings.iter().map(place).collect();
    assert!(findings.is_empty(), "\nrule: {rule}\n{places}what to do: {remedy}\n");
}

/// The folder that holds the whole course.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the course").into()
}

/// Reads one file, by its path from the root.
///
/// # Panics
///
/// When it cannot be read, or is no text.
#[track_caller]
pub fn read(path: impl AsRef<Path>) -> File {
    let path = path.as_ref();
    match fs::read_to_string(root().join(path)) {
        Ok(text) => File { path: path.display().to_string(), text },
        Err(error) => panic!("cannot read {}: {error}", path.display()),
    }
}

/// Says whether this path from the root exists.
pub fn exists(path: impl AsRef<Path>) -> bool {
    root().join(path).exists()
}

/// Every text file of the course whose path passes the filter, sorted by path.
pub fn all(filter: impl Fn(&str) -> bool) -> Vec<File> {
    let mut paths = Vec::new();
    walk(Path::new(""), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|path| filter(path))
        .filter_map(|path| {
            let text = fs::read_to_string(root().join(&path)).ok()?;
            Some(File { path, text })
        })
        .collect()
}

/// Every Markdown file of the course.
pub fn markdown() -> Vec<File> {
    all(|path| path.ends_with(".md"))
}

/// Rust source that is not a test: what lies below a `src` folder.
pub fn sources() -> Vec<File> {
    all(|path| path.ends_with(".rs") && path.contains("src/"))
}

fn walk(folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let path = folder.join(&name);
        // A symbolic link is neither: what it leads to is seen where it lies, if it is ours.
        match entry.file_type() {
            // In a linked worktree `.git` is a file.
            _ if NOT_OURS.iter().any(|other| name == *other) => {}
            Ok(kind) if kind.is_dir() => walk(&path, paths),
            Ok(kind) if kind.is_file() => paths.push(path.display().to_string()),
            _ => {}
        }
    }
}
