//! `--help`.

use super::link::command;
use super::{Flag, LABS, Lab};
use std::fmt::Write;

const COMMON: &str = "  --quick          small volumes, for a first look: figures in at most 3 s
  --rounds N       rounds to measure, of which the median counts
  --agree N        runs the lab N times, and tells for each prediction in how many of them it held
  --out FILE       where the chart goes, as .svg or .html [target/lab/NAME.svg]
  -h, --help       print this
";

/// The help of one lab, or of all of them.
pub fn text(lab: Option<&Lab>) -> String {
    let Some(lab) = lab else { return all() };
    let Lab { name, about, flags, .. } = lab;
    let mut text = format!("lab {name}: {about}\n\nUsage: lab {name} [OPTIONS]\n\n");
    list(&mut text, flags);
    text + COMMON
}

/// A line for each flag of a lab.
pub fn list(text: &mut String, flags: &[Flag]) {
    for Flag { name, default, help, .. } in flags {
        let flag = format!("--{name} X");
        let default = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        let _ = writeln!(text, "  {flag:16} {help}{default}");
    }
}

/// The help of `lab link`.
pub fn link() -> String {
    let mut text = format!("lab link: {}\n\nUsage: lab link [OPTIONS]\n\n", command::ABOUT);
    list(&mut text, command::FLAGS);
    text + "  -h, --help       print this

It prints where it listens, and carries bytes until SIGTERM or SIGINT. It imitates rate and delay, each direction for
itself. It cannot imitate congestion control, the handshake, the kernels' windows, or a router's queue: to them the
network is a loopback. For these Linux has netem (tc-netem(8)), which needs root.

It holds twice what fills the line, 64 MiB in a direction of a connection and 1 GiB in all. So many connections as this
allows for are carried at a time, 128 at most; further clients wait.
"
}

fn all() -> String {
    let mut text = String::from(
        "lab: the laws of network performance, predicted and then measured\n\n\
         Usage: lab NAME [OPTIONS]   (or: lab all, lab NAME --help)\n\nLabs:\n",
    );
    for Lab { name, about, .. } in LABS {
        let _ = writeln!(text, "  {name:12} {about}");
    }
    let _ = writeln!(text, "\nAnd:\n  {:12} {}", "link", command::ABOUT);
    let _ = write!(text, "\nOptions of every lab:\n{COMMON}");
    text + "\nEach prints what was predicted, what was measured, and the difference, and draws a chart.\n\
            Use --release: the figures of a debug build say little.\n"
}
