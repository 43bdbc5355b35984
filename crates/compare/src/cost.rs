//! What a server's processes cost, from the kernel's own books.

use crate::cpus;
use crate::results::Cost;
use harness::proc::{self, Member};
use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Watches a tree of processes from its start to its end, in a thread of its own: whoever puts the server under load has
/// no time for it.
#[derive(Debug)]
pub struct Meter {
    wishes: Sender<Asked>,
    thread: JoinHandle<Option<Found>>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// What the server cost while it counted, its context switches apart.
    pub cost: Cost,
    /// Context switches from the start to the end, if no thread has taken its own with it.
    pub switches: Option<u64>,
}

/// What the thread is asked to do, when, and who hears that it is done.
#[derive(Debug)]
struct Asked {
    wish: Wish,
    at: Instant,
    done: SyncSender<()>,
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    /// From now on it counts.
    Begin,
    /// It counts no longer.
    End,
}

struct Watcher {
    root: u32,
    sockets_at_start: usize,
    switches_at_start: u64,
    begin: Option<(Instant, Books)>,
    cost: Cost,
}

/// What can be subtracted.
#[derive(Clone, Debug)]
struct Books {
    at: Instant,
    cpu: Duration,
    reaped_cpu: Duration,
    threads: Vec<u32>,
}

impl Meter {
    /// Watches a server that has no client yet. The thread keeps to these CPUs; on those of the servers it would take its
    /// turn among all their threads, and read too late what it is to read now.
    ///
    /// # Errors
    ///
    /// When there is no thread for it.
    pub fn start(root: u32, cpus: &[usize]) -> io::Result<Self> {
        let (wishes, heard) = mpsc::channel();
        let members = proc::members(root).unwrap_or_default();
        let watcher = Watcher {
            root,
            sockets_at_start: sockets(&members),
            switches_at_start: switches(&members),
            begin: None,
            cost: Cost { memory_at_start: memory(&members), ..Cost::default() },
        };
        let cpus = cpus.to_vec();
        let watch = move || {
            // Anywhere is better than nowhere.
            let _ = cpus::pin(&cpus);
            watcher.run(&heard)
        };
        let thread = thread::Builder::new().name("meter".into()).spawn(watch)?;
        Ok(Self { wishes, thread })
    }

    /// From now on it counts. Does not wait.
    pub fn begin(&self) {
        self.ask(Wish::Begin);
    }

    /// It counts no longer. Waits until all is read.
    pub fn end(&self) {
        let _ = self.ask(Wish::End).recv();
    }

    /// What was found, if the processes could be read in time.
    pub fn found(self) -> Option<Found> {
        drop(self.wishes);
        self.thread.join().ok().flatten()
    }

    /// What is returned hears when the wish is fulfilled.
    fn ask(&self, wish: Wish) -> Receiver<()> {
        let (done, fulfilled) = mpsc::sync_channel(1);
        let _ = self.wishes.send(Asked { wish, at: Instant::now(), done });
        fulfilled
    }
}

impl Watcher {
    fn run(mut self, wishes: &Receiver<Asked>) -> Option<Found> {
        /// Often enough to see a crowd come and go.
        const PAUSE: Duration = Duration::from_millis(20);
        /// A look may take a thirtieth of the time, and no more: it takes it from the load.
        const SHARE: u32 = 30;

        let mut found = None;
        loop {
            let begin = Instant::now();
            self.look();
            match wishes.recv_timeout(PAUSE.max(begin.elapsed() * SHARE)) {
                Ok(Asked { wish, at, done }) => {
                    match wish {
                        Wish::Begin => self.begin(at),
                        Wish::End => found = self.end(at),
                    }
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return found,
            }
        }
    }

    fn begin(&mut self, now: Instant) {
        let members = proc::members(self.root).ok();
        self.begin = members.map(|members| (now, Books::of(&members)));
    }

    /// What it cost from the beginning until now.
    fn end(&mut self, now: Instant) -> Option<Found> {
        let (asked, begin) = self.begin.take()?;
        let members = proc::members(self.root).ok()?;
        let end = Books::of(&members);
        let span = now.saturating_duration_since(asked);
        let watched = now.saturating_duration_since(begin.at);
        if watched * 4 < span {
            return None;
        }
        let cpu = (end.cpu + end.reaped_cpu).saturating_sub(begin.cpu + begin.reaped_cpu);
        // The first reading came a little late. What was missed was like the rest.
        self.cost.cpu = cpu.as_secs_f64() * span.as_secs_f64() / watched.as_secs_f64();
        self.count(&members);
        self.cost.memory_peak = self.cost.memory_peak.max(memory(&members));
        self.cost.accepted = sockets(&members).saturating_sub(self.sockets_at_start);
        let same = begin.threads == end.threads && begin.reaped_cpu == end.reaped_cpu;
        let switches = same.then(|| switches(&members).saturating_sub(self.switches_at_start));
        Some(Found { cost: self.cost.clone(), switches })
    }

    fn look(&mut self) {
        let Ok(members) = proc::members(self.root) else { return };
        self.count(&members);
        // The sum of RSS counts what several share many times, and the fair sum takes long to find.
        if members.len() == 1 {
            self.cost.memory_peak = self.cost.memory_peak.max(memory(&members));
        }
    }

    fn count(&mut self, members: &[Member]) {
        let threads = members.iter().map(|member| member.threads).sum();
        self.cost.threads = self.cost.threads.max(threads);
        self.cost.processes = self.cost.processes.max(members.len());
    }
}

impl Books {
    fn of(members: &[Member]) -> Self {
        let at = Instant::now();
        // The clock of a process is exact, /proc counts in hundredths of a second; but of those that have ended,
        // nothing else is left.
        let cpu = members.iter().map(|member| clock(member.pid)).sum();
        let reaped_cpu = members.iter().map(|member| member.reaped_cpu).sum();
        let threads = members.iter().flat_map(|one| proc::threads(one.pid).unwrap_or_default());
        let mut threads: Vec<_> = threads.collect();
        threads.sort_unstable();
        Self { at, cpu, reaped_cpu, threads }
    }
}

/// CPU time of a living process, with that of its threads that have ended: `clock_getcpuclockid(3)`.
#[cfg(target_os = "linux")]
fn clock(pid: u32) -> Duration {
    use nix::time::clock_getcpuclockid;
    use nix::unistd::Pid;

    let time = i32::try_from(pid)
        .ok()
        .and_then(|pid| clock_getcpuclockid(Pid::from_raw(pid)).ok()?.now().ok());
    time.map_or(Duration::ZERO, Duration::from)
}

/// Where the system is not Linux, there is no /proc either.
#[cfg(not(target_os = "linux"))]
fn clock(_: u32) -> Duration {
    Duration::ZERO
}

/// RSS of one process, the sum of PSS of several.
fn memory(members: &[Member]) -> u64 {
    match members {
        [one] => proc::rss(one.pid).unwrap_or(0),
        several => several.iter().map(|member| proc::own_pss(member.pid).unwrap_or(0)).sum(),
    }
}

/// Of all threads that live.
fn switches(members: &[Member]) -> u64 {
    members.iter().map(|member| proc::switches(member.pid).unwrap_or(0)).sum()
}

/// How many sockets the processes have open, together.
fn sockets(members: &[Member]) -> usize {
    let all = members.iter().flat_map(|member| proc::sockets(member.pid).unwrap_or_default());
    all.collect::<BTreeSet<_>>().len()
}
