//! Starts the threads, keeps the time with them, and adds up what they have seen.

use super::right::Right;
use super::shared::{Done, Shared};
use super::worker::Worker;
use super::{Answer, Clients, Load, Pace, Request, Watch};
use crate::cpus;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// How often it is looked for a wish to stop.
const LOOK: Duration = Duration::from_millis(50);

pub(super) fn run(
    addr: SocketAddr,
    load: &Load,
    watch: &dyn Watch,
    stop: &AtomicBool,
) -> io::Result<Answer> {
    load.groups.iter().try_for_each(check)?;
    let count = |of: fn(&Clients) -> bool| -> usize {
        let groups = load.groups.iter().filter(|clients| of(clients));
        groups.map(|clients| clients.count as usize).sum()
    };
    let all = count(|_| true);
    // A thread without a client would do nothing.
    let threads = load.cpus.len().min(all).max(1);
    let shared = Shared {
        addr,
        load,
        watch,
        stop,
        rights: load.groups.iter().map(|clients| Right::of(clients.path(), load.ours)).collect(),
        threads,
        start: Instant::now(),
        begin: OnceLock::new(),
        unopened: AtomicUsize::new(count(Clients::opens_in_advance)),
        connecting: AtomicUsize::new(0),
        once: AtomicUsize::new(count(|clients| matches!(clients.pace, Pace::Once { .. }))),
        over: OnceLock::new(),
        failed: AtomicBool::new(false),
    };
    let done = std::thread::scope(|scope| {
        let start = |number| {
            let shared = &shared;
            let work = move || {
                let done = work(shared, number);
                shared.failed.fetch_or(done.is_err(), Ordering::Relaxed);
                done
            };
            std::thread::Builder::new().name(format!("load {number}")).spawn_scoped(scope, work)
        };
        let started: Vec<_> = (0..threads).map(start).collect();
        if started.iter().any(Result::is_err) {
            shared.failed.store(true, Ordering::Relaxed);
        }
        if let Some(begin) = warm_up(&shared)
            && waits_until(begin, || shared.is_stopped())
        {
            watch.begins();
        }
        started.into_iter().map(|thread| thread.and_then(join)).collect::<io::Result<Vec<Done>>>()
    })?;
    watch.ends();
    Ok(shared.add_up(done))
}

fn work(shared: &Shared<'_>, number: usize) -> io::Result<Done> {
    if let Some(&cpu) = shared.load.cpus.get(number) {
        cpus::pin(&[cpu])?;
    }
    Worker::new(shared, number)?.run()
}

fn join(thread: ScopedJoinHandle<'_, io::Result<Done>>) -> io::Result<Done> {
    // A panic here is a mistake of ours, and goes on as what it is.
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Waits until each client has been served once, or no other has been for a while, and says when to begin.
fn warm_up(shared: &Shared<'_>) -> Option<Instant> {
    /// Far longer than a process takes to start.
    const STALL: Duration = Duration::from_millis(150);
    /// A SYN that found no room in the backlog comes again after a second: RFC 6298 section 2.1.
    const RETRANSMISSION: Duration = Duration::from_millis(1500);
    /// So long before it begins, the threads are told.
    const NOTICE: Duration = Duration::from_millis(3);

    if !waits_until(shared.start + shared.load.warm_up, || shared.is_stopped()) {
        return None;
    }
    let (mut last, mut changed) = (usize::MAX, Instant::now());
    while !shared.is_stopped() {
        let now = Instant::now();
        let left = shared.unopened.load(Ordering::Acquire);
        let connecting = shared.connecting.load(Ordering::Acquire) > 0;
        let long = if connecting { RETRANSMISSION } else { STALL };
        if left == 0 || (left == last && now - changed > long) {
            return Some(*shared.begin.get_or_init(|| now + NOTICE));
        }
        if left != last {
            (last, changed) = (left, now);
        }
        std::thread::sleep(NOTICE);
    }
    None
}

/// Waits until a moment, unless it is stopped before.
fn waits_until(moment: Instant, stopped: impl Fn() -> bool) -> bool {
    loop {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() || stopped() {
            return left.is_zero();
        }
        std::thread::sleep(left.min(LOOK));
    }
}

impl Clients {
    /// Do they open their connections in the warm-up? Others have one for each request, when it is due.
    pub(super) fn opens_in_advance(&self) -> bool {
        match self.pace {
            Pace::Closed | Pace::Idle => true,
            Pace::Open { .. } => self.keep_alive,
            Pace::Once { .. } => false,
        }
    }

    /// How many have had no reply and should have had one, if so many have had one. In an open loop there may be fewer
    /// requests than clients, and whoever reads slowly may not be done.
    pub(super) fn unserved(&self, served: u32) -> u32 {
        let each = self.reads.is_none() && !matches!(self.pace, Pace::Open { .. });
        if each { self.count - served } else { 0 }
    }

    fn path(&self) -> &str {
        match &self.request {
            Request::Get(path) | Request::GetAndEcho { path, .. } => path,
        }
    }
}

/// Refuses what cannot be sent.
fn check(clients: &Clients) -> io::Result<()> {
    let path = clients.path();
    let wrong = |what: String| {
        let what = format!("the load of {} cannot be made: {what}", clients.name);
        Err(io::Error::new(ErrorKind::InvalidInput, what))
    };
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong(format!("{path:?} is no path (it begins with / and has no spaces)"));
    }
    if matches!(clients.request, Request::GetAndEcho { every: 0, .. }) {
        return wrong("one POST in 0 requests (1 or more)".to_owned());
    }
    if matches!(clients.pace, Pace::Open { rate } if !(rate > 0.0 && rate.is_finite())) {
        return wrong("its rate must be more than 0".to_owned());
    }
    Ok(())
}
