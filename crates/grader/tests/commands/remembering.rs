//! `.grade/progress.json`.

use crate::bench::{Bench, says};
use crate::support;
use std::fs;

#[test]
fn only_verdicts_on_whole_chapters_count() {
    let mut bench = Bench::finds(support::right());
    bench.run("ch3.1");
    bench.grade = says(support::broken());
    assert_eq!(bench.run("ch3").code, 3);
    assert!(!bench.run("").out.contains('█'));
    bench.grade = says(support::right());
    bench.run("ch3");
    bench.grade = says(support::mixed());
    bench.run("ch3 -- python3 my.py");
    bench.run("ch3.1");
    let progress: serde_json::Value =
        serde_json::from_str(&bench.text(".grade/progress.json")).unwrap();
    let chapter = &progress["chapters"]["3"];
    assert_eq!((&chapter["best"]["earned"], &chapter["last"]["earned"]), (&100.into(), &21.into()));
    assert_eq!(
        (&chapter["last"]["program"], &chapter["last"]["next"]),
        (&"python3 my.py".into(), &"ch3.2".into())
    );
}

#[test]
fn a_file_that_cannot_be_understood_is_set_aside() {
    let bench = Bench::finds(support::right());
    let path = bench.root().join(".grade/progress.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (number, text) in [(1, "{ not json"), (2, r#"{"version": 99}"#), (3, "[]")] {
        fs::write(&path, text).unwrap();
        let said = bench.run("ch3");
        assert_eq!(said.code, 0);
        let aside = format!(".grade/progress.json.broken-{number}");
        assert!(
            said.err.starts_with("warning: .grade/progress.json cannot be understood ("),
            "{}",
            said.err
        );
        assert!(
            said.err.trim_end().ends_with(&aside) && said.err.lines().count() == 1,
            "{}",
            said.err
        );
        assert_eq!(bench.text(&aside), text);
        assert!(bench.text(".grade/progress.json").contains(r#""earned": 100"#));
    }
}

#[test]
fn what_cannot_be_remembered_is_a_warning() {
    let bench = Bench::finds(support::right());
    fs::write(bench.root().join(".grade"), "a file where a folder should be").unwrap();
    let said = bench.run("ch3");
    assert_eq!(said.code, 0);
    assert!(said.err.lines().all(|line| line.starts_with("warning: ")), "{}", said.err);
    assert!(said.err.contains("this result is not remembered"), "{}", said.err);
}
