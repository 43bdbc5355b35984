//! What stands in the folder, and when.

use crate::support;
use grader::report::Report;
use grader::report::classroom::base64;
use grader::report::files::{Files, Format};
use std::fs;
use std::path::Path;

const ALL: [Format; 4] = [Format::Json, Format::Junit, Format::Gradescope, Format::Github];

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn all_forms_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("a/b");
    let mut files = Files::begin(&ALL, &results, &|_| None).unwrap();
    let (first, last) = (support::broken(), support::right());
    files.write(&Report { grading: &first, program: &[] }).unwrap();
    let there = ["ch3.classroom.json", "ch3.json", "ch3.junit.xml", "ch3.md", "results.json"];
    assert_eq!(names(&results), there);
    assert!(fs::read_to_string(results.join("ch3.json")).unwrap().contains(r#""exit_code": 3"#));
    let written = files.write(&Report { grading: &last, program: &[] }).unwrap();
    assert_eq!(written.len(), there.len());
    assert_eq!(names(&results), there);
    assert!(fs::read_to_string(results.join("ch3.json")).unwrap().contains(r#""exit_code": 0"#));
}

#[test]
fn in_a_job_the_summary_and_the_output_get_the_last_word_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("summary"), "of another step\n").unwrap();
    let env = |name: &str| match name {
        "GITHUB_STEP_SUMMARY" => Some(at("summary").display().to_string()),
        "GITHUB_OUTPUT" => Some(at("output").display().to_string()),
        _ => Some("x".into()),
    };
    let mut files = Files::begin(&[Format::Github], folder.path(), &env).unwrap();
    let (first, last) = (support::broken(), support::right());
    files.write(&Report { grading: &first, program: &[] }).unwrap();
    assert!(fs::read_to_string(at("summary")).unwrap().contains("There is no verdict"));
    files.write(&Report { grading: &last, program: &[] }).unwrap();
    let summary = fs::read_to_string(at("summary")).unwrap();
    assert!(summary.starts_with("of another step\n## ch3"), "{summary}");
    assert!(
        !summary.contains("There is no verdict") && summary.contains("100 of 100"),
        "{summary}"
    );
    let result = fs::read(at("ch3.classroom.json")).unwrap();
    assert_eq!(fs::read_to_string(at("output")).unwrap(), format!("result={}\n", base64(&result)));
    assert_eq!(names(folder.path()), ["ch3.classroom.json", "output", "result.json", "summary"]);
    // Somebody else has written behind us: theirs stays.
    fs::write(at("summary"), summary + "theirs\n").unwrap();
    files.write(&Report { grading: &first, program: &[] }).unwrap();
    assert!(fs::read_to_string(at("summary")).unwrap().contains("theirs\n## ch3"));
}

#[test]
fn a_folder_that_cannot_be_made_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/results");
    let error = Files::begin(&ALL, &path, &|_| None).err().unwrap();
    assert!(format!("{error:#}").contains("(try --output DIR)"), "{error:#}");
}
