//! What a program wrote, made harmless: it must neither move a cursor, nor forge a result, nor fill a disk.

/// Lines of a failure that a report keeps.
pub const MOST_LINES: usize = 120;
/// Characters of a line that a report keeps.
pub const MOST_CHARS: usize = 400;

/// One line in which everything can be seen: what moves a cursor, turns the direction of text or has no glyph becomes
/// its number, as in `\x1b`.
///
/// The runner of GitHub takes a line that begins with `::` for a command, and one with `##[` anywhere. Those are broken up.
pub fn line(text: &str) -> String {
    let mut shown = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == MOST_CHARS {
            shown.push('…');
            break;
        }
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_hidden(c) => shown.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => shown.push(c),
        }
    }
    let shown = shown.replace("##[", "#\\x23[");
    let indent = shown.len() - shown.trim_start().len();
    match shown[indent..].strip_prefix("::") {
        Some(rest) => format!("{}\\x3a:{rest}", &shown[..indent]),
        None => shown,
    }
}

/// Several lines, at most [`MOST_LINES`]: the first and the last ones, because both ends of a story matter.
pub fn lines<S: AsRef<str>>(text: &[S]) -> Vec<String> {
    let shown = |part: &[S]| part.iter().map(|it| line(it.as_ref())).collect::<Vec<_>>();
    let Some(over) = text.len().checked_sub(MOST_LINES).filter(|over| *over > 0) else {
        return shown(text);
    };
    let half = MOST_LINES / 2;
    let mut all = shown(&text[..half]);
    all.push(format!("… {over} lines are left out …"));
    all.extend(shown(&text[text.len() - half..]));
    all
}

/// Text of several lines, such as a compiler's, without its colours and within the same bounds.
pub fn block(text: &str) -> Vec<String> {
    lines(&without_colours(text).lines().collect::<Vec<_>>())
}

/// Takes out the escape sequences that programs colour their words with: `ESC [ … letter`.
pub fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        rest = match after.find(|c: char| ('@'..='~').contains(&c)) {
            Some(end) => &after[end + 1..],
            None => "",
        };
    }
    plain.push_str(rest);
    plain
}

/// One line as plain words of Markdown: nothing in it is a link, a tag, a cell or a heading.
pub fn markdown(text: &str) -> String {
    let mut shown = String::new();
    for c in line(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // An @ before a name would call its owner.
            '@' => shown.push_str("&#64;"),
            c if c.is_ascii_punctuation() && !".,;:/'\"()=%+?-".contains(c) => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    shown
}

/// One line as plain words of HTML, where Markdown is not read.
pub fn html(text: &str) -> String {
    line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A block of code whose fence is longer than any run of backticks in it, so that nothing in it can end it.
pub fn fenced(text: &[String]) -> String {
    let mut longest = 2;
    for line in text {
        let runs = line.split(|c| c != '`').map(str::len);
        longest = longest.max(runs.max().unwrap_or(0));
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence}text\n{}\n{fence}\n", text.join("\n"))
}

/// A word as a shell takes it.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+{}".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Characters without a glyph, or that reorder their neighbours, or that XML forbids.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_a_cursor_or_gives_a_command() {
        assert_eq!(line("\x1b[2J a\r\nb\u{202e}\u{85}\0"), r"\x1b[2J a\r\nb\u{202e}\x85\x00");
        assert_eq!(line("  ::error::x"), r"  \x3a:error::x");
        assert_eq!(line("a ##[error]x"), r"a #\x23[error]x");
        assert_eq!(line("Grüße, 世界 ✓"), "Grüße, 世界 ✓");
        assert_eq!(line(&"x".repeat(500)).chars().count(), MOST_CHARS + 1);
        assert_eq!(without_colours("\x1b[1;31merror\x1b[0m: x\x1b["), "error: x");
    }

    #[test]
    fn both_ends_of_a_long_story_are_kept() {
        let text: Vec<_> = (0..1000).map(|i| i.to_string()).collect();
        let kept = lines(&text);
        assert_eq!(kept.len(), MOST_LINES + 1);
        assert_eq!((&*kept[0], &*kept[MOST_LINES]), ("0", "999"));
        assert_eq!(kept[MOST_LINES / 2], "… 880 lines are left out …");
    }

    #[test]
    fn a_fence_cannot_be_closed_from_within() {
        let block = fenced(&["a".into(), "````".into(), "b ``` c".into()]);
        assert!(block.starts_with("`````text\n") && block.ends_with("\n`````\n"), "{block}");
        assert_eq!(html("<b>&"), "&lt;b&gt;&amp;");
        assert_eq!(markdown("<b>|`x` @all [a](b)"), r"&lt;b&gt;\|\`x\` &#64;all \[a\](b)");
    }

    #[test]
    fn a_word_is_quoted_where_a_shell_needs_it() {
        assert_eq!(word("{addr}"), "{addr}");
        assert_eq!(word("it's me"), r"'it'\''s me'");
        assert_eq!(word(""), "''");
    }
}
