//! What the grader and its two stages say to each other.

use super::exit::Exit;
use super::launch::Limits;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What both stages are told, as JSON on their command line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// The private folder of this run.
    pub(super) home: PathBuf,
    /// The TCP port that the program may bind, if any; 0 for one that the kernel chooses.
    pub(super) bind: Option<u16>,
    /// What it may use.
    pub(super) limits: Limits,
    /// How many threads and processes its user may have, itself and everything else together.
    pub(super) user_tasks: u64,
}

/// What a stage says to the grader, a line of JSON each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// The supervisor: the program has ended; what it has started may still run.
    Exited(Exit),
    /// The supervisor: nothing runs any more.
    Ended {
        /// Whether something had to be killed.
        ignored_term: bool,
    },
    /// The confined start: it is the program in a moment, and this is its process id as it sees it.
    Here(u32),
    /// The confined start: the program cannot be executed, and why.
    CannotStart(String),
    /// The confined start: the grader's own failure.
    Fault(String),
}

/// What the grader says to the supervisor, in a line.
pub(super) const END: &str = "end";

impl Order {
    /// The socket at which the grader waits for the stages.
    pub(super) fn socket(&self) -> PathBuf {
        self.home.join("socket")
    }

    /// Where the program may write.
    pub(super) fn scratch(&self) -> PathBuf {
        scratch(&self.home)
    }

    /// The named pipes for stdin, stdout and stderr. They lie where the program may write, so that it can open
    /// `/dev/stderr` anew.
    pub(super) fn pipes(&self) -> [PathBuf; 3] {
        ["stdin", "stdout", "stderr"].map(|name| self.scratch().join(name))
    }
}

/// Where a program may write, in the private folder of its run.
pub(super) fn scratch(home: &Path) -> PathBuf {
    home.join("scratch")
}

impl Word {
    /// Says it.
    pub(super) fn tell(&self, mut to: impl Write) -> io::Result<()> {
        let mut line = serde_json::to_string(self)?;
        line.push('\n');
        to.write_all(line.as_bytes())
    }
}
