//! What one sees while it runs: a line that moves on a terminal, nothing in a pipe, and a line for each answer by
//! `--verbose`.

use super::answer::Answer;
use super::site::Site;
use crate::url::Url;
use common::log::{err, one_line};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

/// What one sees.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    done: u64,
    is_verbose: bool,
}

impl Progress {
    /// Nothing is done yet.
    pub fn new(is_verbose: bool) -> Self {
        // On what is no terminal it draws nothing.
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now(), done: 0, is_verbose }
    }

    /// This is being asked for.
    pub fn asks(&self, url: &Url) {
        self.bar.set_message(one_line(url.as_str()));
    }

    /// This has come.
    pub fn answered(&mut self, answer: &Answer, depth: u32) {
        self.done += 1;
        self.bar.tick();
        if self.is_verbose {
            self.bar.suspend(|| err(line(answer, depth)));
        }
    }

    /// So much is known by now.
    pub fn counts(&self, site: &Site) {
        if self.bar.is_hidden() {
            return;
        }
        let waiting = site.waiting();
        let each_second = self.done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        self.bar.set_prefix(format!("{} done, {waiting} waiting, {each_second:.1}/s", self.done));
    }

    /// It is over.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn line(answer: &Answer, depth: u32) -> String {
    let status = answer.status.map_or("---".into(), |status| status.to_string());
    let Answer { ms, bytes, links, .. } = answer;
    let (links, url) = (links.len(), one_line(&answer.url));
    let why = answer
        .failure
        .as_ref()
        .map_or(String::new(), |fault| format!(" ({})", one_line(&fault.why)));
    let to = answer.location.as_ref().map_or(String::new(), |to| format!(" -> {}", one_line(to)));
    format!("{status} {ms} ms, {bytes} bytes, {links} links, depth {depth}: {url}{to}{why}")
}
