//! The connections that are open: how many there may be, and how to stop them.

use crate::stream::{Socket, Stream};
use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Every open connection of a server. Clones share one list.
#[derive(Debug)]
pub struct Connections<S: Socket = TcpStream> {
    shared: Arc<Shared<S>>,
}

#[derive(Debug)]
struct Shared<S: Socket> {
    most: usize,
    list: Mutex<List<S>>,
    changed: Condvar,
}

#[derive(Debug)]
struct List<S: Socket> {
    open: HashMap<u64, Weak<Open<S>>>,
    next: u64,
    stopping: bool,
}

/// One open connection. It closes when the last clone is dropped.
#[derive(Debug)]
pub struct Connection<S: Socket = TcpStream> {
    open: Arc<Open<S>>,
}

/// Fields are dropped in this order: the socket is closed before its place is free for another.
#[derive(Debug)]
struct Open<S: Socket> {
    stream: S,
    /// Has our side ended? From then on what comes is only dropped, and a stop must not end our reading: whatever came
    /// after that, Linux would answer with a reset, and the last reply may still be on its way.
    is_closing: AtomicBool,
    place: Place<S>,
}

/// A place on the list.
#[derive(Debug)]
struct Place<S: Socket> {
    id: u64,
    shared: Arc<Shared<S>>,
}

impl<S: Socket> Connections<S> {
    /// Room for so many connections at a time (at least one).
    pub fn at_most(most: usize) -> Self {
        let list = Mutex::new(List { open: HashMap::new(), next: 0, stopping: false });
        Self { shared: Arc::new(Shared { most: most.max(1), list, changed: Condvar::new() }) }
    }

    /// Waits until there is room for one more. False: the server stops, and there will be none.
    pub fn wait_for_room(&self) -> bool {
        let full = |list: &mut List<S>| list.open.len() >= self.shared.most && !list.stopping;
        let waited = self.shared.changed.wait_while(self.shared.lock(), full);
        !waited.unwrap_or_else(PoisonError::into_inner).stopping
    }

    /// Puts a connection on the list. When the server is stopping already, the connection meets end-of-file.
    pub fn admit(&self, stream: S) -> Connection<S> {
        let mut list = self.shared.lock();
        let id = list.next;
        list.next += 1;
        let place = Place { id, shared: Arc::clone(&self.shared) };
        let open = Arc::new(Open { stream, is_closing: AtomicBool::new(false), place });
        list.open.insert(id, Arc::downgrade(&open));
        if list.stopping {
            open.end_of_file();
        }
        Connection { open }
    }

    /// Is the server stopping?
    pub fn is_stopping(&self) -> bool {
        self.shared.lock().stopping
    }

    /// Pauses, but not beyond the beginning of a stop.
    pub fn pause(&self, pause: Duration) {
        let going = |list: &mut List<S>| !list.stopping;
        drop(self.shared.changed.wait_timeout_while(self.shared.lock(), pause, going));
    }

    /// Stops: no further connection is let in, and every open one meets end-of-file, so that its session answers
    /// what it has received and closes.
    pub fn stop(&self) {
        let mut list = self.shared.lock();
        list.stopping = true;
        let open: Vec<_> = list.open.values().filter_map(Weak::upgrade).collect();
        drop(list);
        self.shared.changed.notify_all();
        // The list is free again: dropping the last clone of a connection takes it off the list.
        open.iter().for_each(|open| open.end_of_file());
    }

    /// Waits until no connection is open, for `patience` at most; then ends those that are left. Returns their number.
    pub fn drain(&self, patience: Duration) -> usize {
        let deadline = Instant::now() + patience;
        let mut list = self.shared.lock();
        while !list.open.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.shared.changed.wait_timeout(list, left);
            list = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let stragglers: Vec<_> = list.open.values().filter_map(Weak::upgrade).collect();
        drop(list);
        for open in &stragglers {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        stragglers.len()
    }
}

impl<S: Socket> Open<S> {
    /// Wakes whoever waits to read, as if the peer had ended its side. What has arrived already is still read. An error
    /// means that the peer is gone, which reading will say as well.
    fn end_of_file(&self) {
        if !self.is_closing.load(Ordering::SeqCst) {
            let _ = self.stream.shutdown(Shutdown::Read);
        }
    }
}

impl<S: Socket> Shared<S> {
    /// The list is consistent between any two statements that change it, so a panic elsewhere harms nothing.
    fn lock(&self) -> MutexGuard<'_, List<S>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Socket> Drop for Place<S> {
    fn drop(&mut self) {
        self.shared.lock().open.remove(&self.id);
        self.shared.changed.notify_all();
    }
}

impl<S: Socket> Clone for Connections<S> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<S: Socket> Clone for Connection<S> {
    fn clone(&self) -> Self {
        Self { open: Arc::clone(&self.open) }
    }
}

impl<S: Socket> Connection<S> {
    /// Was its reading ended by ourselves, because the server stops?
    pub fn is_stopping(&self) -> bool {
        self.open.place.shared.lock().stopping
    }
}

impl<S: Socket> Socket for Connection<S> {
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.open.is_closing.store(true, Ordering::SeqCst);
        self.open.stream.shutdown(how)
    }
    fn reset_on_close(&self) -> io::Result<()> {
        self.open.stream.reset_on_close()
    }
}

impl<S: Stream> Stream for Connection<S> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.open.stream.read(buffer)
    }
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.open.stream.write(bytes)
    }
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.open.stream.set_read_timeout(timeout)
    }
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.open.stream.set_write_timeout(timeout)
    }
    fn is_stopping(&self) -> bool {
        self.is_stopping()
    }
}

impl<S: Socket> Deref for Connection<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.open.stream
    }
}
