//! Numbers, bars and lines for a person.

use crate::files::client::failure::{Failure, Kind};
use common::log;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::time::Duration;

/// A bar on standard error, as long as that is a terminal; gone when dropped.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// Begins a bar: what is done to which file, how many bytes there are, and how many are done.
    pub fn new(doing: &str, name: &str, length: u64, done: u64) -> Self {
        let bar = ProgressBar::new(length).with_position(done);
        bar.reset_eta();
        let style = "{msg} [{bar:24}] {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
        let style = ProgressStyle::with_template(style);
        let bar = bar.with_style(style.expect("the template is right, as a test shows"));
        Self(bar.with_message(format!("{doing} {}", log::one_line(name))))
    }

    /// So many more bytes are done.
    pub fn add(&self, n: usize) {
        self.0.inc(n as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Writes a line to standard error about something that does not end the program.
pub fn warning(text: impl Display) {
    log::err(format_args!("warning: {text}"));
}

/// Writes a line, or a few of them, to standard output: the result. Whoever reads it may wait, and may have enough.
///
/// # Errors
///
/// Nobody will see the result, as the disk is full, for example.
pub fn result(line: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let text = format!("cannot write to standard output: {}", log::reason(&error));
            Err(Failure::new(Kind::Local, text))
        }
        _ => Ok(()),
    }
}

/// So many bytes, of which `moved` took so long: `1,000 bytes in 0.1 s (1 MB/s)`.
pub fn moved(length: u64, moved: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    // What was over at once says nothing about the rate.
    let rate = match moved {
        1_000_000.. => format!(" ({:.0} MB/s)", moved as f64 / seconds.max(1e-6) / 1e6),
        _ => String::new(),
    };
    let kept = match length - moved {
        0 => String::new(),
        kept => format!(", {} of them from before,", HumanCount(kept)),
    };
    let unit = if length == 1 { "byte" } else { "bytes" };
    format!("{} {unit}{kept} in {seconds:.1} s{rate}", HumanCount(length))
}
