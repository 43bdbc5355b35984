//! Markdown as far as the rules need it: code blocks, headings, links, code spans, words.

use crate::files::File;

/// One Markdown file, taken apart.
#[derive(Debug)]
pub struct Document {
    /// The file's path from the root of the course.
    pub path: String,
    /// Its fenced code blocks.
    pub blocks: Vec<Block>,
    /// The lines outside the blocks, with their numbers from 1; comments are left out.
    pub prose: Vec<(usize, String)>,
}

/// One fenced code block.
#[derive(Debug, Default)]
pub struct Block {
    /// The line of its first fence.
    pub line: usize,
    /// What stands behind the fence: `rust,ignore`.
    pub info: String,
    /// What the comment right above it says, between `<!--` and `-->`.
    pub comment: Option<String>,
    /// The lines inside.
    pub lines: Vec<String>,
}

impl Block {
    /// The language: the first word of the info.
    pub fn language(&self) -> &str {
        self.info.split([',', ' ']).next().unwrap_or_default()
    }

    /// The lines inside, with their numbers in the file.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.line + 1..).zip(self.lines.iter().map(String::as_str))
    }
}

impl Document {
    /// Takes a file apart.
    pub fn parse(file: &File) -> Self {
        let mut document = Self { path: file.path.clone(), blocks: Vec::new(), prose: Vec::new() };
        let mut comment = None;
        let mut lines = (1..).zip(file.text.lines());
        while let Some((number, line)) = lines.next() {
            let text = line.trim_start();
            if let Some(fence) = fence(text) {
                let info = text[fence.len()..].trim().to_string();
                let indent = line.len() - text.len();
                let inside = lines.by_ref().map(|(_, line)| line);
                let lines = inside
                    .take_while(|line| !closes(line.trim(), fence))
                    .map(|line| line.get(indent..).unwrap_or_default().to_string())
                    .collect();
                document.blocks.push(Block { line: number, info, comment: comment.take(), lines });
            } else if let Some(said) = whole_comment(text) {
                comment = Some(said.to_string());
            } else {
                if !text.is_empty() {
                    comment = None;
                }
                document.prose.push((number, line.to_string()));
            }
        }
        document
    }

    /// The anchors that a link may name: one for each heading, as GitHub makes them, and explicit `id`s.
    pub fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for (_, line) in &self.prose {
            let title = line.trim_start_matches('#');
            if title.len() < line.len() && title.starts_with(' ') {
                let anchor = slug(title.trim());
                let again = anchors.iter().filter(|other| **other == anchor).count();
                anchors.push(if again == 0 { anchor } else { format!("{anchor}-{again}") });
            }
            anchors.extend(attributes(line, "id"));
        }
        anchors
    }

    /// Where the links of the prose lead to, each with its line.
    pub fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (number, line) in &self.prose {
            let text = without_spans(line);
            for (at, _) in text.match_indices("](") {
                let target = text[at + 2..].split([')', ' ']).next().unwrap_or_default();
                links.push((*number, target.trim_matches(['<', '>']).to_string()));
            }
            if let Some((_, target)) =
                text.trim_start().strip_prefix('[').and_then(|t| t.split_once("]: "))
            {
                links.push((*number, target.split(' ').next().unwrap_or_default().to_string()));
            }
            links.extend(
                ["href", "src"]
                    .iter()
                    .flat_map(|name| attributes(&text, name))
                    .map(|to| (*number, to)),
            );
        }
        links
    }

    /// The code that the document shows: the spans of its prose and the lines of its blocks, each with its line.
    pub fn code(&self) -> Vec<(usize, String)> {
        let spans = self.prose.iter().flat_map(|(number, line)| {
            line.split('`').skip(1).step_by(2).map(|span| (*number, span.to_string()))
        });
        let blocks = self.blocks.iter().flat_map(Block::numbered);
        spans.chain(blocks.map(|(number, line)| (number, line.to_string()))).collect()
    }

    /// The number of words of the prose.
    pub fn words(&self) -> usize {
        let is_word = |word: &&str| word.contains(char::is_alphanumeric);
        self.prose.iter().map(|(_, line)| line.split_whitespace().filter(is_word).count()).sum()
    }
}

/// The fence that this line begins a block with, if it does.
fn fence(text: &str) -> Option<&str> {
    let mark = text.chars().next().filter(|c| ['`', '~'].contains(c))?;
    let length = text.len() - text.trim_start_matches(mark).len();
    (length >= 3 && !text[length..].contains('`')).then(|| &text[..length])
}

fn closes(line: &str, fence: &str) -> bool {
    line.starts_with(fence) && line.trim_start_matches(&fence[..1]).is_empty()
}

/// What a comment says that fills the line.
fn whole_comment(text: &str) -> Option<&str> {
    text.strip_prefix("<!--")?.trim_end().strip_suffix("-->").map(str::trim)
}

/// The anchor that GitHub gives to a heading.
fn slug(title: &str) -> String {
    // Of a link in a heading only the text counts.
    let mut text = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The line with its code spans blanked.
fn without_spans(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 0 { part.to_string() } else { " ".repeat(part.len()) })
        .collect()
}

/// The values of an HTML attribute in this line.
fn attributes(line: &str, name: &str) -> Vec<String> {
    let opening = format!(" {name}=\"");
    line.match_indices(&opening)
        .filter_map(|(at, _)| line[at + opening.len()..].split('"').next())
        .map(String::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(&File { path: "x.md".into(), text: text.into() })
    }

    #[test]
    fn blocks_are_taken_out_of_the_prose() {
        let text = "One.\n\n<!-- from src/a.rs -->\n```rust,ignore\nlet `x` = 1;\n```\n\n   ````text\n   ```\n   ````\nTwo.";
        let document = parse(text);
        let [first, second] = &document.blocks[..] else { panic!("{document:?}") };
        assert_eq!(
            (first.line, first.language(), first.comment.as_deref()),
            (4, "rust", Some("from src/a.rs"))
        );
        assert_eq!(first.lines, ["let `x` = 1;"]);
        assert_eq!((second.language(), &second.comment), ("text", &None));
        assert_eq!(second.lines, ["```"]);
        assert_eq!(document.words(), 2);
    }

    #[test]
    fn a_comment_belongs_only_to_the_block_right_below() {
        let document = parse("<!-- from a -->\nwords\n```rust\n```\n");
        assert_eq!(document.blocks[0].comment, None);
    }

    #[test]
    fn anchors_are_those_of_github() {
        let text = "# What `accept(2)` does, and why\n## [A](b.md) & B\n## Twice\n## Twice\n<a id=\"here\"></a>\n#not";
        assert_eq!(
            parse(text).anchors(),
            ["what-accept2-does-and-why", "a--b", "twice", "twice-1", "here"]
        );
    }

    #[test]
    fn links_are_found_and_code_is_not_one() {
        let text =
            "[a](b.md#c) and ![d](<e.svg>) `[no](no)`\n\n[f]: g.md \"title\"\n<img src=\"h.png\">";
        let links = [(1, "b.md#c"), (1, "e.svg"), (3, "g.md"), (4, "h.png")];
        assert_eq!(parse(text).links(), links.map(|(line, to)| (line, to.to_string())));
    }
}
