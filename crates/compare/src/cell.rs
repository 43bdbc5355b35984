//! One server under one load, once.

use crate::cost::{Found, Meter};
use crate::cpus::Cpus;
use crate::entrant::Entrant;
use crate::lately::{Glimpsed, Lately};
use crate::load::{self, Clients, Glimpse, Load, Watch};
use crate::probe;
use crate::progress::Event;
use crate::results::{Fault, Outcome, Reading};
use crate::scenario::{Scenario, Terms};
use harness::{Program, Signal, holds_within};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Before anything counts.
    pub warm_up: Duration,
    /// While it counts.
    pub span: Duration,
}

/// Where, and who may end it.
#[derive(Clone, Debug)]
pub struct Room<'s> {
    /// The CPUs of both sides.
    pub cpus: &'s Cpus,
    /// Is set when it is to end at once.
    pub stop: &'s AtomicBool,
}

/// So often a measurement is tried that fails for reasons of our own.
const TRIES: usize = 3;

/// Starts a server, puts it under the load of a scenario, and ends it. `None` if it was to end at once before that was
/// done: what was cut short is not like the others.
pub fn measure(
    entrant: &Entrant,
    scenario: &Scenario,
    terms: &Terms,
    times: Times,
    room: &Room<'_>,
    tell: &(dyn Fn(Event) + Sync),
) -> Option<Outcome> {
    let clients = (scenario.clients)(terms);
    let once = || {
        let count = clients.iter().map(|group| group.count).sum();
        let mut started = match entrant.start(scenario, count, &room.cpus.server) {
            Ok(started) => started,
            Err(report) => return Some(Outcome::Failed(report)),
        };
        let program = &mut started.program;
        let outcome =
            match probe::what_it_serves(program.addr(), &clients, entrant.server.ours, room) {
                Ok(clients) => put_under(program, clients, entrant, scenario, times, room, tell),
                Err(lacks) => Some(Outcome::NotServed(lacks)),
            };
        end(program);
        outcome
    };
    let too_busy = || Outcome::Failed("the machine was too busy to read what it cost".into());
    let stopped = || room.stop.load(Ordering::SeqCst);
    let outcome = (0..TRIES).take_while(|_| !stopped()).find_map(|_| once());
    (!stopped()).then(|| outcome.unwrap_or_else(too_busy))
}

/// `None` if its costs could not be read in time, or it was to end before anything counted.
fn put_under(
    program: &Program,
    groups: Vec<Clients>,
    entrant: &Entrant,
    scenario: &Scenario,
    times: Times,
    room: &Room<'_>,
    tell: &(dyn Fn(Event) + Sync),
) -> Option<Outcome> {
    let failed = |why| Some(Outcome::Failed(why));
    let main = groups.iter().position(|group| group.name == scenario.group).unwrap_or(0);
    let load = Load {
        groups,
        warm_up: times.warm_up,
        span: times.span,
        cpus: room.cpus.client.clone(),
        ours: entrant.server.ours,
    };
    let meter = match Meter::start(program.pid(), &room.cpus.client) {
        Ok(meter) => meter,
        Err(error) => return failed(format!("cannot watch it: no thread ({error})")),
    };
    // Whoever has no client of the main group sees nothing of it.
    let threads = load.cpus.len().max(1).min(load.groups[main].count as usize);
    let lately = Lately::new(threads, Instant::now()).into();
    let watch = Watched { meter: &meter, main, scenario, entrant, tell, lately };
    let answer = load::run(program.addr(), &load, &watch, room.stop);
    let found = meter.found();
    let answer = match answer {
        Err(error) => return failed(format!("the load generator cannot go on: {error}")),
        Ok(answer) => answer,
    };
    if scenario.crashes()
        && answer.groups.iter().any(|group| group.errors.contains_key(&Fault::Status))
    {
        return Some(Outcome::NotServed("its handler for /abort brings nothing down".into()));
    }
    let Found { mut cost, switches } = found?;
    #[expect(clippy::cast_precision_loss, reason = "so many replies there are not")]
    let per_reply = |switches| switches as f64 / answer.replies as f64;
    cost.switches_per_reply = switches.filter(|_| answer.replies > 0).map(per_reply);
    Some(Outcome::Measured(Box::new(Reading {
        seconds: answer.span.as_secs_f64(),
        groups: answer.groups,
        server: cost,
        generator_busy: answer.busy,
    })))
}

/// Ends a server. It has a moment to do so by itself.
fn end(program: &mut Program) {
    const MOMENT: Duration = Duration::from_millis(500);

    if !program.has_ended() {
        program.signal(Signal::Terminate);
        holds_within(MOMENT, || program.has_ended());
    }
    program.kill();
}

/// Who hears of a load while it goes on.
struct Watched<'s> {
    meter: &'s Meter,
    main: usize,
    scenario: &'s Scenario,
    entrant: &'s Entrant,
    tell: &'s (dyn Fn(Event) + Sync),
    lately: Mutex<Lately>,
}

impl Watched<'_> {
    fn tell(&self, of: impl FnOnce(&mut Lately) -> Option<Glimpsed>) {
        let seen = self.lately.lock().ok().and_then(|mut lately| of(&mut lately));
        if let Some(seen) = seen {
            (self.tell)(seen.event(self.scenario.name, &self.entrant.server.name));
        }
    }
}

impl Watch for Watched<'_> {
    fn begins(&self) {
        self.meter.begin();
        if let Ok(mut lately) = self.lately.lock() {
            lately.begin(Instant::now());
        }
    }

    fn glimpse(&self, glimpse: Glimpse) {
        if glimpse.group == self.main {
            self.tell(|lately| lately.add(glimpse, Instant::now()));
        }
    }

    fn ends(&self) {
        let now = Instant::now();
        self.meter.end();
        self.tell(|lately| lately.rest(now));
    }
}
