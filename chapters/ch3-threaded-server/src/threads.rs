//! `threads`: a new thread for each connection.
//!
//! The simplest server that serves many clients at once: accept, start a thread, accept again. The thread belongs to
//! its connection from the first byte to the last, so the conversation is written as if there were no other.

use common::{Backoff, Connection, Model, Server, Service, Setting, blocking};
use std::io;
use std::sync::Arc;
use std::thread;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "threads",
    about: "a new thread for each connection",
    most: |settings| settings.value(&MAX_CONNECTIONS),
    listeners: |_| 1,
    serve,
};

/// Each thread costs memory, and the system has only so many; so their number has a limit. Near 16,000 a process of
/// Linux runs out of memory mappings (`vm.max_map_count`, four for each thread), and std ends it.
pub const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    default: 1000,
    most: 10_000,
    help: "threads, pool: at most N connections; further clients wait in the backlog",
};

/// Serves each connection in a thread of its own, until the server stops.
///
/// # Errors
///
/// The system has no thread that could wait for signals. What goes wrong later concerns one connection, or passes.
pub fn serve(server: &Server) -> io::Result<()> {
    for connection in server.incoming()? {
        let mut backoff = Backoff::default();
        while let Err(error) = start(connection.clone(), server.service()) {
            // The system has no thread to give just now. The client waits, and those behind it in the backlog, too.
            backoff.wait("start a thread", &error, &server.connections);
            if server.connections.is_stopping() {
                break;
            }
        }
    }
    Ok(())
}

/// Starts the thread that serves one connection.
fn start(connection: Connection, service: Arc<dyn Service>) -> io::Result<()> {
    thread::Builder::new().spawn(move || {
        // An error here is the end of this one connection, and closing it is all that can be done about it.
        let _ = blocking::drive(&connection, &mut service.session());
    })?;
    Ok(())
}
