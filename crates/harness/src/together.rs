//! Doing things at the same time.

use std::panic::resume_unwind;
use std::thread;

/// Calls `f` with 0 to `n - 1`, each in a thread of its own, and waits for all; a panic goes on here, with its own text.
pub fn together<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let f = &f;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..n).map(|i| scope.spawn(move || f(i))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
