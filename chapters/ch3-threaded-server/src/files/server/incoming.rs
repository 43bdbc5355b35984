//! What has not fully arrived: `.incoming/SHA256-LENGTH`, one file for each content.
//!
//! The name says what the file will be. So whoever puts the same content again finds what there is of it, whatever
//! became of the first transfer, and goes on from there; and nobody sees it under its real name before it is whole.

use crate::files::code::{Code, Refusal};
use crate::files::name::INCOMING;
use crate::files::partial::Partial;
use cap_std::fs::{Dir, DirBuilder, DirBuilderExt, DirEntry};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long the beginning of a file waits for the rest of it.
pub const STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// So many beginnings wait for the rest of them. When there are more, the oldest one goes.
pub const WAITING: usize = 64;

/// Opens what is there of a content, or begins a file for it, and locks it. The folder is made at the first time.
///
/// # Errors
///
/// As those of [`Partial::claim`].
pub(super) fn claim(root: &Arc<Dir>, key: &str) -> Result<Partial, Refusal> {
    let mut private = DirBuilder::new();
    private.mode(0o700);
    match root.create_dir_with(INCOMING, &private) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Refusal::system(&error)),
        _ => Partial::claim(root, &Path::new(INCOMING).join(key)),
    }
    .map_err(|refusal| match refusal.code {
        Code::Busy => {
            let text = "another transfer of the same content is under way (one that broke is given up after a while)";
            Refusal::new(Code::Busy, text)
        }
        Code::NotAFile => {
            let text = format!("what {INCOMING} has of this content is no regular file");
            Refusal::new(Code::NotAFile, text)
        }
        _ => refusal,
    })
}

/// Refuses a path that a link in the folder leads here.
pub(super) fn keep_out(root: &Dir, path: &Path) -> Result<(), Refusal> {
    match root.canonicalize(path) {
        Ok(real) if real.starts_with(INCOMING) => {
            let text = format!("it leads to {INCOMING}, where unfinished transfers are kept");
            Err(Refusal::new(Code::BadName, text))
        }
        // What does not exist, or leads out, is refused by whoever opens it.
        _ => Ok(()),
    }
}

/// Removes the beginnings that nobody has gone on with for [`STALE`], and the oldest ones of those that are more than
/// [`WAITING`], while `running` others are on their way. What cannot be removed stays until the next time.
pub(super) fn tidy(root: &Arc<Dir>, running: usize) {
    let Ok(entries) = root.read_dir(INCOMING) else { return };
    let mut all: Vec<_> = entries.flatten().filter_map(|entry| age(&entry)).collect();
    all.sort_unstable();
    let mut excess = all.len().saturating_sub(WAITING + running);
    for (touched, path) in all {
        let age = SystemTime::now().duration_since(touched).unwrap_or_default();
        if age <= STALE && excess == 0 {
            return;
        }
        // Whoever has it locked goes on with it.
        if let Ok(Some(old)) = Partial::find(root, &path) {
            old.forget();
            excess = excess.saturating_sub(1);
        }
    }
}

/// When a file was last written to, and its path.
fn age(entry: &DirEntry) -> Option<(SystemTime, PathBuf)> {
    let metadata = entry.metadata().ok().filter(|metadata| metadata.is_file())?;
    let touched = metadata.modified().ok()?.into_std();
    Some((touched, Path::new(INCOMING).join(entry.file_name())))
}
