//! Where connections come from, in memory: a script of guests and failures.

use crate::background::DEADLINE;
use crate::peer::Peer;
use common::{Acceptor, Connections, Incoming, Service as _, Standard, blocking};
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// Every error of `accept(2)` that a server must survive.
pub(crate) const ERRORS: [(&str, i32); 8] = [
    ("EMFILE", libc::EMFILE),
    ("ENFILE", libc::ENFILE),
    ("ENOBUFS", libc::ENOBUFS),
    ("ENOMEM", libc::ENOMEM),
    ("ECONNABORTED", libc::ECONNABORTED),
    ("EPERM", libc::EPERM),
    ("EPROTO", libc::EPROTO),
    ("EINTR", libc::EINTR),
];

/// What one accept comes to.
#[derive(Clone, Debug)]
pub(crate) enum Visit {
    /// A connection.
    Guest(Peer),
    /// A failure with this errno.
    Error(i32),
    /// The server is told to stop while accept waits; a guest may come in the same moment.
    Stop(Result<Peer, i32>),
}

/// An acceptor that follows a script. At the end of it the server is told to stop, and accept fails as it does when
/// its listener was shut down.
#[derive(Debug)]
pub(crate) struct Door {
    visits: Mutex<VecDeque<Visit>>,
    connections: Connections<Peer>,
    /// When each accept was called.
    moments: Mutex<Vec<Instant>>,
}

impl Door {
    pub(crate) fn new(
        visits: impl IntoIterator<Item = Visit>,
        connections: &Connections<Peer>,
    ) -> Arc<Self> {
        let visits = Mutex::new(visits.into_iter().collect());
        Arc::new(Self { visits, connections: connections.clone(), moments: Mutex::default() })
    }

    /// When each accept was called.
    pub(crate) fn moments(&self) -> Vec<Instant> {
        self.moments.lock().unwrap().clone()
    }

    /// How often accept was called.
    pub(crate) fn knocks(&self) -> usize {
        self.moments.lock().unwrap().len()
    }
}

impl Acceptor for Door {
    type Stream = Peer;

    fn accept(&self) -> io::Result<Peer> {
        self.moments.lock().unwrap().push(Instant::now());
        let visit = self.visits.lock().unwrap().pop_front();
        let outcome = match visit.unwrap_or(Visit::Stop(Err(libc::EINVAL))) {
            Visit::Guest(peer) => Ok(peer),
            Visit::Error(errno) => Err(errno),
            Visit::Stop(outcome) => {
                self.connections.stop();
                outcome
            }
        };
        outcome.map_err(io::Error::from_raw_os_error)
    }
}

/// The smallest server: one connection after the other, until the stop. It must end, and well.
#[track_caller]
pub(crate) fn serve(door: &Arc<Door>, connections: &Connections<Peer>, service: Standard) {
    assert!(try_to_serve(door, connections, service), "nothing panics in the accept loop");
}

/// The same; false: it ended by a panic.
#[track_caller]
pub(crate) fn try_to_serve(
    door: &Arc<Door>,
    connections: &Connections<Peer>,
    service: Standard,
) -> bool {
    let (sender, ended) = mpsc::channel();
    let (door, connections) = (Arc::clone(door), connections.clone());
    thread::spawn(move || {
        for connection in Incoming::new(&*door, &connections) {
            let _ = blocking::drive(&connection, &mut service.session());
        }
        sender.send(())
    });
    let ended = ended.recv_timeout(DEADLINE);
    assert_ne!(ended, Err(RecvTimeoutError::Timeout), "the accept loop ends with the stop");
    ended.is_ok()
}
