//! What a supervisor has said about its program.

use super::exit::Exit;
use super::order::Word;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is known about a program, and a way to wait until more is.
#[derive(Debug, Default)]
pub(super) struct State {
    known: Mutex<Known>,
    changed: Condvar,
}

/// What its supervisor has said so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// How the program ended.
    pub(super) exit: Option<Exit>,
    /// Nothing runs any more; whether something had to be killed for that.
    pub(super) ended: Option<bool>,
    /// The supervisor will not say more.
    pub(super) gone: bool,
}

impl State {
    /// Hears all that a supervisor says.
    pub(super) fn hear(&self, control: UnixStream) {
        for line in BufReader::new(control).lines().map_while(Result::ok) {
            let word = serde_json::from_str(&line);
            let mut known = self.lock();
            match word {
                Ok(Word::Exited(exit)) => known.exit = Some(exit),
                Ok(Word::Ended { ignored_term }) => known.ended = Some(ignored_term),
                _ => {}
            }
            drop(known);
            self.changed.notify_all();
        }
        let mut known = self.lock();
        known.gone = true;
        if known.exit.is_none() {
            let why = "the grader's supervisor was ended, and nobody knows how the program did";
            known.exit = Some(Exit::Lost(why.to_owned()));
        }
        drop(known);
        self.changed.notify_all();
    }

    /// Whether the supervisor is gone without having ended everything.
    pub(super) fn is_lost(&self) -> bool {
        let known = self.lock();
        known.gone && known.ended.is_none()
    }

    /// Waits until enough is known.
    pub(super) fn wait(&self, patience: Duration, done: impl Fn(&Known) -> bool) {
        let start = Instant::now();
        let mut known = self.lock();
        while !done(&known) {
            let Some(left) = patience.checked_sub(start.elapsed()) else { return };
            known =
                self.changed.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
