//! The program that a check is applied to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::nature::Nature;
use crate::{DEADLINE, Launch, Program};

/// A server binary and one of its models.
#[derive(Clone, Debug)]
pub struct Target {
    binary: PathBuf,
    model: String,
    flags: Vec<String>,
    nature: &'static Nature,
    deadline: Duration,
}

impl Target {
    /// A binary and the value for its `--model`.
    pub fn new(binary: impl AsRef<Path>, model: &str) -> Self {
        Self {
            binary: binary.as_ref().into(),
            model: model.to_owned(),
            flags: Vec::new(),
            nature: Nature::of(model),
            deadline: DEADLINE,
        }
    }

    /// The same, with the model written as a Rust identifier: `event_loop`, `r#async`. It must be one of the course.
    pub fn named(binary: impl AsRef<Path>, ident: &str) -> Self {
        let target = Self::new(binary, &ident.trim_start_matches("r#").replace('_', "-"));
        let known = !target.nature.is_strange();
        assert!(known, "the checks know no model {}: add it to suite/nature.rs", target.model);
        target
    }

    /// The same, always started with these flags as well, as one would type them.
    #[must_use]
    pub fn with(mut self, flags: &str) -> Self {
        self.flags.extend(flags.split_whitespace().map(str::to_owned));
        self
    }

    /// Expects of the program what is true of this model of the course, whatever its own is called.
    #[must_use]
    pub fn like(mut self, model: &str) -> Self {
        self.nature = Nature::of(model);
        self
    }

    /// Bounds every wait of the checks; short only where the server is known to fail.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The program with its model and no other argument.
    pub fn bare(&self) -> Launch {
        let launch = Launch::new(&self.binary).args(["--model", &self.model]);
        launch.args(&self.flags).deadline(self.deadline)
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
        if self.nature.has_one_client_at_a_time() {
            return Some((Vec::new(), 1));
        }
        Some((vec![self.nature.limit?.to_owned(), n.to_string()], n))
    }

    /// The program with the flags that let it serve `n` clients at a time, where it has such flags.
    pub(super) fn with_room_for(&self, n: usize) -> Launch {
        let (flags, _) = self.capacity(n).unwrap_or_default();
        self.launch().args(flags)
    }

    /// What a check has to know about the model.
    pub(super) fn nature(&self) -> &'static Nature {
        self.nature
    }
}
