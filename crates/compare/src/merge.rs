//! `cargo compare merge`: the runs of several files in one.

use crate::results::{Results, Run};

/// Why results cannot be put together.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is nothing.
    #[error("cannot merge: no results were given (try `merge one.json other.json`)")]
    Nothing,
    /// The formats differ.
    #[error(
        "cannot merge: one file is of version {0} of the format, another of {1} (measure both with one program)"
    )]
    Versions(u32, u32),
}

/// All runs of all results, in their order. A run that is there twice counts once: so a file may be merged again with
/// what it was merged from, and no round is counted twice. Two runs are the same when nothing in them differs.
///
/// # Errors
///
/// When there is nothing to merge, or the versions of the format differ.
pub fn merge(all: Vec<Results>) -> Result<Results, Error> {
    let version = all.first().ok_or(Error::Nothing)?.version;
    if let Some(other) = all.iter().find(|results| results.version != version) {
        return Err(Error::Versions(version, other.version));
    }
    let mut runs: Vec<Run> = Vec::new();
    for run in all.into_iter().flat_map(|results| results.runs) {
        if !runs.contains(&run) {
            runs.push(run);
        }
    }
    Ok(Results { version, runs })
}
