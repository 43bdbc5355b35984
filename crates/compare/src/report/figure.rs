//! How figures and names are written.

/// A whole number with commas: `12,345`.
pub fn count(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 && text != "0" { format!("-{text}") } else { text }
}

/// About three digits: `12,345`, `98.7`, `1.23`, `0.012`.
pub fn number(number: f64) -> String {
    match number.abs() {
        0.0 => "0".into(),
        size if size >= 99.95 => count(number),
        size if size >= 9.995 => format!("{number:.1}"),
        size if size >= 0.095 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

/// A time given in microseconds: `840 µs`, `1.24 ms`, `2.30 s`.
pub fn time(us: f64) -> String {
    if us < 999.5 {
        format!("{us:.0} µs")
    } else if us < 999_500.0 {
        format!("{} ms", number(us / 1e3))
    } else {
        format!("{} s", number(us / 1e6))
    }
}

/// Bytes: `512 B`, `12.3 KiB`, `1.20 MiB`.
pub fn bytes(bytes: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes;
    let mut unit = 0;
    while size.abs() >= 1023.5 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{size:.0} B") } else { format!("{} {}", number(size), units[unit]) }
}

/// How many times as much: `9 times`, `1.4 times`.
pub fn times(ratio: f64) -> String {
    if ratio >= 4.5 { format!("{} times", count(ratio)) } else { format!("{ratio:.1} times") }
}

/// A share: `12 %`, `0.4 %`.
pub fn percent(share: f64) -> String {
    let percent = share.abs() * 100.0;
    if percent >= 9.95 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

/// Text of somebody else on one line: what would move a cursor, or turn the direction of reading, is replaced.
pub fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

/// A name as sentences have it: `` `threads` ``.
pub fn name(name: &str) -> String {
    format!("`{}`", plain(name))
}

/// A list of names: `` `a`, `b` and `c` ``; the rest of a long one is only counted.
pub fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 4;
    let mut words: Vec<_> = all.into_iter().map(name).collect();
    if words.len() > MOST {
        let rest = words.len() - (MOST - 1);
        words.truncate(MOST - 1);
        words.push(format!("{rest} others"));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_exact() {
        for (value, text) in [
            (0.0, "0"),
            (999.0, "999"),
            (1000.0, "1,000"),
            (1234567.4, "1,234,567"),
            (-1234.0, "-1,234"),
        ] {
            assert_eq!(count(value), text);
        }
        for (value, text) in
            [(0.0, "0"), (0.0123, "0.012"), (1.234, "1.23"), (99.94, "99.9"), (99.96, "100")]
        {
            assert_eq!(number(value), text);
        }
        for (value, text) in
            [(0.0, "0 µs"), (999.0, "999 µs"), (1240.0, "1.24 ms"), (2.3e6, "2.30 s")]
        {
            assert_eq!(time(value), text);
        }
        for (value, text) in
            [(512.0, "512 B"), (1024.0, "1.00 KiB"), (1048576.0 * 12.3, "12.3 MiB")]
        {
            assert_eq!(bytes(value), text);
        }
        assert_eq!(times(1.42), "1.4 times");
        assert_eq!(times(9.1), "9 times");
        assert_eq!(percent(-0.124), "12 %");
        assert_eq!(percent(0.004), "0.4 %");
    }

    #[test]
    fn names_are_listed_and_harmless() {
        assert_eq!(names(["a"]), "`a`");
        assert_eq!(names(["a", "b"]), "`a` and `b`");
        assert_eq!(names(["a", "b", "c", "d"]), "`a`, `b`, `c` and `d`");
        assert_eq!(names(["a", "b", "c", "d", "e"]), "`a`, `b`, `c` and 2 others");
        assert_eq!(name("\x1b[2J\u{202e}x\n"), "`\u{fffd}[2J\u{fffd}x\u{fffd}`");
    }
}
