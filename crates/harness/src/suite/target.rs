//! The program that a check is applied to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{DEADLINE, Launch, Program};

/// A server binary and one of its models.
#[derive(Clone, Debug)]
pub struct Target {
    binary: PathBuf,
    model: String,
    deadline: Duration,
}

impl Target {
    /// A binary and the value for its `--model`.
    pub fn new(binary: impl AsRef<Path>, model: &str) -> Self {
        Self { binary: binary.as_ref().into(), model: model.to_owned(), deadline: DEADLINE }
    }

    /// The same, with the model written as a Rust identifier: `event_loop`, `r#async`.
    pub fn named(binary: impl AsRef<Path>, ident: &str) -> Self {
        Self::new(binary, &ident.trim_start_matches("r#").replace('_', "-"))
    }

    /// Bounds every wait of the checks; short only where the server is known to fail.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The program with its model and no other argument.
    pub fn bare(&self) -> Launch {
        Launch::new(&self.binary).args(["--model", &self.model]).deadline(self.deadline)
    }

    /// The program with its model on a free port of 127.0.0.1.
    pub fn launch(&self) -> Launch {
        self.at("127.0.0.1:0")
    }

    /// The program with its model at an address.
    pub fn at(&self, addr: &str) -> Launch {
        self.bare().args(["--addr", addr])
    }

    /// Starts the program with more arguments.
    #[track_caller]
    pub fn start(&self, args: &[&str]) -> Program {
        self.launch().args(args).start()
    }

    /// The flags that let this model serve `n` clients at a time, and how many it serves then: fewer, if it cannot
    /// serve so many. `None` if it has no such limit.
    pub fn capacity(&self, n: usize) -> Option<(Vec<String>, usize)> {
        let flag = match self.model.as_str() {
            "iterative" => return Some((Vec::new(), 1)),
            "threads" => "--max-connections",
            "pool" | "channel" => "--workers",
            _ => return None,
        };
        Some((vec![flag.to_owned(), n.to_string()], n))
    }
}
