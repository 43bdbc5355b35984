//! What a site allows: its `robots.txt` (RFC 9309).
//!
//! The package `robotstxt`, Google's own parser in Rust, reads the lines, with all the typos that people make. It hands
//! them to a handler of ours, so that a file is read once and not again for each URL, and so that `Crawl-delay` is seen,
//! which is no part of the RFC. Whether a rule matches is found out here: the package's own matcher, in its version 0.3,
//! says that `/*ab` does not match `/aab`.

use super::normal::{LONGEST_URL, octets};
use robotstxt::{RobotsParseHandler, parse_robotstxt};
use std::time::Duration;

/// Who we are to a `robots.txt`. A product token has letters, `_` and `-` only (RFC 9309 section 2.2.1): no digit.
pub const TOKEN: &str = "chapter-six-crawl";
/// How much of a file is read. RFC 9309 section 2.5 asks for at least that much.
pub const LONGEST: usize = 500 * 1024;
/// A `Crawl-delay` counts as no more than this.
pub const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// The rules that are for us.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    rules: Vec<Rule>,
    /// How long to rest between two requests.
    pub delay: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    pattern: String,
    is_allowed: bool,
}

impl Rules {
    /// Reads a file. Whatever it is, it has rules: perhaps none.
    pub fn parse(file: &[u8]) -> Self {
        let cut = &file[..file.len().min(LONGEST)];
        let text = String::from_utf8_lossy(cut);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut groups = Groups::default();
        parse_robotstxt(&bounded(text), &mut groups);
        if groups.ours_seen { groups.ours } else { groups.everyones }
    }

    /// May this be asked for? `path` is the path and the query of a URL in its normal form.
    ///
    /// The longest rule that matches counts; of two that are equally long, the one that allows (section 2.2.2).
    pub fn allow(&self, path: &str) -> bool {
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, path));
        matching
            .max_by_key(|rule| (rule.pattern.len(), rule.is_allowed))
            .is_none_or(|rule| rule.is_allowed)
    }
}

/// The same lines, none longer than a URL and its name can be. The parser would cut a long line in the middle of a
/// character, and fall over it.
fn bounded(text: &str) -> String {
    let lines =
        text.split(['\n', '\r']).map(|line| &line[..line.floor_char_boundary(LONGEST_URL + 100)]);
    lines.collect::<Vec<_>>().join("\n")
}

/// `*` stands for any text, and `$` at the end for the end. Each piece between two stars is looked for as far to the
/// left as it can be, so no pattern costs more than its length and the path's.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut last = None;
    for piece in pieces {
        // The piece before the last star has had its leftmost place; the one after it waits for the end.
        if let Some(before) = last.replace(piece) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    match last {
        None => !is_whole || rest.is_empty(),
        Some(last) if is_whole => rest.ends_with(last),
        Some(last) => rest.contains(last),
    }
}

/// Groups of rules, while they are read (section 2.2.1).
#[derive(Default)]
struct Groups {
    ours: Rules,
    everyones: Rules,
    ours_seen: bool,
    /// Whom the group is for that is being read.
    is_ours: bool,
    is_everyones: bool,
    /// A rule was read since the last name: the next name begins another group.
    has_rules: bool,
}

impl Groups {
    fn add(&mut self, pattern: &str, is_allowed: bool) {
        self.has_rules = true;
        // `Disallow:` with nothing after it forbids nothing.
        if pattern.is_empty() {
            return;
        }
        let rule = Rule { pattern: octets(pattern), is_allowed };
        if self.is_ours {
            self.ours.rules.push(rule.clone());
        }
        if self.is_everyones {
            self.everyones.rules.push(rule);
        }
    }
}

impl RobotsParseHandler for Groups {
    fn handle_robots_start(&mut self) {}
    fn handle_robots_end(&mut self) {}
    fn handle_sitemap(&mut self, _line: u32, _url: &str) {}

    fn handle_user_agent(&mut self, _line: u32, agent: &str) {
        if std::mem::take(&mut self.has_rules) {
            (self.is_ours, self.is_everyones) = (false, false);
        }
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
        let token = &agent[..agent.find(|c| !is_letter(c)).unwrap_or(agent.len())];
        if token.eq_ignore_ascii_case(TOKEN) {
            (self.is_ours, self.ours_seen) = (true, true);
        } else if agent.split_whitespace().next() == Some("*") {
            self.is_everyones = true;
        }
    }

    fn handle_allow(&mut self, _line: u32, pattern: &str) {
        self.add(pattern, true);
    }

    fn handle_disallow(&mut self, _line: u32, pattern: &str) {
        self.add(pattern, false);
    }

    fn handle_unknown_action(&mut self, _line: u32, action: &str, value: &str) {
        let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0);
        let Some(seconds) = seconds.filter(|_| action.eq_ignore_ascii_case("crawl-delay")) else {
            return;
        };
        let delay = Some(Duration::from_secs_f64(seconds.min(LONGEST_DELAY.as_secs_f64())));
        if self.is_ours {
            self.ours.delay = self.ours.delay.max(delay);
        }
        if self.is_everyones {
            self.everyones.delay = self.everyones.delay.max(delay);
        }
    }
}

#[cfg(test)]
mod tests;
