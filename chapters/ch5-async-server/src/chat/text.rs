//! What others may see of a text that somebody sent.

use common::log::is_unseen;

/// Marks that may be stacked on one letter. No language needs more, and a tower of them hides the lines above it.
const MARKS: usize = 4;

/// The text as one line that no terminal obeys: what is no UTF-8, and what would move, turn round or colour what others
/// see, becomes U+FFFD, a question mark in most fonts; a tab becomes a space.
pub fn harmless(bytes: &[u8]) -> String {
    let mut marks = 0;
    let shown = |c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\t' => ' ',
            c if c.is_control() || (is_unseen(c) && !is_needed(c)) || marks > MARKS => {
                char::REPLACEMENT_CHARACTER
            }
            c => c,
        }
    };
    String::from_utf8_lossy(bytes).chars().map(shown).collect()
}

/// It is not seen either. But Persian words and many emoji are written with these, and they change only how their
/// neighbours are drawn.
fn is_needed(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Is it drawn on the letter before it? These are the blocks of Unicode for such marks of all alphabets.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}
