//! What the tokens of a page are put together to.

use super::{LONGEST_TEXT, LONGEST_TITLE, Link, MOST_LINKS};
use crate::crawl::normal::LONGEST_URL;
use crate::crawl::robots::TOKEN;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{EndTag, StartTag, Tag, Token, TokenSink, TokenSinkResult};
use std::cell::{Cell, RefCell};

/// What stands on a page, as it stands there.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) title: String,
    pub(super) base: Option<String>,
    pub(super) canonical: Option<String>,
    pub(super) nofollow: bool,
    pub(super) is_full: bool,
    pub(super) links: Vec<Link>,
    /// The link whose words are being read.
    open: Option<usize>,
    in_title: bool,
    has_title: bool,
    /// How deep in pictures and formulas, where other rules hold.
    foreign: usize,
}

/// Takes the tokens.
#[derive(Default)]
pub(super) struct Collector {
    found: RefCell<Found>,
    tokens: Cell<u64>,
}

impl Collector {
    /// How many tokens there were.
    pub(super) fn tokens(&self) -> u64 {
        self.tokens.get()
    }

    /// Has it as many links as are kept?
    pub(super) fn is_full(&self) -> bool {
        self.found.borrow().is_full
    }

    /// All that was found.
    pub(super) fn into_found(self) -> Found {
        self.found.into_inner()
    }
}

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        // A complaint is not a token: a tag that goes on for ever may have many.
        if !matches!(token, Token::ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        let mut found = self.found.borrow_mut();
        match token {
            Token::CharacterTokens(text) => found.text(&text),
            Token::TagToken(tag) if tag.kind == StartTag => return found.start(&tag),
            Token::TagToken(tag) if tag.kind == EndTag => found.end(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Found {
    fn text(&mut self, text: &str) {
        if self.in_title {
            append(&mut self.title, text, LONGEST_TITLE);
        } else if let Some(link) = self.open {
            append(&mut self.links[link].text, text, LONGEST_TEXT);
        }
    }

    fn end(&mut self, tag: &Tag) {
        match &*tag.name {
            "a" => self.open = None,
            "title" => self.in_title = false,
            "svg" | "math" => self.foreign = self.foreign.saturating_sub(1),
            _ => {}
        }
    }

    /// Takes a tag, and says in which way the tokenizer has to read what follows it.
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        match &*tag.name {
            "svg" | "math" if !tag.self_closing => self.foreign += 1,
            "base" if self.base.is_none() => {
                // Each link is joined to it, so one that is too long is none.
                let base = value(tag, "href").filter(|href| href.len() <= LONGEST_URL);
                self.base = base.map(str::to_owned);
            }
            "meta" => self.meta(tag),
            "link" => self.relation(tag),
            "a" | "area" => {
                self.open = None;
                if self.link(tag, "href", false) && &*tag.name == "a" {
                    self.open = self.links.len().checked_sub(1);
                }
            }
            "iframe" | "frame" => drop(self.link(tag, "src", false)),
            "img" => {
                let alt = value(tag, "alt").unwrap_or_default();
                self.text(alt);
                if self.link(tag, "src", true)
                    && let Some(link) = self.links.last_mut()
                {
                    append(&mut link.text, alt, LONGEST_TEXT);
                }
            }
            "script" | "source" | "video" | "audio" | "embed" => drop(self.link(tag, "src", true)),
            _ => {}
        }
        if self.foreign > 0 {
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "title" => {
                self.in_title = !std::mem::replace(&mut self.has_title, true);
                TokenSinkResult::RawData(Rcdata)
            }
            "textarea" => TokenSinkResult::RawData(Rcdata),
            "script" => TokenSinkResult::RawData(ScriptData),
            // `noscript` is no part of this list: whoever runs no scripts reads what is in it.
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(Rawtext)
            }
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    /// Keeps a link, if the tag has one and there is room.
    fn link(&mut self, tag: &Tag, attribute: &str, asset: bool) -> bool {
        let Some(href) = value(tag, attribute) else { return false };
        self.keep(href, asset, has_word(tag, "rel", "nofollow"))
    }

    fn keep(&mut self, href: &str, asset: bool, nofollow: bool) -> bool {
        self.is_full = self.links.len() >= MOST_LINKS;
        if !self.is_full {
            let url = cut(href).to_owned();
            self.links.push(Link { url, text: String::new(), asset, nofollow });
        }
        !self.is_full
    }

    fn relation(&mut self, tag: &Tag) {
        let is = |word| has_word(tag, "rel", word);
        let Some(href) = value(tag, "href") else { return };
        if is("canonical") {
            self.canonical.get_or_insert_with(|| cut(href).to_owned());
        } else if PAGES.into_iter().any(is) {
            self.keep(href, false, is("nofollow"));
        } else if ASSETS.into_iter().any(is) {
            self.keep(href, true, false);
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let content = value(tag, "content").unwrap_or_default();
        let name = value(tag, "name").unwrap_or_default();
        if name.eq_ignore_ascii_case("robots") || name.eq_ignore_ascii_case(TOKEN) {
            self.nofollow |= asks_not_to_follow(content);
        }
        let is_refresh =
            value(tag, "http-equiv").is_some_and(|equiv| equiv.eq_ignore_ascii_case("refresh"));
        // `5; url=/next`, and the word in any case.
        let target = content.split_once([';', ',']).map(|(_, rest)| rest.trim());
        if let Some(target) = target.filter(|target| {
            is_refresh && target.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("url="))
        }) {
            self.keep(target[4..].trim_matches(['"', '\'', ' ']), false, false);
        }
    }
}

/// Relations of a page to other pages, and to what it consists of.
const PAGES: [&str; 8] = ["next", "prev", "alternate", "first", "last", "up", "index", "help"];
const ASSETS: [&str; 3] = ["stylesheet", "icon", "manifest"];

/// Does a list of directives say that links are not to be followed?
pub(in crate::crawl) fn asks_not_to_follow(directives: &str) -> bool {
    let mut words = directives.split([',', ' ', ':']);
    words.any(|word| word.eq_ignore_ascii_case("nofollow") || word.eq_ignore_ascii_case("none"))
}

fn value<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|found| &*found.value)
}

fn has_word(tag: &Tag, name: &str, word: &str) -> bool {
    let mut words = value(tag, name).unwrap_or_default().split_ascii_whitespace();
    words.any(|one| one.eq_ignore_ascii_case(word))
}

/// Enough to see that it is too long.
fn cut(href: &str) -> &str {
    &href[..href.floor_char_boundary(2 * LONGEST_URL)]
}

/// Spaces are squeezed later, so a few more are kept than are shown; a character has at most four bytes.
fn append(text: &mut String, more: &str, most: usize) {
    let room = (8 * most).saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}
