//! What the run and the pages share: the story, and the wish. Each holds the lock for a moment only.

use super::Wish;
use super::standing::places;
use super::story::{Entry, Kind, Story};
use super::told::{Told, json};
use crate::progress::Event;
use crate::report::collect;
use crate::report::measure::Measure;
use crate::report::taken::Taken;
use crate::results::{Cell, Scenario, Server};
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What the run and the pages share.
#[derive(Debug)]
pub(super) struct Hub {
    /// What tells this run's events from those of another one that was served at the same address.
    run: u64,
    state: Mutex<State>,
    wished: Condvar,
    news: watch::Sender<News>,
}

/// What makes a page look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// The number of the last event.
    pub(super) last: u64,
    /// Nothing more will come.
    pub(super) closed: bool,
}

#[derive(Debug, Default)]
struct State {
    story: Story,
    wish: Wish,
    plan: Vec<Scenario>,
    servers: Vec<Server>,
    /// What was measured in each scenario.
    taken: BTreeMap<String, Vec<Taken<'static>>>,
    /// The round under way, and since when.
    now: Option<(u32, Instant)>,
}

impl Hub {
    pub(super) fn new() -> Self {
        Self {
            run: RandomState::new().hash_one("run"),
            state: Mutex::default(),
            wished: Condvar::new(),
            news: watch::Sender::default(),
        }
    }

    /// What events of this run are marked with.
    pub(super) fn run(&self) -> u64 {
        self.run
    }

    pub(super) fn tell(&self, event: &Event) {
        let mut state = self.lock();
        state.hear(event);
        self.spread(&state);
    }

    pub(super) fn wish(&self) -> Wish {
        self.lock().wish.clone()
    }

    pub(super) fn wait(&self, known: &Wish, most: Duration) -> Wish {
        let state = self.lock();
        let same = |state: &mut State| state.wish == *known;
        let waited = self.wished.wait_timeout_while(state, most, same);
        waited.unwrap_or_else(PoisonError::into_inner).0.wish.clone()
    }

    pub(super) fn pause(&self, paused: bool) {
        self.change(|wish| wish.paused = paused);
    }

    /// Keeps these scenarios; an error names the first that is not planned.
    pub(super) fn keep(&self, scenarios: Vec<String>) -> Result<(), String> {
        let state = self.lock();
        let planned = |name: &String| state.plan.iter().any(|scenario| scenario.name == *name);
        if let Some(unknown) = scenarios.iter().find(|name| !planned(name)) {
            let known: Vec<_> = state.plan.iter().map(|scenario| &*scenario.name).collect();
            return Err(format!(
                "no scenario {unknown:?} is planned (there are: {})",
                known.join(", ")
            ));
        }
        drop(state);
        self.change(|wish| wish.scenarios = Some(scenarios));
        Ok(())
    }

    /// The first events after a number, so many at most.
    pub(super) fn after(&self, number: u64, most: usize) -> Vec<Entry> {
        self.lock().story.after(number, most)
    }

    /// Tells when there is more.
    pub(super) fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.news.send_modify(|news| news.closed = true);
    }

    fn change(&self, change: impl FnOnce(&mut Wish)) {
        let mut state = self.lock();
        change(&mut state.wish);
        let text = json(&Told::wish(&state.wish));
        state.story.add(Kind::Latest("wish".into()), text);
        self.spread(&state);
        self.wished.notify_all();
    }

    fn spread(&self, state: &State) {
        self.news.send_modify(|news| news.last = state.story.last());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock leaves a state half changed that a page could not bear.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Planned { scenarios, servers, .. } => {
                // A pause may have been wished before; scenarios are wished by the names of a plan.
                let wish = Wish { paused: self.wish.paused, scenarios: None };
                let mut story = std::mem::take(&mut self.story);
                story.clear();
                *self = Self { story, wish, ..Self::default() };
                self.plan.clone_from(scenarios);
                self.servers.clone_from(servers);
                self.story.add(Kind::Lasting, json(event));
                self.story.add(Kind::Latest("wish".into()), json(&Told::wish(&self.wish)));
            }
            Event::Started { round, .. } => {
                self.now = Some((*round, Instant::now()));
                self.story.add(Kind::Latest("started".into()), json(event));
            }
            Event::Glimpse { scenario, server, per_second, p99_us, faults } => {
                let (round, since) = *self.now.get_or_insert_with(|| (1, Instant::now()));
                let at = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
                let (per_second, p99_us, faults) = (*per_second, *p99_us, *faults);
                let told =
                    Told::Glimpse { scenario, server, round, at, per_second, p99_us, faults };
                let kind = Kind::Glimpse(scenario.clone(), server.clone(), round);
                self.story.add(kind, json(&told));
            }
            Event::Finished { cell } => self.finished(cell),
            Event::Ended { .. } => self.story.add(Kind::Lasting, json(event)),
        }
    }

    fn finished(&mut self, cell: &Cell) {
        let (name, server) = (&cell.scenario, &cell.server);
        let asked = self.plan.iter().find(|asked| asked.name == *name);
        let taken = asked.map(|asked| (asked, Taken::of(cell, &asked.group)));
        let value =
            taken.as_ref().and_then(|(asked, taken)| taken.value(Measure::deciding(asked.decides)));
        self.story.settle(name, server, cell.round);
        self.story.add(Kind::Lasting, json(&Told::finished(cell, value)));
        if let Some((scenario, taken)) = taken {
            let all = self.taken.entry(name.clone()).or_default();
            all.push(taken.light());
            let servers: Vec<_> = self.servers.iter().collect();
            let places = places(&collect::question(scenario, &servers, all));
            let told = Told::Standing { scenario: name, places: &places };
            self.story.add(Kind::Latest(format!("standing {name}")), json(&told));
        }
    }
}
