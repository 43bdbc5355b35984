//! Rust source as far as the rules need it: its code without comments, and what of `std` it names.

/// The lines of a file that are not a test module at its end, with their numbers from 1.
pub fn without_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.lines().zip(text.lines().skip(1)).position(|(line, next)| {
        line == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{')
    });
    (1..).zip(text.lines()).take(tests.unwrap_or(usize::MAX))
}

/// A line without its `//` comment. A `//` inside a string, as in a URL, begins none.
pub fn code(line: &str) -> &str {
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            // A quote character, `'"'`, begins no string.
            b'"' if !line[..at].ends_with('\'') || in_string => in_string = !in_string,
            b'/' if !in_string && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Says whether `name` stands in `code` as a whole word: `Instant::now` is not in `Instant::nowhere`.
pub fn names(code: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_some_and(word);
        let after = code[at + name.len()..].chars().next().is_some_and(word);
        !(name.starts_with(word) && before || name.ends_with(word) && after)
    })
}

/// The modules of `std` that a text names, each with its line: `std::net::X`, and each of `std::{io, net::X}`.
pub fn std_modules<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // How deep in the braces of a `std::{…}` that began on an earlier line or on this one.
    let mut depth = 0;
    for (number, line) in lines {
        let mut rest = code(line);
        while !rest.is_empty() {
            if depth == 0 {
                let Some(at) = rest.find("std::") else { break };
                rest = &rest[at + 5..];
                match rest.strip_prefix('{') {
                    Some(inside) => (depth, rest) = (1, inside),
                    None => found.push((number, word(rest).into())),
                }
            } else {
                let module = word(rest);
                if depth == 1 && !module.is_empty() && !follows_path(line, rest) {
                    found.push((number, module.into()));
                }
                rest = &rest[module.len()..];
                let Some(c) = rest.chars().next() else { break };
                depth = depth + usize::from(c == '{') - usize::from(c == '}');
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    found
}

/// Says whether `rest`, an end of `line`, stands after `::`, and so is no module of `std` itself.
fn follows_path(line: &str, rest: &str) -> bool {
    code(line).strip_suffix(rest).is_some_and(|before| before.ends_with("::"))
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_no_code() {
        assert_eq!(code("let x = 1; // std::net"), "let x = 1; ");
        assert_eq!(code(r#"let url = "http://x"; // see"#), r#"let url = "http://x"; "#);
        assert_eq!(code(r"let quote = b'\''; // see"), r"let quote = b'\''; ");
        assert_eq!(code("let quote = b'\"'; // see"), "let quote = b'\"'; ");
    }

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(names("let now = Instant::now();", "Instant::now"));
        assert!(!names("Instant::nowhere()", "Instant::now"));
        assert!(names("x.elapsed()", ".elapsed("));
        assert!(!names("my_println!()", "println!"));
    }

    #[test]
    fn modules_of_std_are_found_however_they_are_imported() {
        let text = "use std::{\n    io::{self, Write},\n    net::TcpStream,\n};\nlet f = std::fs::read(); // std::env";
        let found = std_modules((1..).zip(text.lines()));
        let found: Vec<_> = found.iter().map(|(line, module)| (*line, &**module)).collect();
        assert_eq!(found, [(2, "io"), (3, "net"), (5, "fs")]);
        let one_line = std_modules([(1, "use std::{time::Instant, thread};")].into_iter());
        assert_eq!(one_line, [(1, "time".to_string()), (1, "thread".to_string())]);
    }

    #[test]
    fn a_test_module_at_the_end_is_apart() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(without_tests(text).count(), 1);
        assert_eq!(without_tests("#[cfg(test)]\nuse x;\n").count(), 2);
    }
}
