//! A server in this process, with a thread for each connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::perform::perform;
use super::script::Script;
use super::stop::Stop;
use crate::DEADLINE;

/// A server that plays a script to each connection. Dropping it ends all of them.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    stop: Arc<Stop>,
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
        let addr = listener.local_addr()?;
        let server = Self { addr, stop: Arc::default(), seen: Arc::default() };
        let (stop, seen) = (server.stop.clone(), server.seen.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.is_stopped() {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let this = Arc::default();
                seen.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&this));
                let (stop, script) = (stop.clone(), script.clone());
                thread::spawn(move || play(&stream, &script, &stop, &this));
            }
        });
        Ok(server)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
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

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.stop();
        // This wakes the thread that accepts. If nobody can connect, it has ended.
        let _ = TcpStream::connect_timeout(&self.addr, Duration::from_secs(1));
    }
}

fn play(stream: &TcpStream, script: &Script, stop: &Stop, seen: &Mutex<Seen>) {
    // A copy of the socket, by which a stop wakes us. Without a descriptor for it we play unstopped.
    let known = stream.try_clone().map(|copy| stop.add(copy));
    if !matches!(known, Ok(false)) {
        let end = perform(stream, script, stop, seen);
        stop.forget(stream);
        seen.lock().unwrap_or_else(PoisonError::into_inner).end.get_or_insert(end);
    }
}
