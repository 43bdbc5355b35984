//! What is known of a program when something has gone wrong.

use super::Lab;
use crate::failure::{Failure, Symptom};
use crate::sandbox::Exit;
use harness::holds_within;
use std::time::Duration;

/// How many lines of stderr are shown, the last ones, and how much of each.
const LINES: usize = 8;
const WIDTH: usize = 200;
/// How long the last words of a program that has ended may take. Something that it has left behind may hold the streams open.
const STREAMS: Duration = Duration::from_secs(1);
/// What a skeleton says.
const UNWRITTEN: &str = "not written yet";

impl Lab<'_> {
    /// Adds to a failure how the program ended and what it wrote to stderr, and sees whether that explains it.
    pub fn explain(&self, failure: &mut Failure) {
        let Some(process) = self.programs.last() else { return };
        let suspicious = matches!(
            failure.symptom,
            Symptom::ClosedEarly | Symptom::Reset | Symptom::NoListener | Symptom::NoNewline
        ) || (self.may_end && failure.symptom == Symptom::Silent);
        // A connection ends a moment before the process that had it.
        let mut exit = process.exit();
        if suspicious {
            holds_within(Duration::from_millis(300), || {
                exit = process.exit();
                exit.is_some()
            });
        }
        if let Some(exit) = &exit {
            failure.program.push(exit.to_string());
            match exit {
                Exit::Limit(_) => failure.symptom = Symptom::LimitHit,
                // A client may end, and so may a server that was told to.
                Exit::Code(0) if self.may_end => {}
                _ if suspicious => failure.symptom = Symptom::Died,
                _ => {}
            }
        }
        if exit.is_some() {
            process.output().finish(STREAMS);
        }
        let stderr = process.output().stderr();
        if !stderr.trim().is_empty() {
            failure.program.push("its stderr ends with:".to_owned());
            let lines: Vec<&str> = stderr.lines().collect();
            let last = &lines[lines.len().saturating_sub(LINES)..];
            failure.program.extend(
                last.iter()
                    .map(|line| format!("  {}", line.chars().take(WIDTH).collect::<String>())),
            );
        }
    }

    /// Whether the program says that it is a skeleton.
    pub(super) fn is_unwritten(&self, program: usize) -> bool {
        let output = self.programs[program].output();
        if self.programs[program].exit().is_some() {
            // What it wrote last may still be on its way.
            output.finish(STREAMS);
        }
        output.stderr().contains(UNWRITTEN)
    }
}

/// How a program ended, as the thing that was observed.
pub(super) fn outcome(exit: &Exit) -> String {
    match exit {
        Exit::Code(code) => format!("exit code {code}"),
        other => format!("another end: {other}"),
    }
}
