//! What a reader must know before the figures: which runs are taken together, and what disturbed them.

use super::figure;
use super::summary::Part;
use crate::results::{Environment, Run};

/// A machine that others used for more than this share of the time is restless.
const STOLEN: f64 = 0.02;
/// A single pause of the idle probe that is longer than this reaches into every p99.9, in microseconds.
const PAUSE: u64 = 20_000;

/// May the rounds of both be taken together?
pub(super) fn same_kind(one: &Run, other: &Run) -> bool {
    let (a, b) = (&one.method, &other.method);
    let lengths = |run: &Run| (run.method.warm_up, run.method.seconds);
    differences(&one.environment, &other.environment).is_empty()
        && a.mode == b.mode
        && lengths(one) == lengths(other)
        && a.server_cpus.len() == b.server_cpus.len()
        && a.client_cpus.len() == b.client_cpus.len()
}

/// In what two environments differ, as far as it moves figures: not in when, nor in how restless the machine was.
pub(crate) fn differences(one: &Environment, other: &Environment) -> Vec<String> {
    let memory = |environment: &Environment| figure::bytes(environment.memory as f64);
    let pairs = [
        ("system", one.system.clone(), other.system.clone()),
        ("CPU", one.cpu.clone(), other.cpu.clone()),
        ("number of CPUs", one.cpus.to_string(), other.cpus.to_string()),
        ("memory", memory(one), memory(other)),
        ("limit of descriptors", one.descriptors.to_string(), other.descriptors.to_string()),
        ("compiler", one.rustc.clone(), other.rustc.clone()),
        ("commit", one.commit.clone(), other.commit.clone()),
    ];
    let different = pairs.into_iter().filter(|(_, a, b)| a != b);
    different.map(|(what, a, b)| format!("{what}: {} and {}", shown(&a), shown(&b))).collect()
}

fn shown(text: &str) -> String {
    if text.is_empty() { "unknown".into() } else { figure::plain(text) }
}

/// About all parts.
pub(super) fn of_kinds(parts: &[Part]) -> Vec<String> {
    let mut all = Vec::new();
    let Some((first, rest)) = parts.split_first() else {
        return vec!["There is no run in these results.".into()];
    };
    if !rest.is_empty() {
        let mut what: Vec<_> = rest
            .iter()
            .flat_map(|part| differences(&first.environment, &part.environment))
            .map(|text| text.split(':').next().unwrap_or_default().to_string())
            .collect();
        what.sort();
        what.dedup();
        if what.is_empty() {
            what.push("method".into());
        }
        all.push(format!(
            "These runs are of {} kinds, which are shown one after the other: figures of different kinds must not be \
             compared. They differ in: {}.",
            parts.len(),
            what.join(", ")
        ));
    }
    all
}

/// About the runs of one part.
pub(super) fn of_runs(runs: &[&Run]) -> Vec<String> {
    let mut all = Vec::new();
    let who = match (runs.len(), runs.iter().filter(|run| run.interrupted).count()) {
        (_, 0) => None,
        (1, _) => Some("The run was".to_string()),
        (_, 1) => Some("One of the runs was".into()),
        (_, several) => Some(format!("{several} runs were")),
    };
    all.extend(who.map(|who| format!("{who} ended early: there are fewer rounds than planned.")));
    for run in runs {
        let noise = &run.environment.noise;
        if noise.stolen > STOLEN || noise.longest_us > PAUSE {
            all.push(format!(
                "The machine was restless before the start ({}): others had the CPU for {} of the time, at most {} on \
                 end. Small differences mean little.",
                figure::plain(&run.environment.started),
                figure::percent(noise.stolen),
                figure::time(noise.longest_us as f64)
            ));
        }
        if run.environment.commit.ends_with("-dirty") {
            all.push("The sources had been changed since the commit that is named here.".into());
        }
    }
    if runs[0].method.server_cpus.is_empty() || runs[0].method.client_cpus.is_empty() {
        all.push("Servers and load generator were not kept on CPUs of their own: each disturbed the other.".into());
    }
    all.extend(uneven(runs));
    all.dedup();
    all
}

/// Names that mean different things in different runs, and pairs that not every run has measured.
fn uneven(runs: &[&Run]) -> Vec<String> {
    let mut all = Vec::new();
    let (first, rest) = (runs[0], &runs[1..]);
    for scenario in &first.scenarios {
        let other = |run: &&Run| {
            run.scenarios.iter().any(|s| s.name == scenario.name && s.load != scenario.load)
        };
        if rest.iter().any(other) {
            all.push(format!(
                "The load of {} was not the same in all runs.",
                figure::name(&scenario.name)
            ));
        }
    }
    for server in &first.servers {
        let other = |run: &&Run| {
            run.servers.iter().any(|s| s.name == server.name && s.command != server.command)
        };
        if rest.iter().any(other) {
            all.push(format!(
                "The command of {} was not the same in all runs.",
                figure::name(&server.name)
            ));
        }
    }
    let pairs = |run: &Run| -> std::collections::BTreeSet<(String, String)> {
        run.cells.iter().map(|cell| (cell.scenario.clone(), cell.server.clone())).collect()
    };
    if rest.iter().any(|run| pairs(run) != pairs(first)) {
        all.push(
            "Not every run measured the same: where servers were on different machines, their order may be that of \
             the machines."
                .into(),
        );
    }
    all
}
