//! What the pool is built from, in loom: every call here is a point at which another thread may go on.

use loom::sync::{Condvar, Mutex, MutexGuard};
use std::cell::Cell;
use std::collections::VecDeque;
use std::io;

pub(crate) use loom::thread::JoinHandle;
// Counting references is std's business. If loom counted, each clone would only multiply the orders to be seen.
pub(crate) use std::sync::Arc;

thread_local! {
    /// How many more threads the system has to give. loom runs all its threads in one, so this is one number.
    pub(crate) static THREADS_LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Starts threads, as long as there are any.
pub(crate) struct Builder;

impl Builder {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn spawn(self, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
        let Some(left) = THREADS_LEFT.get().checked_sub(1) else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        THREADS_LEFT.set(left);
        loom::thread::Builder::new().spawn(run)
    }
}

/// A channel that does what `crossbeam_channel::bounded` promises. With room for 0 a sender waits until a receiver
/// has taken what it sends.
pub(crate) fn bounded<J>(capacity: usize) -> (Sender<J>, Receiver<J>) {
    let state = State { queue: VecDeque::new(), sent: 0, taken: 0, closed: false, deserted: false };
    let (filled, emptied) = (Condvar::new(), Condvar::new());
    let channel = Arc::new(Channel { capacity, state: Mutex::new(state), filled, emptied });
    (Sender(Arc::clone(&channel)), Receiver(Arc::new(LastReceiver(channel))))
}

#[derive(Debug)]
struct Channel<J> {
    capacity: usize,
    state: Mutex<State<J>>,
    /// Receivers wait for it: there is a job, or there will be none.
    filled: Condvar,
    /// Senders wait for it: a job was taken, or nobody will take any.
    emptied: Condvar,
}

#[derive(Debug)]
struct State<J> {
    queue: VecDeque<J>,
    /// Jobs that were ever put into the queue, and that were ever taken out of it.
    sent: usize,
    taken: usize,
    /// Is the sender gone?
    closed: bool,
    /// Are all receivers gone?
    deserted: bool,
}

impl<J> Channel<J> {
    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().expect("no thread panics while it holds the queue")
    }

    /// Changes the state as an end is dropped. When the model has failed, it drops everything, and nothing may be
    /// asked of it any more.
    fn close(&self, change: impl Fn(&mut State<J>)) {
        if !std::thread::panicking() {
            change(&mut self.state());
            self.filled.notify_all();
            self.emptied.notify_all();
        }
    }
}

fn wait_while<'a, J>(
    condition: &Condvar,
    mut state: MutexGuard<'a, State<J>>,
    waiting: impl Fn(&State<J>) -> bool,
) -> MutexGuard<'a, State<J>> {
    while waiting(&state) {
        state = condition.wait(state).expect("no thread panics while it holds the queue");
    }
    state
}

/// Puts jobs into the queue; dropping it closes the queue.
#[derive(Debug)]
pub(crate) struct Sender<J>(Arc<Channel<J>>);

impl<J> Sender<J> {
    /// Waits while there is no room. An error: nobody is left to receive.
    pub(crate) fn send(&self, job: J) -> Result<(), NobodyReceives> {
        let channel = &self.0;
        let room = channel.capacity.max(1);
        let full = |state: &State<J>| state.queue.len() >= room && !state.deserted;
        let mut state = wait_while(&channel.emptied, channel.state(), full);
        if state.deserted {
            return Err(NobodyReceives);
        }
        state.queue.push_back(job);
        state.sent += 1;
        channel.filled.notify_one();
        if channel.capacity == 0 {
            let mine = state.sent;
            let untaken = |state: &State<J>| state.taken < mine && !state.deserted;
            drop(wait_while(&channel.emptied, state, untaken));
        }
        Ok(())
    }
}

impl<J> Drop for Sender<J> {
    fn drop(&mut self) {
        self.0.close(|state| state.closed = true);
    }
}

/// Nobody is left to receive.
#[derive(Debug)]
pub(crate) struct NobodyReceives;

/// Takes jobs out of the queue.
#[derive(Debug)]
pub(crate) struct Receiver<J>(Arc<LastReceiver<J>>);

impl<J> Clone for Receiver<J> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What all receivers share: it is dropped with the last of them.
#[derive(Debug)]
struct LastReceiver<J>(Arc<Channel<J>>);

impl<J> Drop for LastReceiver<J> {
    fn drop(&mut self) {
        self.0.close(|state| state.deserted = true);
    }
}

impl<'a, J> IntoIterator for &'a Receiver<J> {
    type Item = J;
    type IntoIter = Jobs<'a, J>;

    fn into_iter(self) -> Jobs<'a, J> {
        Jobs(&self.0.0)
    }
}

/// One job after another, until the queue is empty and closed.
pub(crate) struct Jobs<'a, J>(&'a Channel<J>);

impl<J> Iterator for Jobs<'_, J> {
    type Item = J;

    fn next(&mut self) -> Option<J> {
        let empty = |state: &State<J>| state.queue.is_empty() && !state.closed;
        let mut state = wait_while(&self.0.filled, self.0.state(), empty);
        let job = state.queue.pop_front()?;
        state.taken += 1;
        self.0.emptied.notify_all();
        Some(job)
    }
}
