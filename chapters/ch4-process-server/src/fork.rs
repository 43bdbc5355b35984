//! `fork`: a copy of the running program for each connection.
//!
//! One `fork(2)` after `accept(2)`, and the child has the connection: descriptors are inherited. It also has everything
//! else that the parent had, because it is the same program at the same place; so it can serve at once. What it breaks
//! afterwards is its own: a page of memory is copied when one of the two writes to it.

use crate::children::Children;
use crate::each::{self, MAX_CHILDREN, Start};
use crate::{child, process};
use common::{Model, Server, Service};
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "fork",
    about: "a forked process for each connection",
    most: |settings| settings.value(&MAX_CHILDREN),
    listeners: |_| 1,
    serve,
};

/// Serves each connection in a fork of this process, until the server stops.
///
/// # Errors
///
/// When the system has no descriptors for the parent's own needs.
pub fn serve(server: &Server) -> io::Result<()> {
    each::serve(server, Fork { listener: &server.listener, service: server.service() })
}

struct Fork<'s> {
    listener: &'s TcpListener,
    service: Arc<dyn Service>,
}

impl Start for Fork<'_> {
    fn start(&mut self, client: &TcpStream) -> io::Result<Pid> {
        process::fork(self.listener, client.as_fd(), || {
            // Never freed: the whole process goes, and a free would write to one more page, which is copied for it.
            let session = Box::leak(self.service.session());
            child::serve(client, session);
        })
    }

    /// A child's handler of this signal ends the reading of its client.
    fn stop(&mut self, children: &Children) {
        children.signal(Signal::SIGTERM);
    }
}
