//! Figures of the lesson that are the same on every machine.

use std::process::Command;

#[test]
fn the_lesson_shows_what_the_example_of_omission_prints() {
    let example = harness::build_example("ch7-performance-tuning", "omission");
    let output = Command::new(example).output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let lesson = include_str!("../../README.md");
    assert!(lesson.contains(&format!("```text\n{printed}```")), "not in the lesson:\n{printed}");
}
