//! Colours, bars and lines that fit.

use anstyle::{AnsiColor, Style};
use std::ffi::OsStr;

/// Columns that are filled; the longest lines may have [`MOST_WIDTH`].
pub const WIDTH: usize = 80;
/// Columns that no line of ours exceeds.
pub const MOST_WIDTH: usize = 100;

/// Colours a text, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// With colours or without.
    pub fn new(on: bool) -> Self {
        Self { on }
    }

    /// As the environment wants it: `NO_COLOR` forbids colours, `CLICOLOR_FORCE` demands them, and otherwise a terminal
    /// that is not dumb has them.
    pub fn choose(terminal: bool, env: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> Self {
        let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
        let forced =
            set("CLICOLOR_FORCE") && env("CLICOLOR_FORCE").as_deref() != Some(OsStr::new("0"));
        let dumb = env("TERM").as_deref() == Some(OsStr::new("dumb"));
        Self { on: !set("NO_COLOR") && (forced || (terminal && !dumb)) }
    }

    /// Whether there are colours.
    pub fn is_on(self) -> bool {
        self.on
    }

    /// What is right.
    pub fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default(), text)
    }

    /// What is neither.
    pub fn fair(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }

    /// What one may type.
    pub fn command(self, text: &str) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// What stands out.
    pub fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What may be overlooked.
    pub fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// A bar of `width` columns for so many points. It is full only if nothing is missing, and empty only if all is.
    pub fn bar(self, earned: u32, points: u32, width: u32) -> String {
        let full = match (earned, points) {
            (0, _) | (_, 0) => 0,
            (earned, points) if earned >= points => width,
            (earned, points) => (earned * width / points).clamp(1, width - 1),
        };
        let begin = "█".repeat(full as usize);
        let rest = "░".repeat((width - full) as usize);
        let begin = if full == width { self.good(&begin) } else { self.fair(&begin) };
        begin + &self.dim(&rest)
    }
}

/// Fills a text up with spaces. Colours come after this, because they have no width.
pub fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    text.to_owned() + &" ".repeat(missing)
}

/// Cuts a text that is too long.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Breaks a line at spaces into lines of at most `width` columns, and a longer word wherever it must. Within a line all
/// spaces stay: in a reply two of them are not one.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let letters: Vec<char> = word.chars().collect();
        if let Some(line) = lines.last_mut()
            && line.chars().count() + 1 + letters.len() <= width
        {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.extend(letters.chunks(width).map(|piece| piece.iter().collect::<String>()));
        }
    }
    lines
}

/// Paragraphs, which empty lines separate, each wrapped. What is indented by four spaces stays as it is.
pub fn paragraphs(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim_matches('\n').split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        if paragraph.starts_with("    ") {
            lines.extend(paragraph.lines().map(str::to_owned));
        } else {
            let words: Vec<_> = paragraph.split_whitespace().collect();
            lines.extend(wrap(&words.join(" "), width));
        }
    }
    lines
}

/// A time as one reads it: `0.4 s`, `12 s`, `2 min 5 s`.
pub fn time(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..10 => format!("{:.1} s", ms as f64 / 1000.0),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_environment() {
        let on = |terminal, set: &[(&str, &str)]| {
            let env = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            };
            Paint::choose(terminal, &env).is_on()
        };
        assert!(on(true, &[]) && !on(false, &[]));
        assert!(!on(true, &[("NO_COLOR", "1")]) && on(true, &[("NO_COLOR", "")]));
        assert!(on(false, &[("CLICOLOR_FORCE", "1")]) && !on(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!on(true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!on(true, &[("TERM", "dumb")]));
    }

    #[test]
    fn a_bar_is_full_only_when_nothing_is_missing() {
        let bar = |earned| Paint::new(false).bar(earned, 100, 10);
        assert_eq!(bar(0), "░░░░░░░░░░");
        assert_eq!(bar(1), "█░░░░░░░░░");
        assert_eq!(bar(99), "█████████░");
        assert_eq!(bar(100), "██████████");
        assert_eq!(Paint::new(false).bar(0, 0, 3), "░░░");
    }

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrap("one two three  four", 11), ["one two", "three  four"]);
        assert_eq!(wrap("a 123456789", 4), ["a", "1234", "5678", "9"]);
        assert_eq!(paragraphs("a b\nc\n\n    x  y\n\nd", 80), ["a b c", "", "    x  y", "", "d"]);
        assert_eq!((&*time(420), &*time(12_345), &*time(125_000)), ("0.4 s", "12 s", "2 min 5 s"));
    }
}
