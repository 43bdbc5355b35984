//! When a fault comes: after so many requests, or once a second.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long everybody is held up, once a second.
const STALL: Duration = Duration::from_millis(200);
/// There are at least so many requests between two stalls: on a machine that is too busy for that, a second has too few
/// requests to hide anything among them.
const BETWEEN: u64 = 2_500;

/// True for each n-th request of all connections, exactly.
pub(crate) fn is_turn(every: u64) -> bool {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    REQUESTS.fetch_add(1, Ordering::Relaxed) % every == every - 1
}

/// Holds up everybody for [`STALL`], once a second: who has to wait for the lock waits as well.
pub(crate) fn stall() {
    static LAST: Mutex<Option<(Instant, u64)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap();
    let (when, requests) = last.get_or_insert((Instant::now(), 0));
    *requests += 1;
    if when.elapsed() >= Duration::from_secs(1) && *requests >= BETWEEN {
        std::thread::sleep(STALL);
        *last = Some((Instant::now(), 0));
    }
}
