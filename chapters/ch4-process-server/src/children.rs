//! The children of a process: who they are, and how they ended.

use crate::process;
use common::log;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

/// At most one line about them in so long a time.
const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

/// The children that have not ended, and since when each of them lives.
#[derive(Debug, Default)]
pub(crate) struct Children {
    born: HashMap<Pid, Instant>,
    reported: Option<Instant>,
    /// The shortest life that has ended since this was last asked.
    shortest: Option<Duration>,
    /// Do we end them ourselves?
    killed: bool,
}

impl Children {
    pub(crate) fn len(&self) -> usize {
        self.born.len()
    }

    /// One more has begun.
    pub(crate) fn add(&mut self, pid: Pid) {
        self.born.insert(pid, Instant::now());
    }

    /// Takes note of all that have ended.
    pub(crate) fn reap(&mut self) {
        while let Some((pid, status)) = process::reap() {
            // Whoever started this program may have left children of another life to it; they are buried likewise.
            let Some(born) = self.born.remove(&pid) else { continue };
            let life = born.elapsed();
            self.shortest = Some(self.shortest.map_or(life, |other| other.min(life)));
            if let Some(signal) = status.signal() {
                self.report(signal);
            }
        }
    }

    /// The shortest life of those that have ended since this was last asked.
    pub(crate) fn shortest_life(&mut self) -> Option<Duration> {
        self.shortest.take()
    }

    /// Sends a signal to each of them. One that has ended, and is not reaped yet, does not mind.
    pub(crate) fn signal(&self, signal: Signal) {
        for child in self.born.keys() {
            let _ = kill(*child, signal);
        }
    }

    /// Ends all that are left, and says nothing about it when they are reaped.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.killed = true;
    }

    fn report(&mut self, signal: i32) {
        if self.killed || self.reported.is_some_and(|last| last.elapsed() < BETWEEN_REPORTS) {
            return;
        }
        self.reported = Some(Instant::now());
        let name =
            Signal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |s| s.to_string());
        log::err(format_args!("warning: a child was ended by {name}; its connection is closed"));
    }
}
