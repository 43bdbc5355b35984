//! How programs end.

use harness::Output;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal, of its own making or of ours.
    Signal(i32),
    /// The sandbox ended it, because it used “more than 512 MiB of memory” or the like.
    Limit(String),
    /// Nobody knows, because the grader's own supervisor is gone: a failure of the grader, never the program's.
    Lost(String),
}

/// What was seen while a program was ended.
#[derive(Debug)]
pub struct Ending {
    /// How it ended, by itself or now. `None` if even SIGKILL did not end it.
    pub exit: Option<Exit>,
    /// The processes that it had left behind: those that still ran though the program itself had ended.
    pub left: Vec<u32>,
    /// Whether something still ran 2 s after SIGTERM, and had to be killed.
    pub ignored_term: bool,
    /// All that it wrote.
    pub output: Arc<Output>,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "it ended with exit code {code}"),
            Self::Signal(number) => match Signal::try_from(*number) {
                Ok(signal) => write!(f, "it was ended by {signal}"),
                Err(_) => write!(f, "it was ended by signal {number}"),
            },
            Self::Limit(what) => write!(f, "it was ended by the sandbox: {what}"),
            Self::Lost(why) => f.write_str(why),
        }
    }
}
