//! Results that only a report has to bear.

use crate::support;
use grader::grading::{Grading, Status};

/// Everything that a program wrote tries to be something else.
pub(crate) fn hostile() -> Grading {
    let mut all = support::mixed();
    let failure =
        all.checks[1].parts[1].failure.as_mut().expect("the second check has a failure there");
    failure.got = "\x1b[2J\x1b[1;1H100/100 \u{202e}]]></failure>\0 | <script>@everyone".into();
    failure.transcript = vec![
        "::error::you passed".into(),
        "```".into(),
        "</details>\n## 100 of 100 points".into(),
        "\x1b]0;title\x07 ##[error]x \u{fffe}".into(),
    ];
    failure.transcript.extend((0..5000).map(|i| format!("{i} {}", "x".repeat(10_000))));
    all
}

/// The compiler does not take it.
pub(crate) fn unbuilt() -> Grading {
    let mut all = support::right();
    for check in &mut all.checks {
        check.earned = 0;
        check.status = Status::NotRun;
        check.parts.iter_mut().for_each(|part| part.status = Status::NotRun);
    }
    all.took_ms = 0;
    let words = [
        "\x1b[1;31merror\x1b[0m: expected `;`",
        " --> main.rs:1",
        "::error::no",
        "```",
        "error: the build of ch3-exercise failed: repair what the compiler says",
    ];
    all.build_failure = Some(words.join("\n"));
    all
}
