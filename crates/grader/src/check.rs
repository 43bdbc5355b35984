//! What a check is.

use crate::failure::Stop;
use crate::lab::Lab;
use std::fmt;

/// One numbered lesson: what a program must do, why, and how that is found out.
#[derive(Debug)]
pub struct Check {
    /// The chapter that it belongs to.
    pub chapter: u32,
    /// Its number in the chapter, from 1: the 4 of `ch3.4`.
    pub number: u32,
    /// One word for it, such as `together`: stable, for machines.
    pub name: &'static str,
    /// What the program must do, in one line.
    pub title: &'static str,
    /// What is checked and why, for `cargo grade explain`: paragraphs, with the one subtle thing.
    pub about: &'static str,
    /// Where to read on, a line each.
    pub read: &'static [&'static str],
    /// Checks of the same chapter, by number, without which this one makes no sense: it is not run then.
    pub needs: &'static [u32],
    /// What is judged, each part by itself. A check is worth the sum of its parts.
    pub parts: &'static [Part],
}

/// A part of a check: it starts the program anew, and is worth points of its own.
pub struct Part {
    /// What it is worth.
    pub points: u32,
    /// What it looks at, in a few words.
    pub title: &'static str,
    /// Finds it out.
    pub run: fn(&mut Lab) -> Result<(), Stop>,
}

/// The name of a check, such as `ch3.4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// The chapter.
    pub chapter: u32,
    /// The check's number in the chapter.
    pub number: u32,
}

impl Check {
    /// Its name, such as `ch3.4`.
    pub fn id(&self) -> Id {
        Id { chapter: self.chapter, number: self.number }
    }

    /// What it is worth.
    pub fn points(&self) -> u32 {
        self.parts.iter().map(|part| part.points).sum()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ch{}.{}", self.chapter, self.number)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.title, self.points)
    }
}
