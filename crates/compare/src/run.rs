//! A whole comparison: who is asked what, in which order, and how often.

use crate::cell::{self, Room, Times};
use crate::cpus::Cpus;
use crate::entrant::Entrant;
use crate::progress::Event;
use crate::results::{Cell, Environment, Method, Outcome, Run};
use crate::scenario::{Scenario, Terms};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    /// Who is asked.
    pub entrants: Vec<Entrant>,
    /// What is asked.
    pub scenarios: Vec<&'static Scenario>,
    /// How it is measured, as the results have it.
    pub method: Method,
    /// Requests per second of the scenario `latency`, if the user says so.
    pub rate: Option<f64>,
}

/// What may be wished between two measurements.
pub trait Wishes {
    /// Waits while the run is paused; ends early when `stop` is set.
    fn wait(&self, stop: &AtomicBool);
    /// Is this scenario still wanted?
    fn wants(&self, scenario: &str) -> bool;
}

/// Does it, and tells what happens meanwhile. When `stop` is set, it ends with what it has.
pub fn run(
    plan: &Plan,
    environment: Environment,
    stop: &AtomicBool,
    wishes: &dyn Wishes,
    tell: &(dyn Fn(Event) + Sync),
) -> Run {
    let mut run = Run {
        environment,
        method: plan.method.clone(),
        scenarios: plan.scenarios.iter().map(|scenario| scenario.describe()).collect(),
        servers: plan.entrants.iter().map(|entrant| entrant.server.clone()).collect(),
        cells: Vec::new(),
        interrupted: false,
    };
    tell(Event::Planned {
        scenarios: run.scenarios.clone(),
        servers: run.servers.clone(),
        rounds: plan.method.rounds,
        seed: plan.method.seed,
    });
    let begin = Instant::now();
    let mut going = Going { plan, stop, wishes, tell, done: 0, begin, rate: plan.rate };
    let mut rng = Rng::with_seed(plan.method.seed);
    for scenario in &plan.scenarios {
        for round in 1..=plan.method.rounds {
            let mut order: Vec<&Entrant> = plan.entrants.iter().collect();
            rng.shuffle(&mut order);
            for entrant in order {
                let cell = going.cell(scenario, entrant, round, &run.cells);
                run.cells.extend(cell);
            }
        }
    }
    run.interrupted = stop.load(Ordering::SeqCst);
    tell(Event::Ended { interrupted: run.interrupted });
    run
}

struct Going<'s> {
    plan: &'s Plan,
    stop: &'s AtomicBool,
    wishes: &'s dyn Wishes,
    tell: &'s (dyn Fn(Event) + Sync),
    done: u32,
    begin: Instant,
    /// Requests per second of the open loop, as soon as somebody needs to know.
    rate: Option<f64>,
}

impl Going<'_> {
    /// One measurement, after all these; none if nobody wants it any more, or it was cut short.
    fn cell(
        &mut self,
        scenario: &Scenario,
        entrant: &Entrant,
        round: u32,
        before: &[Cell],
    ) -> Option<Cell> {
        self.wishes.wait(self.stop);
        let left = self.left();
        self.done += 1;
        if self.stop.load(Ordering::SeqCst) || !self.wishes.wants(scenario.name) {
            return None;
        }
        let rate = if scenario.needs_rate { self.rate(before) } else { 0.0 };
        let (scenario_name, server) = (scenario.name.to_owned(), entrant.server.name.clone());
        (self.tell)(Event::Started {
            scenario: scenario_name.clone(),
            server: server.clone(),
            round,
            left,
        });
        let outcome = self.measure(scenario, entrant, rate)?;
        let cell = Cell { scenario: scenario_name, server, round, outcome };
        (self.tell)(Event::Finished { cell: cell.clone() });
        Some(cell)
    }

    fn measure(&self, scenario: &Scenario, entrant: &Entrant, rate: f64) -> Option<Outcome> {
        let mut times = self.times();
        times.span = times.span.max(scenario.at_least);
        let method = &self.plan.method;
        let cpus = Cpus { server: method.server_cpus.clone(), client: method.client_cpus.clone() };
        let terms = Terms { rate, most: entrant.most, span: times.span };
        let room = Room { cpus: &cpus, stop: self.stop };
        cell::measure(entrant, scenario, &terms, times, &room, self.tell)
    }

    fn times(&self) -> Times {
        let method = &self.plan.method;
        Times {
            warm_up: Duration::from_secs_f64(method.warm_up),
            span: Duration::from_secs_f64(method.seconds),
        }
    }

    /// Half of what the slowest server could do that served all clients of `throughput`; the user may know better.
    fn rate(&mut self, cells: &[Cell]) -> f64 {
        if let Some(rate) = self.rate {
            return rate;
        }
        let throughput = Scenario::named("throughput").expect("it stands in the table");
        let measured: Vec<Cell>;
        let cells = if cells.iter().any(|cell| cell.scenario == throughput.name) {
            cells
        } else {
            measured = self
                .plan
                .entrants
                .iter()
                .filter_map(|entrant| {
                    self.wishes.wait(self.stop);
                    let outcome = self.measure(throughput, entrant, 0.0)?;
                    let server = entrant.server.name.clone();
                    Some(Cell { scenario: throughput.name.into(), server, round: 0, outcome })
                })
                .collect();
            &measured
        };
        *self.rate.insert(half_of_the_slowest(cells))
    }

    /// Seconds that are left, if what is left takes as long as what is done.
    #[expect(clippy::cast_possible_truncation, reason = "a plan has some hundred measurements")]
    fn left(&self) -> f64 {
        let plan = self.plan;
        let all = plan.scenarios.len() as u32 * plan.entrants.len() as u32 * plan.method.rounds;
        let times = self.times();
        let each = match self.done {
            0 => (times.warm_up + times.span).as_secs_f64() * 1.3,
            done => self.begin.elapsed().as_secs_f64() / f64::from(done),
        };
        each * f64::from(all - self.done.min(all))
    }
}

/// Half of the requests per second of the slowest server that served all its clients without a fault, by its median
/// round.
fn half_of_the_slowest(cells: &[Cell]) -> f64 {
    /// What is asked for if nobody served all its clients.
    const SOME: f64 = 1000.0;

    let mut rates: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for cell in cells {
        if let Some(rate) = useful_rate(&cell.outcome) {
            rates.entry(&cell.server).or_default().push(rate);
        }
    }
    let medians = rates.into_values().map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    medians.min_by(f64::total_cmp).map_or(SOME, |slowest| slowest / 2.0)
}

/// Requests per second, if all clients were served without a fault.
#[expect(clippy::cast_precision_loss, reason = "so many requests nobody makes")]
fn useful_rate(outcome: &Outcome) -> Option<f64> {
    let Outcome::Measured(reading) = outcome else { return None };
    let group = reading.groups.first()?;
    let useful = group.unserved == 0 && group.errors.is_empty();
    useful.then(|| group.replies as f64 / reading.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Cost, Fault, Group, Latency, Reading};

    fn measured(server: &str, served: u32, replies: u64, fault: Option<Fault>) -> Cell {
        let group = Group {
            name: "clients".into(),
            clients: 64,
            served,
            unserved: 64 - served,
            replies,
            bytes: 0,
            connections: 64,
            unsent: 0,
            errors: fault.map(|fault| (fault, 1)).into_iter().collect(),
            latency: Latency::new(),
        };
        let reading = Reading {
            seconds: 0.5,
            groups: vec![group],
            server: Cost::default(),
            generator_busy: 0.5,
        };
        let outcome = Outcome::Measured(Box::new(reading));
        Cell { scenario: "throughput".into(), server: server.into(), round: 1, outcome }
    }

    #[test]
    fn the_rate_is_what_the_slowest_useful_server_can_bear() {
        let cells = [
            measured("fast", 64, 50_000, None),
            measured("slow", 64, 10_000, None),
            measured("slow", 64, 9_000, None),
            measured("slow", 64, 11_000, None),
            measured("serves one", 1, 9_000, None),
            measured("loses replies", 64, 8_000, Some(Fault::Closed)),
        ];
        // 10,000 replies in half a second, halved.
        assert!((half_of_the_slowest(&cells) - 10_000.0).abs() < 1e-6);
        assert!(half_of_the_slowest(&cells[4..]) > 0.0, "somebody has to be asked something");
    }

    /// Nobody wants anything.
    struct Nothing;

    impl Wishes for Nothing {
        fn wait(&self, _: &AtomicBool) {}

        fn wants(&self, _: &str) -> bool {
            false
        }
    }

    #[test]
    fn for_what_nobody_wants_nobody_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let started = folder.path().join("started");
        let server = format!("x=touch '{}' # {{addr}}", started.display());
        let plan = Plan {
            entrants: vec![Entrant::added(&server).unwrap()],
            scenarios: vec![Scenario::named("latency").unwrap()],
            method: Method { rounds: 1, ..Method::default() },
            rate: None,
        };
        let stop = AtomicBool::new(false);
        let run = run(&plan, Environment::default(), &stop, &Nothing, &|_| {});
        assert!(run.cells.is_empty() && !started.exists(), "{run:?}");
    }
}
