//! `cargo grade solution ch3`: the reference, for those who have one of their own.

use super::Problem;
use super::target::Target;
use super::world::World;
use crate::progress::Chapter;
use anyhow::Context as _;
use std::fs;

/// Shows the reference, or says how far one is.
pub(super) fn solution(world: &mut World<'_>, target: &Target, spoil: bool) -> Result<u8, Problem> {
    let number = target.chapter;
    let path = world.chapter(number)?.0.path().join("exercise/solution.rs");
    let progress = world.progress();
    let known = progress.chapter(number);
    if !spoil && !known.is_some_and(|known| known.best.passed) {
        let far = match known {
            Some(Chapter { best, .. }) => {
                format!("your best is {} of {} points", best.earned, best.points)
            }
            None => "it was not graded yet".into(),
        };
        let grade = world.paint.command(&format!("cargo grade ch{number}"));
        let spoil = world.paint.command(&format!("cargo grade solution ch{number} --spoil"));
        world.say(&[
            format!("The solution of ch{number} is shown when all checks pass; {far}."),
            format!("  grade    {grade}"),
            format!("  show it  {spoil}"),
        ]);
        return Ok(1);
    }
    let text = fs::read_to_string(world.root.join(&path))
        .with_context(|| format!("cannot read {} (git checkout restores it)", path.display()))?;
    // As it is, so that it can be piped into a file and compiled.
    let _ = write!(world.out, "// {}\n\n{text}", path.display());
    Ok(0)
}
