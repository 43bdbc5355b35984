//! Each check has at least one wrong program that fails exactly there, and the message says why.

use crate::run::{failed, grade_with, line, story};
use crate::wrong::{KILLERS, Killer};
use grader::check::Check;
use grader::checks;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many gradings run at the same time: most of their time they wait for something that does not come.
const AT_ONCE: usize = 12;
const SEED: u64 = 5;
/// Faults whose whole conversation is kept as well: what is cut where depends on the seed alone.
const TOLD: [&str; 4] = ["takes-plus", "replies-with-crlf", "unsigned", "names-are-text"];

#[test]
fn every_check_has_a_killer() {
    let there = checks::chapters().flat_map(|chapter| checks::of(chapter).iter().map(Check::id));
    let killed: BTreeSet<_> = KILLERS.iter().map(|killer| (killer.chapter, killer.check)).collect();
    let without: Vec<_> = there
        .filter(|id| !killed.contains(&(id.chapter, id.number)))
        .map(|id| id.to_string())
        .collect();
    assert!(
        without.is_empty(),
        "no wrong program fails at {}: add one to wrong.rs",
        without.join(", ")
    );
}

#[test]
fn each_wrong_program_fails_where_it_is_wrong() {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(killer) = KILLERS.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let message = catch_unwind(AssertUnwindSafe(|| run(killer)));
                    found.lock().unwrap().push((killer, message.map_err(|_| ())));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(killer, _)| (killer.chapter, killer.check, killer.fault));
    let wrong: Vec<_> =
        found.iter().filter(|(_, said)| said.is_err()).map(|(killer, _)| killer.fault).collect();
    assert!(wrong.is_empty(), "see above: {}", wrong.join(", "));
    let lines: Vec<String> = found.into_iter().filter_map(|(_, said)| said.unwrap()).collect();
    insta::assert_snapshot!("messages", lines.join("\n"));
}

/// Grades it; gives its message, unless that depends on who is quicker.
fn run(killer: &Killer) -> Option<String> {
    let program = match killer.chapter {
        1 => env!("CARGO_BIN_EXE_wrong-tally-client"),
        _ => env!("CARGO_BIN_EXE_wrong-tally-server"),
    };
    let judged = grade_with(killer.chapter, &[program, "--fault", killer.fault], SEED);
    let failed = failed(&judged);
    let ids: Vec<&str> = failed.iter().map(|check| check.id.as_str()).collect();
    let name = |number: u32| format!("ch{}.{number}", killer.chapter);
    let (wanted, fault) = (name(killer.check), killer.fault);
    assert_eq!(
        ids.first(),
        Some(&wanted.as_str()),
        "{fault} fails elsewhere first\n{}",
        story(&judged)
    );
    let also: BTreeSet<String> = killer.also.iter().map(|&number| name(number)).collect();
    let more: Vec<_> = ids[1..].iter().filter(|id| !also.contains(**id)).collect();
    assert!(more.is_empty(), "{fault} fails at {more:?} as well\n{}", story(&judged));
    let failure = failed[0].failure().expect("it failed");
    assert_eq!(
        failure.symptom,
        killer.symptom,
        "{fault} looks like something else\n{}",
        story(&judged)
    );
    let mut lines = vec![line(failure)];
    if TOLD.contains(&fault) {
        lines.extend(failure.transcript.iter().map(|line| format!("    {line}")));
    }
    let said = || format!("{wanted} {fault}\n    {}", without_chance(&lines.join("\n    ")));
    (!killer.varies).then(said)
}

/// The message without what depends on the seed, on a port or on the time.
fn without_chance(text: &str) -> String {
    let mut words = text.to_owned();
    for fruit in ["apples", "pears", "plums", "figs", "limes", "dates"] {
        words = words.replace(fruit, "NAME");
    }
    let mut plain = String::new();
    for character in words.chars() {
        match character {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            other => plain.push(other),
        }
    }
    plain
}
