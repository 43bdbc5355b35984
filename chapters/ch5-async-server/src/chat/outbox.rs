//! Lines on their way to one person.

mod queue;

use queue::Queue;
use std::fmt::Debug;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use tokio::sync::watch;

/// A line that may be in many outboxes, without its ending. There is one of it, however many people get it.
pub type Line = Arc<str>;

/// Where the lines go: a socket.
pub trait Sink: Debug + Send + Sync {
    /// Takes some bytes, and never waits: who can take none says `WouldBlock`.
    ///
    /// # Errors
    ///
    /// It takes none just now, or never will.
    fn take(&self, bytes: &[u8]) -> io::Result<usize>;
}

/// Lines on their way to one person: whoever has one to send puts it in and goes on, and a coroutine of the person's
/// writes them as fast as the network takes them.
///
/// It is a value that changes (tokio's `watch`), so whoever waits for anything about it waits for a condition.
#[derive(Debug)]
pub struct Outbox {
    most: usize,
    sink: Box<dyn Sink>,
    queue: watch::Sender<Queue>,
}

/// There is no room for one more line, and the socket takes nothing: who reads is too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// How full an outbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// A quarter at most.
    Low,
    /// A half at most.
    Middle,
    /// More than a half.
    High,
}

impl Outbox {
    /// Room for so many bytes.
    pub fn new(most: usize, sink: impl Sink + 'static) -> Self {
        Self { most, sink: Box::new(sink), queue: watch::Sender::default() }
    }

    /// Puts a line in, at once. A closed outbox drops it.
    ///
    /// Where there is no room, the socket is asked, here and now: the coroutine that writes may not have had its turn,
    /// and for that its owner cannot help.
    ///
    /// # Errors
    ///
    /// It is full.
    pub fn push(&self, line: &Line) -> Result<Fill, Full> {
        let mut pushed = Ok(Fill::Low);
        self.queue.send_if_modified(|queue| {
            while !queue.is_closed && queue.cost + queue::cost(line) > self.most {
                match queue.write(&*self.sink) {
                    Ok(true) => {}
                    // Nobody is there any more, so there is room now. The one who reads will see it, too.
                    Err(error) if error.kind() != ErrorKind::WouldBlock => break,
                    _ => {
                        pushed = Err(Full);
                        return true;
                    }
                }
            }
            if !queue.is_closed {
                queue.put(Line::clone(line));
                pushed = Ok(self.fill_of(queue));
            }
            true
        });
        pushed
    }

    /// Puts a last line in, whether there is room or not, and takes no more.
    pub fn close(&self, last: &str) {
        self.queue.send_if_modified(|queue| {
            let was_open = !std::mem::replace(&mut queue.is_closed, true);
            if was_open && !last.is_empty() {
                queue.put(last.into());
            }
            was_open
        });
    }

    /// Waits until nothing more is taken.
    pub async fn closed(&self) {
        self.until(|queue| queue.is_closed).await;
    }

    /// How full it is. A closed one is as good as empty: nothing more will be in it.
    pub fn fill(&self) -> Fill {
        self.fill_of(&self.queue.borrow())
    }

    fn fill_of(&self, queue: &Queue) -> Fill {
        match queue.cost {
            _ if queue.is_closed => Fill::Low,
            cost if cost > self.most / 2 => Fill::High,
            cost if cost > self.most / 4 => Fill::Middle,
            _ => Fill::Low,
        }
    }

    /// Waits until it is at most half full.
    pub async fn has_room(&self) {
        self.until(|queue| queue.cost <= self.most / 2).await;
    }

    /// Waits until there is something to write; false: there never will be.
    pub async fn has_lines(&self) -> bool {
        self.until(|queue| queue.is_closed || !queue.is_empty()).await;
        !self.queue.borrow().is_empty()
    }

    /// Writes all that the socket takes.
    ///
    /// # Errors
    ///
    /// It takes no more just now, or never will.
    pub fn flush(&self) -> io::Result<()> {
        let mut flushed = Ok(true);
        self.queue.send_if_modified(|queue| {
            while let Ok(true) = flushed {
                flushed = queue.write(&*self.sink);
            }
            true
        });
        flushed.map(drop)
    }

    async fn until(&self, condition: impl FnMut(&Queue) -> bool) {
        // It ends early only if the sender were gone, and we hold it.
        let _ = self.queue.subscribe().wait_for(condition).await;
    }
}
