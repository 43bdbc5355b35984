//! What should come and what came, line by line, with wildcards.

/// A line that stands for any number of lines.
const ANY_LINES: &str = "...";
/// Stands for any text in a line.
const ANY_TEXT: &str = "[..]";

/// Compares; on a difference, says it line by line.
///
/// # Errors
///
/// The lines of both: marked by `-` where one is missing, by `+` where one is too many, by `.` where `...` covers it.
pub(super) fn compare(expected: &[String], came: &[&str]) -> Result<(), String> {
    let costs = costs(expected, came);
    if costs[0][0] == 0 { Ok(()) } else { Err(difference(expected, came, &costs)) }
}

/// Says whether what came so far begins with all that should come.
pub(super) fn begins(expected: &[String], came: &[&str]) -> bool {
    let more: Vec<String> = expected.iter().cloned().chain([ANY_LINES.into()]).collect();
    compare(&more, came).is_ok()
}

/// Says whether a line stands for any number of lines.
pub(super) fn has_wildcard(expected: &[String]) -> bool {
    expected.iter().any(|line| line == ANY_LINES)
}

/// Says whether `line` is what `pattern` says.
fn line_is(pattern: &str, line: &str) -> bool {
    let Some((before, after)) = pattern.split_once(ANY_TEXT) else { return pattern == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| line_is(after, &rest[at..]))
}

/// For each pair of places, how many lines differ from there to the end: the classic table of the edit distance.
fn costs(expected: &[String], came: &[&str]) -> Vec<Vec<usize>> {
    let mut costs = vec![vec![0; came.len() + 1]; expected.len() + 1];
    for e in (0..=expected.len()).rev() {
        for c in (0..=came.len()).rev() {
            if e == expected.len() && c == came.len() {
                continue;
            }
            let any = expected.get(e).is_some_and(|line| line == ANY_LINES);
            let step = usize::from(!any);
            let mut least = usize::MAX;
            if e < expected.len() {
                least = least.min(step + costs[e + 1][c]);
            }
            if c < came.len() {
                least = least.min(step + costs[e][c + 1]);
            }
            if e < expected.len() && c < came.len() && line_is(&expected[e], came[c]) {
                least = least.min(costs[e + 1][c + 1]);
            }
            costs[e][c] = least;
        }
    }
    costs
}

/// Walks the cheapest way through the table.
fn difference(expected: &[String], came: &[&str], costs: &[Vec<usize>]) -> String {
    let mut lines = Vec::new();
    let (mut e, mut c) = (0, 0);
    while e < expected.len() || c < came.len() {
        let any = expected.get(e).is_some_and(|line| line == ANY_LINES);
        let both = e < expected.len() && c < came.len();
        let here = costs[e][c];
        if both && line_is(&expected[e], came[c]) && here == costs[e + 1][c + 1] {
            lines.push(format!("      {}", came[c]));
            (e, c) = (e + 1, c + 1);
        } else if e < expected.len() && here == costs[e + 1][c] + usize::from(!any) {
            lines.push(format!("    {} {}", if any { ' ' } else { '-' }, expected[e]));
            e += 1;
        } else {
            lines.push(format!("    {} {}", if any { '.' } else { '+' }, came[c]));
            c += 1;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: &str, came: &str) -> Result<(), String> {
        let expected: Vec<_> = expected.lines().map(String::from).collect();
        compare(&expected, &came.lines().collect::<Vec<_>>())
    }

    #[test]
    fn wildcards_stand_for_what_changes() {
        for (expected, came) in [
            ("", ""),
            ("a\nb", "a\nb"),
            ("a[..]d", "abcd"),
            ("[..]b[..]", "abc"),
            ("a\n[..]\nb", "a\n\nb"),
            ("[..]é", "ééé"),
            ("...\nb", "a\na\nb"),
            ("a\n...", "a"),
            ("a\n...\nb\n...\nc", "a\nx\nb\nb\ny\nc"),
        ] {
            check(expected, came)
                .unwrap_or_else(|diff| panic!("{expected:?} and {came:?}:\n{diff}"));
        }
    }

    #[test]
    fn a_difference_is_shown_where_it_is() {
        let diff = check(
            "HTTP/1.1 200 OK\nContent-Length: 14\n...\nHello",
            "HTTP/1.1 200 OK\nContent-Length: 13\n\nHello",
        );
        let shown = "      HTTP/1.1 200 OK\n    - Content-Length: 14\n    . Content-Length: 13\n    . \n      ...\n      Hello";
        assert_eq!(diff.unwrap_err(), shown);
        assert_eq!(check("a", "a\nb").unwrap_err(), "      a\n    + b");
        assert_eq!(check("a\nb", "b").unwrap_err(), "    - a\n      b");
    }

    #[test]
    fn a_beginning_is_enough_for_a_program_that_goes_on() {
        let expected = ["listening on [..]".to_string()];
        assert!(begins(&expected, &["listening on 127.0.0.1:1", "try: curl"]));
        assert!(!begins(&expected, &[]));
        assert!(!begins(&expected, &["try: curl", "listening on 127.0.0.1:1"]));
    }
}
