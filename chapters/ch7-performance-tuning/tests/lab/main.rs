//! The program `lab` as its user meets it. No test looks at how large a figure is: that is the machine's matter.

mod labs;

mod server;

mod link;

mod usage;

use harness::{DEADLINE, Finished, Launch};
use std::path::PathBuf;

/// The program with these arguments.
fn lab(args: &[&str]) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_lab")).args(args).deadline(DEADLINE)
}

/// Runs it to its end.
fn run(args: &[&str]) -> Finished {
    lab(args).run()
}

/// A file of this name in a folder for tests.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}
