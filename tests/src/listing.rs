//! Listings in the prose that are taken from the source.
//!
//! A comment right above a block says which file it is from, by a path from the folder of the Markdown file:
//!
//! ```text
//! <!-- from src/threads.rs -->
//! ```
//!
//! The block must then stand in that file, line by line, indented as a whole by any amount. A line that says only
//! `// ...` leaves out any number of lines.

/// The file that a block is from, if the comment above it names one.
pub fn source(comment: Option<&str>) -> Option<&str> {
    Some(comment?.strip_prefix("from ")?.trim())
}

/// Says whether the listing stands in this text; if not, the first of its lines (from 0) that does not.
///
/// # Errors
///
/// The number of lines that do stand there, in the place where the most do.
pub fn find(listing: &[String], text: &str) -> Result<(), usize> {
    let source: Vec<&str> = text.lines().collect();
    let mut from = 0;
    let mut matched = 0;
    for part in listing.split(|line| line.trim() == "// ...") {
        let part = without_indent(part);
        let places = from..source.len();
        let found = |at: usize| {
            let same = agreeing(&part, &source[at..]);
            (same == part.len()).then_some(()).ok_or(same)
        };
        match places.clone().find(|at| found(*at).is_ok()) {
            Some(at) => from = at + part.len(),
            None if part.is_empty() => {}
            None => {
                return Err(matched + places.filter_map(|at| found(at).err()).max().unwrap_or(0));
            }
        }
        // The line that leaves something out counts as one of the listing's.
        matched += part.len() + 1;
    }
    Ok(())
}

/// How many lines of the listing agree with the source from its first line on.
fn agreeing(listing: &[&str], source: &[&str]) -> usize {
    let Some((first, line)) = listing.first().zip(source.first()) else { return 0 };
    let Some(indent) = line.strip_suffix(first) else { return 0 };
    if !indent.trim().is_empty() {
        return 0;
    }
    let same = |(listed, line): &(&&str, &&str)| match listed.trim() {
        "" => line.trim().is_empty(),
        _ => line.strip_prefix(indent) == Some(listed),
    };
    listing.iter().zip(source).take_while(same).count()
}

/// The lines without the indentation that all of them have, and without empty lines around them.
fn without_indent(lines: &[String]) -> Vec<&str> {
    let filled = |line: &String| !line.trim().is_empty();
    let first = lines.iter().position(filled).unwrap_or(lines.len());
    let end = lines.iter().rposition(filled).map_or(first, |last| last + 1);
    let lines = &lines[first..end];
    let width = |line: &String| line.len() - line.trim_start().len();
    let indent = lines.iter().filter(|line| filled(line)).map(width).min().unwrap_or(0);
    lines.iter().map(|line| line.get(indent..).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "fn a() {\n    loop {\n        b();\n\n        c();\n    }\n}\n";

    fn listing(text: &str) -> Vec<String> {
        text.lines().map(String::from).collect()
    }

    #[test]
    fn a_listing_may_be_indented_otherwise() {
        for text in ["loop {\n    b();\n\n    c();\n}", "  b();\n\n  c();", SOURCE, "    b();"] {
            assert_eq!(find(&listing(text), SOURCE), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_listing_may_leave_out_lines() {
        assert_eq!(
            find(&listing("fn a() {\n    // ...\n        c();\n    // ...\n}"), SOURCE),
            Ok(())
        );
        assert_eq!(find(&listing("c();\n// ...\nb();"), SOURCE), Err(2), "only in order");
    }

    #[test]
    fn a_listing_that_drifted_is_found() {
        assert_eq!(find(&listing("loop {\n    b();\n\n    d();"), SOURCE), Err(3));
        assert_eq!(find(&listing("loop {\n  b();"), SOURCE), Err(1));
        assert_eq!(find(&listing("bb();"), SOURCE), Err(0));
        assert_eq!(find(&listing("();"), SOURCE), Err(0));
    }
}
