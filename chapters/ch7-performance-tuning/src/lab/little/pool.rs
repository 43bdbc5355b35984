//! The server: so many threads that accept and drive, one connection each at a time.

use common::service::{Kind, Standard};
use common::{Demo, Service as _, blocking};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// A pool of threads that serves the demo application until it is dropped.
#[derive(Debug)]
pub struct Pool {
    /// Where it listens.
    pub addr: SocketAddr,
    listener: Arc<TcpListener>,
    busy: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts so many threads. Clients who find them all busy wait in the kernel's backlog.
    ///
    /// # Errors
    ///
    /// When the system does not have a port, or so many threads.
    pub fn start(workers: usize) -> io::Result<Self> {
        let listener = common::listen::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let (addr, listener) = (listener.local_addr()?, Arc::new(listener));
        let mut pool = Self { addr, listener, busy: Arc::default(), threads: Vec::new() };
        for _ in 0..workers {
            let (listener, busy) = (Arc::clone(&pool.listener), Arc::clone(&pool.busy));
            // What has been started ends with the pool, also if this one cannot be.
            pool.threads.push(thread::Builder::new().spawn(move || work(&listener, &busy))?);
        }
        Ok(pool)
    }

    /// How many threads have a client at this moment.
    pub fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        common::listen::close(&self.listener);
        for thread in self.threads.drain(..) {
            // A thread that has panicked has told so already.
            let _ = thread.join();
        }
    }
}

fn work(listener: &TcpListener, busy: &AtomicUsize) {
    let service = Standard { kind: Kind::Http, patience: None, demo: Demo::default() };
    // It fails when the listener is closed, and then the work is over.
    while let Ok((stream, _)) = listener.accept() {
        busy.fetch_add(1, Ordering::Relaxed);
        // One client's error is nobody else's: the next one is served.
        let _ = blocking::drive(&stream, &mut service.session());
        busy.fetch_sub(1, Ordering::Relaxed);
    }
}
