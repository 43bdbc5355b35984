//! A strict black-box suite for HTTP/1.1 servers: raw bytes in, and what may come back.
//!
//! Each [`Case`] names the RFC section that it tests, what is sent, and every [`Outcome`] that the RFC permits there.
//! Only the demo app's routes are assumed of the server (`/`, `POST /`, `/delay/MS`, `/bytes/N`), and its named limits.
//!
//! * [`cases`] lists them, [`run`] tries them all on a server, [`try_case`] tries one.
//! * A [`Failure`] prints what was sent, what was accepted, what came, and why that is wrong.
//!
//! Replies are read by a strict reader of this module's own, which shares nothing with the servers it checks.

mod case;
mod judge;
mod octets;
mod reply;
mod show;
mod table;
#[cfg(test)]
mod tests;
mod wire;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;

pub use case::{Body, Case, Check, End, Level, Outcome, Piece, Wanted};
pub use show::Failure;
pub use wire::try_case;

/// How many connections a run holds at once, at most.
const PARALLEL: usize = 8;

/// Returns every case, in reading order: one theme after the other.
pub fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(table::all);
    &CASES
}

/// Tries every case on the server at `addr`, and returns those that failed, in the order of [`cases`].
pub fn run(addr: SocketAddr) -> Vec<Failure> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases().get(index) else { return };
                    if let Err(failure) = try_case(addr, case) {
                        failures
                            .lock()
                            .expect("no thread panics with the list")
                            .push((index, failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics with the list");
    failures.sort_by_key(|(index, _)| *index);
    failures.into_iter().map(|(_, failure)| failure).collect()
}
