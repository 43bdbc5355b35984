//! A coroutine beside the state machine that the compiler makes of it: both are polled by the same executor.
//!
//! `cargo run -p ch5-async-server --example by_hand`

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

/// As one writes it.
async fn introduce(peer: &Peer) -> String {
    let name = peer.line().await;
    let town = peer.line().await;
    format!("{name} of {town}")
}

/// As it is: a variant for each place where it can wait, with what is needed from there on.
enum Introduce<'p> {
    AwaitsName { peer: &'p Peer },
    AwaitsTown { peer: &'p Peer, name: String },
    Over,
}

impl Future for Introduce<'_> {
    type Output = String;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<String> {
        loop {
            match &mut *self {
                Self::AwaitsName { peer } => {
                    let name = ready!(peer.poll_line(context)); // Nothing yet: returns `Pending`.
                    *self = Self::AwaitsTown { peer, name };
                }
                Self::AwaitsTown { peer, name } => {
                    let town = ready!(peer.poll_line(context));
                    let reply = format!("{name} of {town}");
                    *self = Self::Over;
                    return Poll::Ready(reply);
                }
                Self::Over => unreachable!("who has said `Ready` is not polled again"),
            }
        }
    }
}

/// Somebody who says a line now and then.
#[derive(Default)]
struct Peer {
    lines: RefCell<VecDeque<String>>,
    /// Who waits for the next line.
    waiting: RefCell<Option<Waker>>,
}

impl Peer {
    async fn line(&self) -> String {
        std::future::poll_fn(|context| self.poll_line(context)).await
    }

    /// The next line; or `Pending`, and then the waker is called when there is one.
    fn poll_line(&self, context: &mut Context<'_>) -> Poll<String> {
        if let Some(line) = self.lines.borrow_mut().pop_front() {
            return Poll::Ready(line);
        }
        *self.waiting.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }

    fn say(&self, line: &str) {
        self.lines.borrow_mut().push_back(line.to_owned());
        if let Some(waker) = self.waiting.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// Who can go on, by number: what the event loop calls its queue.
type Queue = Arc<Mutex<VecDeque<usize>>>;

/// A waker is a promise to stand in that queue.
struct InLine {
    id: usize,
    queue: Queue,
}

impl Wake for InLine {
    fn wake(self: Arc<Self>) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.id);
    }
}

/// The smallest executor: some coroutines, and whose turn it is.
struct Executor<'f> {
    futures: Vec<Pin<Box<dyn Future<Output = String> + 'f>>>,
    queue: Queue,
}

impl<'f> Executor<'f> {
    fn new(futures: Vec<Pin<Box<dyn Future<Output = String> + 'f>>>) -> Self {
        // Each gets a first turn: until then a future has done nothing at all.
        let queue = Arc::new(Mutex::new((0..futures.len()).collect()));
        Self { futures, queue }
    }

    /// A turn for each that can go on; what came of it, if it had one.
    fn run(&mut self) -> Vec<Option<Poll<String>>> {
        let mut results = vec![None; self.futures.len()];
        while let Some(id) = self.next() {
            let waker = Waker::from(Arc::new(InLine { id, queue: Arc::clone(&self.queue) }));
            let result = self.futures[id].as_mut().poll(&mut Context::from_waker(&waker));
            results[id] = Some(result);
        }
        results
    }

    fn next(&self) -> Option<usize> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

fn main() -> io::Result<()> {
    let peers = [Peer::default(), Peer::default()];
    let by_hand = Introduce::AwaitsName { peer: &peers[0] };
    let by_compiler = introduce(&peers[1]);
    let sizes = [size_of_val(&by_hand), size_of_val(&by_compiler)].map(|n| format!("{n} bytes"));
    let mut executor = Executor::new(vec![Box::pin(by_hand), Box::pin(by_compiler)]);
    let mut out = io::stdout().lock();
    writeln!(out, "{:16}{:26}async fn", "", "by hand")?;
    for line in [None, Some("Ada"), None, Some("London")] {
        for peer in &peers {
            line.into_iter().for_each(|line| peer.say(line));
        }
        let results: Vec<_> = executor
            .run()
            .into_iter()
            .map(|result| result.map_or("no turn".to_owned(), |result| format!("{result:?}")))
            .collect();
        let came = line.map_or("nothing comes".to_owned(), |line| format!("{line} comes"));
        writeln!(out, "{came:16}{:26}{}", results[0], results[1])?;
    }
    writeln!(out, "{:16}{:26}{}", "size", sizes[0], sizes[1])?;

    // What is needed after a wait is part of the future; what is not needed any more, is not.
    writeln!(out, "with a buffer that is read before the wait: {} bytes", size_of_val(&before()))?;
    writeln!(out, "with a buffer that is read behind the wait: {} bytes", size_of_val(&behind()))
}

async fn before() -> u8 {
    let sum = {
        let buffer = [1; 4096];
        std::hint::black_box(&buffer).iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
    };
    std::future::ready(()).await;
    sum
}

async fn behind() -> u8 {
    let buffer = [1; 4096];
    std::future::ready(()).await;
    std::hint::black_box(&buffer).iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}
