//! All the servers of the lab at the same time, and what their clients saw.

use super::super::{Progress, Row, Spread};
use super::found::{Found, PartFound, mean};
use super::jobs::{self, Job, Service};
use super::{law, live};
use fastrand::Rng;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// A queue that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) kind: Service,
    pub(super) servers: u32,
    /// The share of the time for which each server is busy.
    pub(super) load: f64,
    /// How many such queues there are in a round.
    pub(super) copies: usize,
}

impl Part {
    pub(super) fn is_mm1(&self) -> bool {
        self.kind == Service::Exponential && self.servers == 1
    }

    /// By Kendall's notation.
    pub(super) fn name(&self) -> String {
        let kind = match self.kind {
            Service::Exponential => "M",
            Service::Constant => "D",
        };
        format!("M/{kind}/{} at {:.0} %", self.servers, self.load * 100.0)
    }
}

/// What is to be measured, of every part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) service: Duration,
    pub(super) length: Duration,
    pub(super) rounds: usize,
    pub(super) seed: u64,
}

impl Plan {
    /// A queue begins empty, which is better than it will ever be again. Near capacity that is forgotten after some
    /// hundred clients.
    pub(super) fn warm_up(&self) -> Duration {
        (self.service * 500).min(self.length / 4)
    }

    pub(super) fn counted(&self) -> Duration {
        self.length - self.warm_up()
    }
}

/// So many rounds run at once: more threads would disturb each other.
const AT_ONCE: usize = 4;

/// Serves the clients of all rounds, as many rounds at a time as the machine bears.
pub(super) fn measure(plan: &Plan, parts: &[Part], progress: &mut Progress) -> io::Result<Found> {
    progress.step("how long is a sleep");
    let oversleep = live::oversleep()?;
    let mut rng = Rng::with_seed(plan.seed);
    let mut stays: Vec<Vec<Stays>> = parts.iter().map(|_| Vec::new()).collect();
    let mut left = plan.rounds;
    while left > 0 {
        let rounds = left.min(AT_ONCE);
        progress.step(format_args!("{rounds} rounds at the same time, {left} to go"));
        left -= rounds;
        wave(plan, parts, rounds, oversleep, &mut rng, &mut stays)?;
    }
    let parts = parts.iter().zip(&stays).map(|(part, rounds)| PartFound::of(plan, *part, rounds));
    let oversleep = Spread::exact(oversleep.as_secs_f64() * 1e6);
    Ok(Found { parts: parts.collect(), oversleep })
}

/// The clients of one round of one part, behind the warm-up.
#[derive(Default)]
pub(super) struct Stays {
    /// What each of them spent in the system, by the clock.
    pub(super) live: Vec<f64>,
    pub(super) in_virtual_time: Vec<f64>,
    /// The sum of their service times.
    pub(super) service: f64,
    /// By how much the service that was held up most took longer than it should.
    pub(super) held_up: f64,
}

impl Stays {
    fn add(&mut self, plan: &Plan, servers: u32, jobs: &[Job], live: &[live::Stay]) {
        let warm_up = plan.warm_up().as_secs_f64();
        let simulated = jobs::simulate(jobs, servers);
        for ((job, stay), simulated) in jobs.iter().zip(live).zip(simulated) {
            if job.arrival >= warm_up {
                self.live.push(stay.whole);
                self.in_virtual_time.push(simulated);
                self.service += stay.service;
                self.held_up = self.held_up.max(stay.service - job.service);
            }
        }
    }
}

fn wave(
    plan: &Plan,
    parts: &[Part],
    rounds: usize,
    oversleep: Duration,
    rng: &mut Rng,
    stays: &mut [Vec<Stays>],
) -> io::Result<()> {
    let length = plan.length.as_secs_f64();
    let mut draw = |part: &Part| {
        let service = (part.kind, plan.service.as_secs_f64());
        jobs::draw(rng, service, part.servers, part.load, length)
    };
    let queues = || (0..rounds).flat_map(|round| (0..parts.len()).map(move |at| (round, at)));
    let drawn: Vec<_> = queues()
        .flat_map(|place| vec![place; parts[place.1].copies])
        .map(|place| (place, draw(&parts[place.1])))
        .collect();
    // All threads are there before the first client comes.
    let start = Instant::now() + Duration::from_millis(100);
    let found = thread::scope(|scope| {
        let started: Vec<_> = drawn
            .iter()
            .map(|((_, at), jobs)| {
                let servers = parts[*at].servers;
                let serve = move || live::serve(jobs, servers, start, oversleep);
                thread::Builder::new().spawn_scoped(scope, serve)
            })
            .collect();
        let all = started.into_iter().map(|thread| thread?.join().expect("it returns its errors"));
        all.collect::<io::Result<Vec<_>>>()
    })?;
    let mut of_round: Vec<Stays> = queues().map(|_| Stays::default()).collect();
    for (((round, at), jobs), live) in drawn.iter().zip(&found) {
        of_round[round * parts.len() + at].add(plan, parts[*at].servers, jobs, live);
    }
    for ((_, at), round) in queues().zip(of_round) {
        stays[at].push(round);
    }
    Ok(())
}

/// The long run that nobody has the time to wait for: a million clients or so, by arithmetic.
pub(super) fn in_virtual_time(plan: &Plan) -> Vec<Row> {
    let service = plan.service.as_secs_f64();
    let mut rng = Rng::with_seed(plan.seed);
    let of = |load: f64| {
        let mut rounds: Vec<f64> = Vec::new();
        for _ in 0..5 {
            let length = service * 400_000.0;
            let jobs = jobs::draw(&mut rng, (Service::Exponential, service), 1, load, length);
            rounds.push(mean(&jobs::simulate(&jobs, 1)) * 1e3);
        }
        let measured = Spread { median: mean(&rounds), ..Spread::of(&rounds) };
        let what = format!("M/M/1 at {:.0} %, in virtual time: mean", load * 100.0);
        Row::new(what, law::mm1_mean(service * 1e3, load), measured, "ms")
    };
    [0.9, 0.95].map(of).into()
}
