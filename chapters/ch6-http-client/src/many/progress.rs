//! The bar on a terminal, while it runs.

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What the loop knows and the bar shows.
#[derive(Clone, Debug, Default)]
pub struct Counts(Arc<[AtomicU64; 3]>);

impl Counts {
    /// URLs that are done, those that are being fetched, and those that have failed.
    pub fn set(&self, done: u64, in_flight: usize, failed: u64) {
        for (count, now) in self.0.iter().zip([done, in_flight as u64, failed]) {
            count.store(now, Relaxed);
        }
    }
}

/// The bar. It belongs to the thread that writes the lines, because both write on the same screen.
#[derive(Debug)]
pub struct Bar {
    counts: Counts,
    bar: ProgressBar,
    since: Instant,
    drawn: Option<Instant>,
}

/// How often it is drawn anew.
pub const TICK: Duration = Duration::from_millis(100);

impl Bar {
    /// A bar on standard error; it does not show where that is no terminal. It has no colours that `NO_COLOR` could
    /// forbid.
    pub fn new(counts: Counts) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
            bar.set_style(style);
        }
        Self { counts, bar, since: Instant::now(), drawn: None }
    }

    /// Is there a terminal that shows it?
    pub fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Draws what is so now, unless that was done a moment ago.
    pub fn draw(&mut self) {
        if !self.is_shown() || self.drawn.is_some_and(|at| at.elapsed() < TICK) {
            return;
        }
        self.drawn = Some(Instant::now());
        let [done, in_flight, failed] = [0, 1, 2].map(|at| self.counts.0[at].load(Relaxed));
        // A count that fits into 53 bits is exact as a float, and nobody waits for a greater one.
        let rate = (done as f64 / self.since.elapsed().as_secs_f64()) as u64;
        self.bar.set_message(format!(
            "{} done, {in_flight} in flight, {} failed, {}/s",
            HumanCount(done),
            HumanCount(failed),
            HumanCount(rate)
        ));
        self.bar.tick();
    }

    /// Takes it off the screen for as long as something else is written there.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes it off the screen for good.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
