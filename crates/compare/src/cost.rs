//! What a server's processes cost, from the kernel's own books.

use crate::results::Cost;
use harness::proc;
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Watches a tree of processes from its start to its end, in a thread of its own: whoever puts the server under load has
/// no time for it.
#[derive(Debug)]
pub struct Meter {
    wishes: Sender<(Wish, SyncSender<()>)>,
    thread: JoinHandle<Cost>,
}

/// What the thread is asked to do.
#[derive(Clone, Copy, Debug)]
enum Wish {
    /// From now on it counts.
    Begin,
    /// Memory is to be read exactly.
    Look,
    /// It counts no longer.
    End,
}

struct Watcher {
    root: u32,
    addr: SocketAddr,
    begin: Option<Books>,
    cost: Cost,
}

/// What can be subtracted.
#[derive(Clone, Debug)]
struct Books {
    cpu: f64,
    reading: proc::Reading,
}

impl Meter {
    /// Watches a server that has no client yet.
    ///
    /// # Errors
    ///
    /// When there is no thread for it.
    pub fn start(root: u32, addr: SocketAddr) -> io::Result<Self> {
        let (wishes, heard) = mpsc::channel();
        let cost = Cost { memory_at_start: memory(root), ..Cost::default() };
        let watcher = Watcher { root, addr, begin: None, cost };
        let thread =
            thread::Builder::new().name("meter".into()).spawn(move || watcher.run(&heard))?;
        Ok(Self { wishes, thread })
    }

    /// From now on it counts. Does not wait.
    pub fn begin(&self) {
        self.wish(Wish::Begin);
    }

    /// Looks at memory exactly, and waits until that is done.
    pub fn look(&self) {
        let _ = self.wish(Wish::Look).recv();
    }

    /// It counts no longer. Waits until all is read.
    pub fn end(&self) {
        let _ = self.wish(Wish::End).recv();
    }

    /// What was found.
    pub fn cost(self) -> Cost {
        drop(self.wishes);
        self.thread.join().unwrap_or_default()
    }

    /// What is returned hears when the wish is fulfilled.
    fn wish(&self, wish: Wish) -> Receiver<()> {
        let (done, fulfilled) = mpsc::sync_channel(1);
        let _ = self.wishes.send((wish, done));
        fulfilled
    }
}

impl Watcher {
    fn run(mut self, wishes: &Receiver<(Wish, SyncSender<()>)>) -> Cost {
        /// Often enough to see a crowd, and seldom enough to cost nothing.
        const PAUSE: Duration = Duration::from_millis(20);

        loop {
            let begin = Instant::now();
            self.look(false);
            // A tree of thousands takes long to read.
            match wishes.recv_timeout(PAUSE.max(begin.elapsed() * 10)) {
                Ok((wish, done)) => {
                    match wish {
                        Wish::Begin => self.begin = self.books(),
                        Wish::Look => self.look(true),
                        Wish::End => self.end(),
                    }
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.cost,
            }
        }
    }

    fn end(&mut self) {
        if let (Some(begin), Some(end)) = (self.begin.take(), self.books()) {
            (self.cost.cpu, self.cost.switches) = (end.cpu - begin.cpu, end.switches_since(&begin));
        }
        self.look(true);
    }

    fn look(&mut self, closely: bool) {
        let Ok(seen) = proc::tree(self.root) else { return };
        let memory = match seen.processes {
            1 => seen.rss,
            // The sum of RSS counts what they share many times, and the fair sum takes long to find.
            _ if closely => memory(self.root),
            _ => 0,
        };
        let accepted = if closely { proc::accepted(self.addr).unwrap_or(0) } else { 0 };
        let cost = &mut self.cost;
        cost.threads = cost.threads.max(seen.threads);
        cost.processes = cost.processes.max(seen.processes);
        cost.memory_peak = cost.memory_peak.max(memory);
        cost.accepted = cost.accepted.max(accepted);
    }

    fn books(&self) -> Option<Books> {
        let reading = proc::tree(self.root).ok()?;
        let others = proc::descendants(self.root).ok()?;
        // The clock of a process is exact, /proc counts in hundredths of a second; but of those that have ended,
        // nothing else is left.
        let living: f64 = std::iter::once(self.root).chain(others).map(clock).sum();
        Some(Books { cpu: living + reading.reaped_cpu.as_secs_f64(), reading })
    }
}

impl Books {
    /// How often threads were switched, if all of them have lived throughout.
    fn switches_since(&self, begin: &Self) -> Option<u64> {
        let (a, b) = (&begin.reading, &self.reading);
        let same =
            a.processes == b.processes && a.threads == b.threads && a.reaped_cpu == b.reaped_cpu;
        let sum = |one: &proc::Reading| one.voluntary + one.involuntary;
        same.then(|| sum(b).saturating_sub(sum(a)))
    }
}

/// CPU seconds of a living process, with those of its threads that have ended: `clock_getcpuclockid(3)`.
fn clock(pid: u32) -> f64 {
    let time = i32::try_from(pid)
        .ok()
        .and_then(|pid| clock_getcpuclockid(Pid::from_raw(pid)).ok()?.now().ok());
    time.map_or(0.0, |time| Duration::from(time).as_secs_f64())
}

/// RSS of one process, the sum of PSS of several.
fn memory(root: u32) -> u64 {
    match proc::tree(root) {
        Ok(seen) if seen.processes == 1 => seen.rss,
        _ => proc::pss(root).unwrap_or(0),
    }
}
