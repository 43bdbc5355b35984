//! Thousands of clients that keep quiet beside one that does not.

use std::sync::{Mutex, PoisonError};

use super::churn::{at_rest, is_back};
use super::{Target, skipped};
use crate::{Wire, together};

/// How many clients come beside the crowd.
const BESIDE: usize = 10;

/// The limit of descriptors that programs are usually started with: a server that needs more must see to it.
const USUAL: u64 = 1024;

/// What the rest of this process needs, other tests at the same time among it.
const OTHERS: u64 = 1000;

/// So many clients connect at a time: far fewer than fit into a backlog.
const AT_A_TIME: usize = 4;

/// The descriptors of this process are enough for one crowd.
static ONE_CROWD: Mutex<()> = Mutex::new(());

/// As many idle clients as the model must bear, each with one reply behind it, and one more that is served again and
/// again. When they leave, nothing is left of them.
pub fn is_served_beside(target: &Target) {
    let _alone = ONE_CROWD.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = target.nature().crowd;
    let n = places(wanted);
    if n < wanted {
        skipped(&format!(
            "crowd::is_served_beside: {n} idle clients in the place of {wanted}, the limit of descriptors \
             (ulimit -Hn) allows no more"
        ));
    }
    let patient = ["--patience", "600"];
    let server = target.with_room_for(n + BESIDE).args(patient).limit("-S -n", USUAL).start();
    server.connect().get("/", 200);
    let rest = at_rest(&server);

    let connected = |i| -> Vec<Wire> {
        let connect = |_| {
            let mut wire = server.connect();
            wire.get("/", 200);
            wire
        };
        (i..n).step_by(AT_A_TIME).map(connect).collect()
    };
    let mut crowd: Vec<Wire> = together(AT_A_TIME, connected).into_iter().flatten().collect();
    let mut one = server.connect();
    for _ in 0..100 {
        one.get("/", 200);
    }
    server.connect().get("/", 200);
    // They were not dropped to make room.
    for wire in crowd.iter_mut().step_by(50) {
        wire.get("/", 200);
    }
    drop((crowd, one));
    server
        .eventually("descriptors, threads and processes are back when the crowd has left", || {
            is_back(&server, &rest)
        });
}

/// How many connections this process and the server can have, if it would like `wanted`.
fn places(wanted: usize) -> usize {
    let needed = wanted as u64 + OTHERS;
    // Where there is no such limit, there is none.
    let limit = rlimit::increase_nofile_limit(needed).unwrap_or(needed);
    wanted.min(limit.saturating_sub(OTHERS) as usize)
}
