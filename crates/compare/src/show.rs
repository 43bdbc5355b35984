//! What the terminal shows while a run goes on: a bar, or a line for each scenario where nobody looks.

use compare::progress::Event;
use compare::run::Plan;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;

/// A bar with what is measured at the moment, and how long the rest will take.
#[derive(Debug)]
pub(crate) struct Screen {
    bar: ProgressBar,
    scenario: Mutex<String>,
}

impl Screen {
    pub(crate) fn new(plan: &Plan) -> Self {
        let cells = plan.scenarios.len() * plan.entrants.len() * plan.method.rounds as usize;
        let bar = ProgressBar::new(cells as u64);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}");
        bar.set_style(style.expect("the template is right"));
        let method = &plan.method;
        let share = |cpus: &[usize]| match cpus {
            [] => "any CPU".to_owned(),
            cpus => {
                format!("CPU {}", cpus.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
            }
        };
        anstream::eprintln!(
            "{} scenarios, {} servers, {} rounds of {} s each in random order (seed {}); servers on {}, clients on {}",
            plan.scenarios.len(),
            plan.entrants.len(),
            method.rounds,
            method.seconds,
            method.seed,
            share(&method.server_cpus),
            share(&method.client_cpus),
        );
        Self { bar, scenario: Mutex::default() }
    }

    pub(crate) fn tell(&self, event: &Event) {
        match event {
            Event::Started { scenario, server, round, left } => {
                self.bar
                    .set_message(format!("{scenario}: {server}, round {round}; {left:.0} s left"));
                let mut last = self.scenario.lock().expect("nobody has panicked here");
                if self.bar.is_hidden() && *last != *scenario {
                    anstream::eprintln!("measuring {scenario}, {left:.0} s left");
                }
                last.clone_from(scenario);
            }
            Event::Finished { .. } => self.bar.inc(1),
            Event::Planned { .. } | Event::Glimpse { .. } | Event::Ended { .. } => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
