//! Which reply is right.

use std::sync::OnceLock;

/// So much of a learned body is compared byte by byte; of what follows only the length.
const LEARNED: usize = 1024 * 1024;

/// What `/bytes/N` of the course is made of, often enough to compare many bytes at a time.
static ALPHABET: [u8; 26 * 256] = {
    let mut letters = [0; 26 * 256];
    let mut at = 0;
    while at < letters.len() {
        letters[at] = b'a' + (at % 26) as u8;
        at += 1;
    }
    letters
};

/// How the body of a request to echo begins. No other reply begins so.
pub(super) const MARK: &[u8] = b"echo ";

/// Length of the body of a request to echo: the mark, a group, a client and a number, each with a separator.
pub(super) const ECHO: usize = MARK.len() + 3 + 7 + 17;

/// The body that a GET must bring, for all clients of a group.
#[derive(Debug)]
pub(super) enum Right {
    /// This text.
    Text(&'static [u8]),
    /// The alphabet, over and over, so many bytes.
    Alphabet(u64),
    /// What the first right reply of the run brought.
    Learned(OnceLock<Learned>),
}

/// The body of the first right reply.
#[derive(Debug)]
pub(super) struct Learned {
    /// Its whole length.
    length: u64,
    /// Its beginning.
    bytes: Vec<u8>,
}

impl Right {
    /// What is right for a path: known for the routes of the course, if the server is one of the course.
    pub(super) fn of(path: &str, ours: bool) -> Self {
        let number = |text: &str| text.parse().ok();
        match path.strip_prefix('/').and_then(|path| path.split_once('/')) {
            None if ours && path == "/" => Self::Text(b"Hello, World!"),
            Some(("delay", _)) if ours => Self::Text(b"done waiting\n"),
            Some(("spin", _)) if ours => Self::Text(b"done computing\n"),
            Some(("bytes", length)) if ours && number(length).is_some() => {
                Self::Alphabet(number(length).unwrap_or_default())
            }
            _ => Self::Learned(OnceLock::new()),
        }
    }

    /// The right length, as soon as it is known.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::Text(text) => Some(text.len() as u64),
            Self::Alphabet(length) => Some(*length),
            Self::Learned(learned) => learned.get().map(|learned| learned.length),
        }
    }

    /// Are these the right bytes at this place of the body? Where nothing is known yet, all are.
    pub(super) fn holds(&self, at: u64, bytes: &[u8]) -> bool {
        match self {
            Self::Text(text) => same(text, at, bytes),
            Self::Alphabet(length) => {
                at + bytes.len() as u64 <= *length && letters((at % 26) as usize, bytes)
            }
            Self::Learned(learned) => learned.get().is_none_or(|learned| {
                let known = (learned.bytes.len() as u64).saturating_sub(at) as usize;
                let (compared, further) = bytes.split_at(bytes.len().min(known));
                same(&learned.bytes, at, compared)
                    && at + (compared.len() + further.len()) as u64 <= learned.length
            }),
        }
    }

    /// Is the body of the next right reply to be learned?
    pub(super) fn learns(&self) -> bool {
        matches!(self, Self::Learned(learned) if learned.get().is_none())
    }

    /// Adds to what is being learned.
    pub(super) fn collect(learning: &mut Vec<u8>, bytes: &[u8]) {
        let room = LEARNED.saturating_sub(learning.len());
        learning.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Learns a whole body, or compares it with one that another client has learned meanwhile.
    pub(super) fn learn(&self, length: u64, bytes: Vec<u8>) -> bool {
        let Self::Learned(learned) = self else { return true };
        let mine = Learned { length, bytes };
        match learned.set(mine) {
            Ok(()) => true,
            Err(mine) => self.length() == Some(length) && self.holds(0, &mine.bytes),
        }
    }
}

/// Are these the bytes at this place of the text?
pub(super) fn same(text: &[u8], at: u64, bytes: &[u8]) -> bool {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    text.get(at..at.saturating_add(bytes.len())) == Some(bytes)
}

/// Are these letters of the alphabet, from this one on?
fn letters(mut from: usize, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let (now, rest) = bytes.split_at(bytes.len().min(ALPHABET.len() - from));
        if ALPHABET[from..from + now.len()] != *now {
            return false;
        }
        (from, bytes) = ((from + now.len()) % 26, rest);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_of_the_course_are_known() {
        assert!(Right::of("/", true).holds(0, b"Hello, World!"));
        assert!(Right::of("/delay/20", true).holds(5, b"waiting\n"));
        assert!(Right::of("/spin/9", true).holds(0, b"done computing\n"));
        assert_eq!(Right::of("/bytes/77", true).length(), Some(77));
        assert!(Right::of("/", false).learns());
        assert!(Right::of("/bytes/77", false).learns());
        assert!(Right::of("/else", true).learns());
    }

    #[test]
    fn every_letter_is_compared() {
        let whole: Vec<u8> = (b'a'..=b'z').cycle().take(20_000).collect();
        let right = Right::of("/bytes/20000", true);
        for size in [1, 7, 26, 6656, 9999] {
            for (at, part) in whole.chunks(size).enumerate() {
                assert!(right.holds((at * size) as u64, part), "{at} × {size}");
            }
        }
        for wrong in [0, 25, 6655, 6656, 19_999] {
            let mut body = whole.clone();
            body[wrong] ^= 1;
            assert!(!right.holds(0, &body), "{wrong}");
        }
        assert!(!right.holds(1, &whole), "longer than asked for");
    }

    #[test]
    fn the_first_body_is_learned_and_the_next_compared() {
        let right = Right::of("/strange", true);
        assert!(right.holds(0, b"anything") && right.learns());
        assert!(right.learn(5, b"index".to_vec()));
        assert!(right.holds(2, b"dex") && !right.holds(0, b"Index") && !right.holds(0, b"indexes"));
        assert!(!right.learn(5, b"other".to_vec()) && right.learn(5, b"index".to_vec()));
        assert!(right.learn(5, b"in".to_vec()), "what was collected until another was the first");
        assert!(!right.learn(5, b"if".to_vec()) && !right.learn(6, b"index".to_vec()));
    }
}
