//! `channel`: our own pool, with a queue that pushes back.
//!
//! One thread accepts; `--workers` threads serve; between them stands a queue of `--queue` connections. When the
//! queue is full the accepting thread waits, and so do the clients, in the kernel's backlog: nobody is let in only
//! to be forgotten.

use crate::bounded::Pool;
use crate::pool::{self, WORKERS};
use common::{Connection, Model, Server, Setting, blocking};
use std::io;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "channel",
    about: "our own pool behind a bounded queue (crossbeam-channel)",
    // One is with the thread that accepts, while it waits for room in the queue.
    most: |settings| settings.value(&WORKERS) + settings.value(&QUEUE) + 1,
    listeners: |_| 1,
    serve,
};

/// Long enough to smooth a burst; too short for a client to wait in it for long.
pub const QUEUE: Setting = Setting {
    name: "queue",
    default: 64,
    most: 1_000_000,
    help: "channel: N connections wait for a thread; further clients wait in the backlog",
};

/// Serves the connections with our own pool, until the server stops.
///
/// # Errors
///
/// When the system does not have so many threads.
pub fn serve(server: &Server) -> io::Result<()> {
    let (service, workers) = (server.service(), server.setting(&WORKERS));
    let converse = move |connection: Connection| {
        let _ = blocking::drive(&connection, &mut service.session());
    };
    let pool = Pool::new(workers, server.setting(&QUEUE), converse)
        .map_err(|_| pool::too_many(workers))?;
    for connection in server.incoming()? {
        pool.submit(connection);
    }
    pool.stop();
    Ok(())
}
