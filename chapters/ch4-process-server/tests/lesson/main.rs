//! What tutorials often get wrong about servers with processes, and what is true: the tests that the lesson names.
//!
//! - `faults`: the server of this chapter beside `examples/tutorial.py`, which has the faults.
//! - `copies`: what is copied, what is shared and what is broken when a process or a thread begins.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod copies;
mod faults;

use harness::{DEADLINE, Launch};
use std::io::{self, Write};
use std::process::{Command, Stdio};

/// A Python program, or `None` where there is no Python.
fn python(args: &[&str]) -> Option<Launch> {
    let mut probe = Command::new("python3");
    probe.args(["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]);
    if !probe.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        let _ = writeln!(io::stderr(), "skipped: python3 is not installed, or older than 3.8");
        return None;
    }
    let launch = Launch::new("python3").args(args).limit("-c", 0).deadline(DEADLINE);
    // If it were set, `print` would not buffer, which is one of the lessons.
    Some(launch.env("PYTHONUNBUFFERED", ""))
}
