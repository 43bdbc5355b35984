//! A small network monitor: connect, note the time, close, and again.
//!
//! A connection that is made and closed shows that the machine is up, that the network leads there, and that somebody
//! listens on the port. It costs one round trip, so its time is the time to the server and back.
//!
//! - [`schedule`] — when the next probe is due.
//! - [`tally`] — what all probes of a service come to.
//! - [`report`] — a line for each probe, and a table at the end: for people, or JSON for programs.

pub mod schedule;

pub mod tally;

pub mod report;

use crate::connect;
use crate::failure::{self, Failure, Kind};
use crate::flags::Probe;
use crate::options::Options;
use crate::resolve::Lookup;
use common::stop::on_signal;
use report::Report;
use schedule::Schedule;
use socket2::Type;
use std::net::SocketAddr;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use tally::Tally;

/// One probe of a service.
#[derive(Debug)]
pub struct Sample {
    /// When it began.
    pub time: SystemTime,
    /// The address that answered and how long the handshake took, or why there was none. A failure of our own side
    /// ([`Kind::Own`]) says nothing about the service.
    pub result: Result<(SocketAddr, Duration), Failure>,
}

/// What the threads tell the one that prints.
enum News {
    /// A probe of the service with this number.
    Sample(usize, Sample),
    /// One service has had all its probes.
    Done,
    /// Somebody wants to see the end.
    Stop,
}

/// Watches services until each has had its probes, or a signal comes.
///
/// # Errors
///
/// [`Kind::Own`] if we could not probe at some time, or the report cannot be written; [`Kind::Down`] if any service was
/// down at any probe, or there was not even one.
pub fn watch(probe: Probe) -> Result<(), Failure> {
    let names = probe.targets.iter().map(report::name);
    let mut tallies: Vec<_> = names.map(Tally::new).collect();
    let mut report = Report::new(&tallies, probe.json)?;
    // If nobody takes what is printed, the probes wait, and do not pile up in memory.
    let (tell, news) = mpsc::sync_channel(tallies.len());
    let stop = tell.clone();
    on_signal(move || drop(stop.send(News::Stop)))
        .map_err(|error| failure::own("cannot wait for signals", &error))?;
    for (number, (host, port)) in probe.targets.into_iter().enumerate() {
        let (lookup, tell) = (Lookup::new(host, port), tell.clone());
        let schedule = Schedule::new(probe.interval, probe.count);
        let within = probe.connect_timeout;
        thread::Builder::new()
            .name("probe".into())
            .spawn(move || repeat(lookup, number, schedule, within, &tell))
            .map_err(|error| failure::own("cannot start a thread", &error))?;
    }

    let mut left = tallies.len();
    while left > 0 {
        match news.recv() {
            Ok(News::Sample(number, sample)) => {
                tallies[number].add(&sample);
                report.sample(&tallies[number], &sample)?;
            }
            Ok(News::Done) => left -= 1,
            Ok(News::Stop) | Err(_) => break,
        }
    }
    report.summary(&tallies)?;
    match tallies.iter().find_map(|tally| tally.trouble.clone()) {
        Some(trouble) => Err(trouble),
        None if tallies.iter().all(Tally::is_always_up) => Ok(()),
        None => Err(Failure::new(Kind::Down, "a service was down", "")),
    }
}

/// Probes one service at each tick of its schedule.
fn repeat(
    mut lookup: Lookup,
    number: usize,
    schedule: Schedule,
    within: Duration,
    tell: &SyncSender<News>,
) {
    for due in schedule {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let sample = Sample { time: SystemTime::now(), result: once(&mut lookup, within) };
        if tell.send(News::Sample(number, sample)).is_err() {
            return;
        }
    }
    // Nobody may be left who wants to know.
    let _ = tell.send(News::Done);
}

/// One probe: resolve, connect, close.
fn once(lookup: &mut Lookup, within: Duration) -> Result<(SocketAddr, Duration), Failure> {
    let mut failures = Vec::new();
    for address in lookup.addresses(within)? {
        let socket = connect::open(address, Type::STREAM, &Options::default());
        let start = Instant::now();
        match socket.and_then(|socket| connect::attempt(&socket, address, within)) {
            Ok(_) => return Ok((address, start.elapsed())),
            Err(failure) => failures.push(failure),
        }
    }
    Err(connect::most_telling(failures))
}
