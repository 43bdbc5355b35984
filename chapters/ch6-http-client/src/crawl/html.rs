//! What a page says: its title, and where its links lead to.
//!
//! Only the tokenizer of `html5ever` reads it, and no tree is built, which is the robust way for pages that nobody here
//! wrote. A tree builder looks through all open elements for each further one, so that 100,000 nested `<div>`s, half a
//! megabyte, cost `scraper` over two minutes in a debug build. Tokens cost what they are long.

mod collect;

use super::answer::Link;
use super::normal::{LONGEST_URL, bounded, is_cut, normal};
use crate::url::{Url, is_http};
pub(super) use collect::asks_not_to_follow;
use collect::{Collector, Found};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

/// Links of one page that are kept; a page with more of them is cut there.
pub const MOST_LINKS: usize = 5_000;
/// Characters of a title that are kept.
pub const LONGEST_TITLE: usize = 200;
/// Characters of a link's words that are kept.
pub const LONGEST_TEXT: usize = 80;

/// The tokenizer compares each attribute of a tag with all before it. A tag may have so many gaps in which another
/// attribute could begin; behind a longer one the page is cut.
const MOST_GAPS: usize = 20_000;
/// After so many bytes it is looked at whether the tag still goes on.
const PIECE: usize = 4096;

/// What was read of a page.
#[derive(Debug, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// The URL that it says it is only another name for.
    pub canonical: Option<String>,
    /// It asks not to be read on from.
    pub nofollow: bool,
    /// Not all of it was read.
    pub cut: bool,
    /// Its links, in their order.
    pub links: Vec<Link>,
}

/// Reads a page that came from `url`.
pub fn read(text: &str, url: &Url, strip: &[String]) -> Page {
    let tokenizer = Tokenizer::new(Collector::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let (mut rest, mut gaps, mut tokens, mut cut) = (text, 0, 0, false);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(PIECE));
        queue.push_back(StrTendril::from_slice(piece));
        // The collector runs no scripts, so the tokenizer never waits for one.
        let _ = tokenizer.feed(&queue);
        let so_far = tokenizer.sink.tokens();
        gaps = if so_far == tokens { gaps + count_gaps(piece) } else { 0 };
        (rest, tokens) = (after, so_far);
        cut = gaps > MOST_GAPS || tokenizer.sink.is_full();
        if cut {
            break;
        }
    }
    if !cut {
        tokenizer.end();
    }
    let found = tokenizer.sink.into_found();
    let base = found.base.as_deref().and_then(|base| url.join(base).ok());
    let base = base.filter(|base| is_http(base) && base.as_str().len() <= LONGEST_URL);
    let base = base.unwrap_or_else(|| url.clone());
    let is_full = found.is_full;
    let resolved = |href: &str| resolve(&base, href, strip);
    let canonical = found.canonical.as_deref().and_then(|href| resolved(href).ok());
    let canonical = canonical.filter(|url| !is_cut(url));
    let Found { title, nofollow, links, .. } = found;
    let links = links.into_iter().map(|link| {
        let url = resolved(&link.url).unwrap_or_else(|as_it_stands| as_it_stands);
        Link { url, text: squeezed(&link.text, LONGEST_TEXT), ..link }
    });
    let title = squeezed(&title, LONGEST_TITLE);
    Page { title, canonical, nofollow, cut: cut || is_full, links: links.collect() }
}

fn count_gaps(piece: &str) -> usize {
    piece
        .bytes()
        .filter(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'"' | b'\''))
        .count()
}

/// The URL of a link in its normal form, or the link as it stands there if it is none of ours; of a long one, the
/// beginning.
fn resolve(base: &Url, href: &str, strip: &[String]) -> Result<String, String> {
    match base.join(href.trim()) {
        Ok(url) if is_http(&url) => Ok(bounded(normal(url, strip))),
        _ => Err(bounded(href.trim())),
    }
}

/// Words with one space between them, and not too many of them.
fn squeezed(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests;
