//! Signals, sent by the shell: the standard library has no `kill(2)`, and this crate has no unsafe code.

use std::fmt;
use std::io;
use std::process::{Command, Stdio};

/// A signal that a test sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM: what a service manager sends.
    Terminate,
    /// SIGINT: what Ctrl-C sends.
    Interrupt,
    /// SIGKILL: what no program can refuse.
    Kill,
    /// SIGSTOP: the program stands still.
    Suspend,
    /// SIGCONT: it goes on.
    Resume,
}

impl Signal {
    /// Sends it to a process id, or with a minus to a process group.
    pub(super) fn send(self, target: &str) -> io::Result<()> {
        let output = Command::new("sh")
            .args(["-c", r#"kill -s "$0" -- "$1""#, self.name(), target])
            .stdin(Stdio::null())
            .output()?;
        match output.status.success() {
            true => Ok(()),
            false => {
                Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()))
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
            Self::Kill => "KILL",
            Self::Suspend => "STOP",
            Self::Resume => "CONT",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIG{}", self.name())
    }
}
