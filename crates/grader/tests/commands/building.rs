//! Builds, with a real cargo and a package of a few lines.

use crate::bench::Bench;
use crate::support;
use course::Chapter;
use grader::build::{Built, build};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

#[test]
fn a_build_that_fails_is_a_result() {
    let mut bench = Bench::finds(support::right());
    bench.built = Built::Failed(
        "error: expected `;`\nerror: the build of ch3-exercise failed: repair it".into(),
    );
    let said = bench.run("ch3 --format json,junit");
    assert_eq!((said.code, &*said.err), (1, ""));
    assert!(said.out.contains("✗ the program was not built\n"), "{}", said.out);
    let json = bench.json();
    assert_eq!(
        (&json["earned"], &json["points"], &json["fault"]),
        (&0.into(), &100.into(), &().into())
    );
    assert!(json["build_failure"].as_str().unwrap().starts_with("error: expected `;`"));
    assert_eq!(json["checks"][0]["status"], "not-run");
    // Nothing was judged, so nothing is remembered.
    assert!(!bench.has(".grade/progress.json"));
    bench.built = Built::Fault("cannot run cargo: no such file".into());
    assert_eq!(bench.run("ch3").code, 3);
    bench.built = Built::Stopped;
    assert_eq!(bench.run("ch3").code, 3);
}

/// A workspace with this exercise of chapter 3 in it.
fn workspace(root: &Path, main: &str) {
    let package = "[package]\nname = \"ch3-exercise\"\nedition = \"2024\"\n[workspace]\n";
    fs::create_dir_all(root.join("src")).unwrap();
    fs::write(root.join("Cargo.toml"), package).unwrap();
    fs::write(root.join("src/main.rs"), main).unwrap();
}

fn chapter() -> Chapter {
    Chapter {
        number: 3,
        folder: "ch3".into(),
        question: "?".into(),
        packages: Vec::new(),
        models: Vec::new(),
        exercise: None,
    }
}

#[test]
fn cargo_says_where_the_program_is() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "fn main() { std::process::exit(7) }");
    let Built::Program(command) = build(root.path(), &chapter(), false, &AtomicBool::new(false))
    else {
        panic!("it can be built")
    };
    assert!(Path::new(&command[0]).starts_with(root.path().join("target/grade")), "{command:?}");
    // The lab adds the address, as it does for any program.
    assert_eq!(command.len(), 1, "{command:?}");
    assert_eq!(Command::new(&command[0]).status().unwrap().code(), Some(7));
}

#[test]
fn the_compiler_is_quoted() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "fn main() { let x: u8 = \"\"; }");
    let Built::Failed(words) = build(root.path(), &chapter(), true, &AtomicBool::new(false)) else {
        panic!("it cannot be built")
    };
    assert!(words.contains("mismatched types") && !words.contains('\x1b'), "{words}");
    assert!(
        words.ends_with("error: the build of ch3-exercise failed: repair what the compiler says"),
        "{words}"
    );
}

#[test]
fn a_build_can_be_interrupted() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "fn main() {}");
    fs::write(root.path().join("build.rs"), "fn main() { loop { std::thread::park() } }").unwrap();
    assert_eq!(build(root.path(), &chapter(), false, &AtomicBool::new(true)), Built::Stopped);
}
