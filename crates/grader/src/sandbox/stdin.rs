//! A program's stdin, written by a thread: a pipe takes 64 KiB, and the program may never read.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

/// The writing end.
#[derive(Debug)]
pub(super) struct Stdin {
    /// `None` when it was ended.
    queue: Option<Sender<Vec<u8>>>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: AtomicUsize,
    broken: AtomicBool,
}

impl Stdin {
    /// Writes into this pipe. The thread ends, and closes the pipe, when stdin is ended and all is written, or when
    /// nobody has the reading end any more.
    pub(super) fn new(mut pipe: File) -> Self {
        let (queue, pieces) = mpsc::channel::<Vec<u8>>();
        let state = Arc::new(State::default());
        let of_thread = state.clone();
        thread::spawn(move || {
            for piece in pieces {
                if pipe.write_all(&piece).is_err() {
                    of_thread.broken.store(true, Ordering::Release);
                    return;
                }
                of_thread.waiting.fetch_sub(piece.len(), Ordering::AcqRel);
            }
        });
        Self { queue: Some(queue), state }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        if self.state.broken.load(Ordering::Acquire) {
            return Err(broken());
        }
        let queue = self.queue.as_ref().ok_or_else(broken)?;
        self.state.waiting.fetch_add(bytes.len(), Ordering::AcqRel);
        queue.send(bytes.to_vec()).map_err(|_| broken())
    }

    pub(super) fn end(&mut self) {
        self.queue = None;
    }

    pub(super) fn waiting(&self) -> usize {
        self.state.waiting.load(Ordering::Acquire)
    }
}
