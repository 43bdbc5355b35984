//! Console blocks as steps: a command or a `^C`, and what should come.

use crate::files::Finding;
use crate::markdown::{Block, Document};

/// One thing that the reader does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Types a command.
    Run(String),
    /// Presses Control-C where the server runs.
    Interrupt,
}

/// One thing that the reader does, and what should come.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The line in the file.
    pub(super) line: usize,
    /// What the reader does.
    pub(super) action: Action,
    /// The lines that should come.
    pub(super) expected: Vec<String>,
}

/// The steps of all console blocks of a document.
pub(super) fn steps(document: &Document) -> Result<Vec<Step>, Finding> {
    let mut steps = Vec::new();
    for block in document.blocks.iter().filter(|block| block.language() == "console") {
        steps.extend(
            steps_of(block).map_err(|(line, what)| Finding::new(&document.path, line, what))?,
        );
    }
    Ok(steps)
}

fn steps_of(block: &Block) -> Result<Vec<Step>, (usize, &'static str)> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = block.numbered().peekable();
    while let Some((line, text)) = lines.next() {
        let action = if text == "^C" {
            Action::Interrupt
        } else if let Some(command) = text.strip_prefix("$ ") {
            let mut command = command.to_string();
            while goes_on(&command) {
                let more = lines.next_if(|(_, text)| text.starts_with('>'));
                let (_, more) =
                    more.ok_or((line, "this command goes on, but no line below begins with `> `"))?;
                command =
                    format!("{command}\n{}", more[1..].strip_prefix(' ').unwrap_or(&more[1..]));
            }
            Action::Run(command)
        } else {
            let step =
                steps.last_mut().ok_or((line, "no command, `$ …`, stands above this line"))?;
            step.expected.push(text.trim_end().to_string());
            continue;
        };
        steps.push(Step { line, action, expected: Vec::new() });
    }
    Ok(steps)
}

/// Says whether a shell would wait for another line: after a `\`, inside quotes.
fn goes_on(command: &str) -> bool {
    let mut quote = None;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => match chars.next() {
                Some(_) => {}
                None => return true,
            },
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    quote.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &str) -> Result<Vec<Step>, (usize, &'static str)> {
        let lines = lines.lines().map(String::from).collect();
        steps_of(&Block { line: 10, info: "console".into(), comment: None, lines })
    }

    #[test]
    fn a_command_takes_the_lines_below_it() {
        let run = |line, command: &str, expected: &[&str]| Step {
            line,
            action: Action::Run(command.into()),
            expected: expected.iter().map(|line| line.to_string()).collect(),
        };
        let interrupt = Step { line: 13, action: Action::Interrupt, expected: vec!["bye".into()] };
        assert_eq!(parse("$ one\na \n^C\nbye"), Ok(vec![run(11, "one", &["a"]), interrupt]));
        assert_eq!(parse("$ one \\\n> two\n> a"), Ok(vec![run(11, "one \\\ntwo", &["> a"])]));
        assert_eq!(parse("$ one '\n>   two\n>\n> '"), Ok(vec![run(11, "one '\n  two\n\n'", &[])]));
        assert_eq!(parse("$ echo \"it's\"\n> a"), Ok(vec![run(11, "echo \"it's\"", &["> a"])]));
    }

    #[test]
    fn a_block_that_cannot_be_read_is_refused() {
        assert_eq!(parse("lost").unwrap_err().0, 11);
        assert_eq!(parse("$ one \\\ntwo").unwrap_err().0, 11);
    }
}
