//! A program may print what it likes: it must not look like a result.

use crate::samples;
use grader::report::paint::Paint;
use grader::report::{Report, github, gradescope, json, junit, person};

#[test]
fn nothing_that_a_program_wrote_moves_a_cursor_or_gives_a_command() {
    let grading = samples::hostile();
    let report = Report { grading: &grading, program: &[] };
    let terminal =
        person::details(&report, &[], person::Hints::default(), true, Paint::new(false)).join("\n");
    let gradescope: serde_json::Value =
        serde_json::from_str(&gradescope::text(&report).unwrap()).unwrap();
    let output = gradescope["tests"][1]["output"].as_str().unwrap().to_owned();
    let mut texts = vec![terminal, output, github::text(&report), junit::text(&report).unwrap()];
    texts.push(json::text(&report).unwrap());
    for text in texts {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{fffe}']), "{text}");
        assert!(text.contains(r"\x1b"), "{text}");
        assert!(!text.contains("##["), "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
        assert!(text.len() < 500_000, "{}", text.len());
    }
}

#[test]
fn what_a_program_wrote_stays_in_its_block() {
    let grading = samples::hostile();
    let text = github::text(&Report { grading: &grading, program: &[] });
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            None if ticks.len() >= 3 => fence = Some(ticks),
            Some(open) if ticks.len() >= open.len() => fence = None,
            // Outside of the blocks all words are ours.
            None => assert!(!line.contains("100 of 100"), "{line}"),
            Some(_) => {}
        }
    }
    assert_eq!(fence, None);
    assert_eq!(text.matches("<details>").count(), 2);
}
