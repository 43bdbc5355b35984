//! `cargo grade reset ch3`: begins anew from the skeleton. The work is kept, and nothing is ever overwritten.

use super::Problem;
use super::target::Target;
use super::world::World;
use crate::report::files::replace;
use anyhow::{Context as _, Result};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Restores the skeleton.
pub(super) fn reset(world: &mut World<'_>, target: &Target) -> Result<u8, Problem> {
    let (chapter, _) = world.chapter(target.chapter)?;
    let exercise = chapter.path().join("exercise");
    let main = exercise.join("src/main.rs");
    let skeleton = exercise.join("skeleton.rs");
    let root = world.root;
    let fresh = fs::read(root.join(&skeleton)).with_context(|| {
        format!("cannot read {} (git checkout restores it)", skeleton.display())
    })?;
    let work = match fs::read(root.join(&main)) {
        Ok(work) => Some(work),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(format!("cannot read {}", main.display()))
                .into());
        }
    };
    if work.as_ref() == Some(&fresh) {
        world.say(&[format!("nothing to do: {} is the skeleton still", main.display())]);
        return Ok(0);
    }
    if let Some(work) = work {
        let kept = keep(root, &exercise, &work)?;
        world.say(&[format!("your work is kept: {}", kept.display())]);
    }
    let path = root.join(&main);
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    replace(&path, &fresh)?;
    world.say(&[format!("restored: {} begins anew from {}", main.display(), skeleton.display())]);
    Ok(0)
}

/// Writes the work into the first file `kept/main.N.rs` that is not there yet.
fn keep(root: &Path, exercise: &Path, work: &[u8]) -> Result<PathBuf> {
    let folder = exercise.join("kept");
    let failed = || format!("cannot keep your work in {}, so it stays as it is", folder.display());
    fs::create_dir_all(root.join(&folder)).with_context(failed)?;
    for number in 1_u32.. {
        let path = folder.join(format!("main.{number}.rs"));
        match OpenOptions::new().write(true).create_new(true).open(root.join(&path)) {
            Ok(mut file) => {
                file.write_all(work).and_then(|()| file.sync_all()).with_context(failed)?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(failed),
        }
    }
    anyhow::bail!("{}", failed())
}
