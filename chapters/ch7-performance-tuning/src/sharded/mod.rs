//! `sharded`: an event loop for each core, on one port.
//!
//! The event loop of chapter 5 has one thread, and so one core. Here are as many loops as cores, and they share nothing
//! that a request would touch: each has a listening socket of its own at the same address (`SO_REUSEPORT`, socket(7)), an
//! event queue, connections, timers and buffers. And each loop does less for a request than that of chapter 5 does, by
//! the changes of [`Steps`].
//!
//! In reading order:
//! - [`serve`], here: the loops, each in its thread.
//! - `shard` — one loop.
//! - `connections` — its connections, and what a turn of one comes to.
//! - `places` — the one thing that the loops share: how many connections there may be.
//! - [`steps`] — the changes, one by one.

mod connections;
mod listener;
mod places;
mod shard;
pub mod steps;

use common::{Model, Server, Setting, Settings, stop};
use places::Places;
use shard::Shard;
use std::io;
use std::sync::OnceLock;
use std::thread::{self, available_parallelism};
pub use steps::{STEP, Steps};

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "sharded",
    about: "an event loop for each core, all on one port (mio)",
    most: |settings| settings.value(&MAX_CONNECTIONS),
    listeners: shards,
    serve,
};

/// A connection that waits costs less than a kilobyte.
pub const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    default: 10_000,
    most: 1_000_000,
    help: "at most N connections; further clients wait in the backlog",
};

/// More loops than cores only take turns.
pub const SHARDS: Setting =
    Setting { name: "shards", default: 0, most: 1024, help: "N event loops [one for each core]" };

/// A loop for fewer connections is not worth its while. And who waits in its backlog waits for a place, while another
/// loop may give one to somebody who came later: with a limit as low as this, clients are served as they come.
const LEAST: usize = 64;

/// How many loops there are.
fn shards(settings: &Settings) -> usize {
    let wanted = match settings.value(&SHARDS) {
        0 => available_parallelism().map_or(1, usize::from),
        chosen => chosen,
    };
    wanted.min(settings.value(&MAX_CONNECTIONS) / LEAST).max(1)
}

/// Serves all connections, in a thread for each loop, until the server stops.
///
/// # Errors
///
/// When the system has no event queue or no thread to give.
pub fn serve(server: &Server) -> io::Result<()> {
    let listeners: Vec<_> = std::iter::once(&*server.listener).chain(&server.further).collect();
    let places = Places::new(server.most);
    let shards = listeners.into_iter().map(|listener| Shard::new(server, listener, &places));
    let mut shards = shards.collect::<io::Result<Vec<_>>>()?;
    let first = shards.remove(0);
    // They begin when all of them are there, or not at all.
    let all_there = OnceLock::new();
    let unfinished = thread::scope(|scope| {
        let threads = shards.into_iter().map(|shard| {
            let run = || if *all_there.wait() { shard.run() } else { Ok(0) };
            thread::Builder::new().name("shard".into()).spawn_scoped(scope, run)
        });
        let threads = threads.collect::<io::Result<Vec<_>>>();
        let _ = all_there.set(threads.is_ok());
        let threads = threads?;
        server.ready();
        let mut unfinished = first.run();
        for thread in threads {
            let result = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            unfinished = unfinished.and_then(|sum| Ok(sum + result?));
        }
        unfinished
    })?;
    stop::unfinished(unfinished);
    Ok(())
}
