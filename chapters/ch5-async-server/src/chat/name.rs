//! Who one may be, and where.

use crate::chat::protocol::LONGEST_NAME;
use std::fmt;

/// What nobody can be called: a notice about them would read like one to you.
const RESERVED: [&str; 2] = ["you", "server"];

/// The name of a person or of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    text: String,
    key: String,
    look: String,
}

impl Name {
    /// A name, if the text is one: letters from A to Z, digits, `-` and `_`. Letters of other alphabets look like these,
    /// and are others.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_name = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(allowed);
        is_name.then(|| Self {
            text: text.to_owned(),
            key: text.to_ascii_lowercase(),
            look: text.chars().map(alike).collect::<String>().to_ascii_lowercase(),
        })
    }

    /// The name without its capitals: all ways to write it have that in common.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is taken with it: its key, and what it looks like. Two names that share any of these are alike.
    pub fn keys(&self) -> [&str; 2] {
        [&self.key, &self.look]
    }

    /// Would it mislead as the name of a person?
    pub fn is_reserved(&self) -> bool {
        self.keys().iter().any(|key| RESERVED.contains(key))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One character for all that look like it as they are written: `I`, `l` and `1`; `O` and `0`. No `i` looks like an `l`.
fn alike(c: char) -> char {
    match c {
        'I' | '1' => 'l',
        '0' => 'O',
        c => c,
    }
}
