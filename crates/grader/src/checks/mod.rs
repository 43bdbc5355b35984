//! All checks, a file for each chapter, in the order in which a student meets them.
//!
//! A chapter's file says what is checked and why; how it is found out stands in the parts, which chapters share: every
//! server keeps the same tallies (`tally`), whatever its concurrency model (`threads`).

mod ch1;
mod ch2;
mod ch3;
mod client;
mod tally;
mod threads;

use crate::check::{Check, Part};
use crate::failure::Stop;
use crate::lab::Lab;

/// The checks of a chapter, in their order; none if it has no exercise.
pub fn of(chapter: u32) -> &'static [Check] {
    match chapter {
        1 => ch1::CHECKS,
        2 => ch2::CHECKS,
        3 => ch3::CHECKS,
        _ => &[],
    }
}

/// The chapters that have checks.
pub fn chapters() -> impl Iterator<Item = u32> {
    (1..=9).filter(|&chapter| !of(chapter).is_empty())
}

/// A part of a check.
const fn part(points: u32, title: &'static str, run: fn(&mut Lab) -> Result<(), Stop>) -> Part {
    Part { points, title, run }
}
