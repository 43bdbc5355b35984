//! What the tests of this chapter share.

use harness::Launch;
use std::fmt::Display;
use std::io::Write;
use std::process::{Command, Stdio};

/// Our server on a free port of 127.0.0.1, with flags as one would type them.
pub(crate) fn ours(flags: &str) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_ch2-simple-server"))
        .args(["--addr", "127.0.0.1:0"])
        .args(flags.split_whitespace())
}

/// Says that a test does nothing here, past the capture, so that a plain `cargo test` shows it.
pub(crate) fn skip(why: impl Display) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A program that a newcomer may not have: `None` where it does not run with these arguments.
pub(crate) fn tool(name: &str, probe: &[&str]) -> Option<Launch> {
    let probed = Command::new(name)
        .args(probe)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !probed.is_ok_and(|status| status.success()) {
        skip(format_args!("{name} is not installed"));
        return None;
    }
    Some(Launch::new(name))
}

/// A Python program, where there is Python.
pub(crate) fn python(program: &str) -> Option<Launch> {
    Some(tool("python3", &["--version"])?.args(["-c", program]))
}
