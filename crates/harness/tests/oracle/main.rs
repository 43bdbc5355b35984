//! The checks are checked: each passes on a server that is right, and fails, for its own reason, on one that is wrong.

mod programs;
mod resources;
mod suite;
mod wires;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use harness::suite::Target;
use harness::together;

/// A check of the suite.
type Check = fn(&Target);

/// The small server with a fault; after ` as `, the model of the course that it is taken for.
fn target(fault: &str) -> Target {
    let (fault, model) = fault.split_once(" as ").unwrap_or((fault, fault));
    Target::new(env!("CARGO_BIN_EXE_wrong-server"), fault).like(model)
}

/// Runs a check on the server without a fault.
fn passes(checks: &[Check]) {
    for check in checks {
        check(&target("none"));
    }
}

/// Runs each check on the server with a fault, and expects that it fails with this text.
fn fails(rows: &[(Check, &str, &str)]) {
    // Most of them only wait for what does not come, so a few at a time cost no more than one.
    for rows in rows.chunks(4) {
        together(rows.len(), |i| fails_with(rows[i].0, rows[i].1, rows[i].2));
    }
}

fn fails_with(check: Check, fault: &str, text: &str) {
    /// A fault shows when the faulty server gets to run. On a machine that is busy with other things, not always.
    const TRIES: usize = 5;

    // These servers fail; nothing is gained by waiting long until they do.
    let target = target(fault).deadline(Duration::from_secs(3));
    let mut last = None;
    for _ in 0..TRIES {
        match panic_text(|| check(&target)) {
            Some(report) if report.contains(text) => return,
            other => last = other,
        }
    }
    let last = last.unwrap_or_else(|| "the check passes".into());
    panic!(
        "the report on {fault:?} should contain {text:?}, {TRIES} times tried; the last:\n{last}"
    );
}

/// The text of the panic that this must end in.
fn panic_text(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(
        payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(|&text| text.into()))
            .unwrap_or_default(),
    )
}
