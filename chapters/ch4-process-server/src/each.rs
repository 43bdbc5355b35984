//! A child for each connection: what a parent does about it, whichever way its children begin.

use crate::children::Children;
use crate::parent::{Parent, Woken};
use common::{Acceptor, Server, Setting, listen};
use nix::unistd::Pid;
use std::io::{self, ErrorKind};
use std::net::TcpStream;

/// Each child costs memory and a place in the system's table of processes, so their number has a limit.
pub const MAX_CHILDREN: Setting = Setting {
    name: "max-children",
    default: 256,
    most: 10_000,
    help: "spawn, fork: at most N children, one for each connection; further clients wait in the backlog",
};

/// How a child begins, and how the children are asked to end.
pub(crate) trait Start {
    /// Starts a child that serves this client.
    fn start(&mut self, client: &TcpStream) -> io::Result<Pid>;

    /// Asks those that there are to end: each answers what it has received, and closes.
    fn stop(&mut self, children: &Children);
}

/// Serves each connection in a child of its own, until the server stops.
pub(crate) fn serve(server: &Server, mut model: impl Start) -> io::Result<()> {
    let mut parent = Parent::new(server)?;
    // A client may have gone between `poll(2)` and `accept(2)`, which must not wait for the next one then.
    server.listener.set_nonblocking(true)?;
    server.ready();
    // The client that was let in and has no child yet.
    let mut client = None;
    loop {
        let has_room = parent.children.len() < server.most;
        match parent.wait(has_room && client.is_none()) {
            Woken::ByStop => break,
            Woken::ByClient => client = accept(&mut parent, server),
            Woken::Otherwise => {}
        }
        start(&mut parent, &mut client, &mut model);
    }
    listen::close(&server.listener);
    model.stop(&parent.children);
    parent.drain(|parent| {
        if start(parent, &mut client, &mut model) {
            model.stop(&parent.children);
        }
        usize::from(client.is_some())
    });
    Ok(())
}

/// Accepts the client that is there, if it still is.
fn accept(parent: &mut Parent<'_>, server: &Server) -> Option<TcpStream> {
    match Acceptor::accept(&*server.listener) {
        Ok(stream) => {
            // Elsewhere than on Linux it is as non-blocking as its listener.
            if !cfg!(target_os = "linux") {
                let _ = stream.set_nonblocking(false);
            }
            return Some(stream);
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
        Err(error) => parent.failed("accept a connection", &error),
    }
    None
}

/// Starts a child for the client that has none, if there is one and it is not too early to try again. Says whether it
/// did.
fn start(parent: &mut Parent<'_>, client: &mut Option<TcpStream>, model: &mut impl Start) -> bool {
    let Some(stream) = client.as_ref().filter(|_| !parent.is_pausing()) else { return false };
    match model.start(stream) {
        Ok(child) => {
            parent.children.add(child);
            parent.succeeded();
            // The child has the connection now. If we kept it too, the client would not see it end with the child.
            *client = None;
        }
        Err(error) => parent.failed("start a process", &error),
    }
    client.is_none()
}
