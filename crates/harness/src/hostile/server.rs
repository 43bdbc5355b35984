//! A server in this process, with a thread for each connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use super::acceptor::Acceptor;
use super::perform::perform;
use super::script::Script;
use crate::DEADLINE;

/// A server that plays a script to each connection: the same one, or one after the other. Dropping it ends all of them.
#[derive(Debug)]
pub struct Server {
    acceptor: Acceptor,
    seen: Arc<Mutex<Vec<Arc<Mutex<Seen>>>>>,
}

/// What a server has seen of one connection so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What came: the first mebibyte of it.
    pub received: Vec<u8>,
    /// How many bytes came in all.
    pub total: u64,
    /// How many bytes the kernel took from us.
    pub sent: u64,
    /// How it ended first, if it did: a client that has ended its side may still listen.
    pub end: Option<End>,
}

/// How a connection ended, as a server sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client ended its side.
    Eof,
    /// A read or a write failed, for instance by a reset.
    Failed(io::ErrorKind),
    /// We closed it, as the script says.
    Ours,
}

impl Server {
    /// Starts on a free port of 127.0.0.1.
    #[track_caller]
    pub fn start(script: Script) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST, script)
            .unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1: {error}"))
    }

    /// Starts on a free port of another address, which the machine may not have.
    pub fn start_on(ip: impl Into<IpAddr>, script: Script) -> io::Result<Self> {
        Self::serve(TcpListener::bind((ip.into(), 0))?, script)
    }

    /// Serves the clients of a listener.
    pub fn serve(listener: TcpListener, script: Script) -> io::Result<Self> {
        Self::serve_in_turn(listener, vec![script])
    }

    /// Plays the first script to the first connection, the second to the second; and the last one to all that follow.
    #[track_caller]
    pub fn in_turn(scripts: Vec<Script>) -> Self {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| Self::serve_in_turn(listener, scripts))
            .unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1: {error}"))
    }

    pub(super) fn serve_in_turn(listener: TcpListener, scripts: Vec<Script>) -> io::Result<Self> {
        assert!(!scripts.is_empty(), "a server needs a script for its connections");
        let scripts = Arc::new(scripts);
        let seen = Arc::<Mutex<Vec<Arc<Mutex<Seen>>>>>::default();
        let all = seen.clone();
        let acceptor = Acceptor::start(listener, move |number| {
            let this = Arc::<Mutex<Seen>>::default();
            all.lock().unwrap_or_else(PoisonError::into_inner).push(this.clone());
            let scripts = scripts.clone();
            move |stream, stop| {
                let script = &scripts[number.min(scripts.len() - 1)];
                let end = perform(stream, script, stop, &this);
                this.lock().unwrap_or_else(PoisonError::into_inner).end.get_or_insert(end);
            }
        })?;
        Ok(Self { acceptor, seen })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.acceptor.addr()
    }

    /// What it has seen so far, a value for each connection in the order of their coming.
    pub fn seen(&self) -> Vec<Seen> {
        let all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|one| one.lock().unwrap_or_else(PoisonError::into_inner).clone()).collect()
    }

    /// Waits for the end of its first connection.
    #[track_caller]
    pub fn first(&self) -> Seen {
        let mut first = None;
        crate::eventually(DEADLINE, "the first connection has ended", || {
            first = self.seen().into_iter().next().filter(|seen| seen.end.is_some());
            first.is_some()
        });
        first.expect("it was there a moment ago")
    }
}
