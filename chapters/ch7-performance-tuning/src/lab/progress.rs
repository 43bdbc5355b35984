//! What is seen while a lab runs: a bar on a terminal, a line for each step where nobody looks.

use common::log;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// What is under way.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    is_silent: bool,
}

/// The spinner turns so often.
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    /// Progress on standard error. A bar has no colours that `NO_COLOR` could forbid.
    pub fn on_stderr(lab: &str) -> Self {
        let bar = ProgressBar::new_spinner().with_prefix(lab.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {prefix}: {msg}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, is_silent: false }
    }

    /// Progress that nobody sees.
    pub fn silent() -> Self {
        Self { bar: ProgressBar::hidden(), is_silent: true }
    }

    /// Says what is done now: `round 3 of 7`.
    ///
    /// The thread that draws the bar wakes ten times a second; call this between measurements, not within one.
    pub fn step(&mut self, what: impl std::fmt::Display) {
        if self.is_silent {
            return;
        }
        match self.bar.is_hidden() {
            true => log::err(format_args!("{}: {what}", self.bar.prefix())),
            false => self.bar.set_message(what.to_string()),
        }
    }

    /// Takes it off the screen.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
