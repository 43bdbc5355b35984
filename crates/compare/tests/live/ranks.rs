//! The page and the report say the same of the same cells, whatever has happened.

use super::follow::Follower;
use super::{page, started};
use crate::fixture::{self, ROUNDS, Sample};
use compare::progress::Event;
use compare::report::measure::{self, Measure};
use compare::report::summary::{Entry, Question, Standing, summarize};
use compare::results::{Decides, Fault, Outcome, Results, Run};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A scenario for each reading that decides, and in each a server of each kind.
fn of_all_kinds() -> Results {
    let decides = [
        Decides::CpuPerRequest,
        Decides::Throughput,
        Decides::P99,
        Decides::MemoryPerConnection,
        Decides::Lost,
    ];
    let good = Sample::default();
    let errs = |fault, times| Sample { errors: BTreeMap::from([(fault, times)]), ..fast() };
    let silent = Sample { served: 0, per_second: 0.0, ..Sample::default() };
    let samples = [
        ("good", good.clone()),
        ("alike", good.clone()),
        ("fast", fast()),
        ("errs", errs(Fault::Order, 1)),
        ("refuses", errs(Fault::Refused, 9)),
        ("waits", errs(Fault::Timeout, 4)),
        ("starves", Sample { served: 3, ..fast() }),
        ("silent", silent),
        ("fails", fast()),
        ("fails-always", fast()),
        ("lacks", fast()),
        ("lacks-then-fails", fast()),
        ("few", fast()),
    ];
    let all = decides.map(|decides| {
        let mut run =
            fixture::of_samples(&format!("{decides:?}"), decides, &samples).runs.remove(0);
        run.cells.retain(|cell| cell.server != "few" || cell.round <= 2);
        for cell in &mut run.cells {
            let why = || format!("what went wrong in round {}", cell.round);
            match (&*cell.server, cell.round) {
                ("fails", 4) | ("fails-always", _) | ("lacks-then-fails", 2) => {
                    cell.outcome = Outcome::Failed(why());
                }
                ("lacks" | "lacks-then-fails", _) => cell.outcome = Outcome::NotServed(why()),
                _ => {}
            }
        }
        run
    });
    let [mut run, others @ ..] = all;
    for other in others {
        run.scenarios.extend(other.scenarios);
        run.cells.extend(other.cells);
    }
    fixture::of(run)
}

fn fast() -> Sample {
    Sample {
        per_second: 90_000.0,
        p50: 500,
        tail: 900,
        cpu_per_million: 5.0,
        per_connection: 1 << 10,
        ..Sample::default()
    }
}

#[test]
fn after_each_round_the_page_says_what_the_report_says() {
    for results in [of_all_kinds(), fixture::whole()] {
        let run = &results.runs[0];
        let page = page();
        page.tell(&Event::Planned {
            scenarios: run.scenarios.clone(),
            servers: run.servers.clone(),
            rounds: ROUNDS,
            seed: 1,
        });
        let mut so_far = Run { cells: Vec::new(), ..run.clone() };
        for round in 1..=ROUNDS {
            for cell in run.cells.iter().filter(|cell| cell.round == round) {
                page.tell(&Event::Finished { cell: cell.clone() });
                so_far.cells.push(cell.clone());
            }
            // What a page hears after all of it.
            page.tell(&started("the next", round));
            let mut follower = Follower::new(&page, "");
            let told = standings(follower.hears(r#""server":"the next""#));
            let part = summarize(&fixture::of(so_far.clone())).parts.remove(0);
            let mut ranks = 0;
            for question in &part.questions {
                let wanted = reported(question);
                ranks += wanted.iter().filter(|place| place["rank"].is_u64()).count();
                assert_eq!(told[&question.scenario.name], wanted, "after round {round}");
            }
            assert_eq!(ranks > 0, round >= 3, "three rounds are enough for a rank");
        }
    }
}

/// The last standing of each scenario.
fn standings(heard: &str) -> BTreeMap<String, Vec<Value>> {
    let events = heard.lines().filter_map(|line| line.strip_prefix("data: "));
    let events = events.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    let standings = events.filter(|event| event["event"] == "standing");
    let named = |event: Value| {
        let places = event["places"].as_array().expect("a list").clone();
        (event["scenario"].as_str().expect("a name").to_owned(), places)
    };
    standings.map(named).collect()
}

/// What the report says, in the words of the page.
fn reported(question: &Question) -> Vec<Value> {
    let by = Measure::deciding(question.scenario.decides);
    let rank = |entry: &Entry| match entry.standing {
        Standing::Rank(rank) => Some(rank),
        _ => None,
    };
    let apart = |one: &Entry, other: &Entry| {
        let [one_is, other_is] = [one, other].map(|entry| entry.estimate(by).unwrap());
        one.is_clean() != other.is_clean() || one_is.differs(other_is)
    };
    let place = |entry: &Entry| {
        let others = question.entries.iter().filter(|other| other.server != entry.server);
        let ties = others
            .filter(|other| rank(entry).is_some() && rank(other).is_some() && !apart(entry, other));
        let value = entry.estimate(by);
        json!({
            "server": entry.server.name,
            "rank": rank(entry),
            "ties": ties.map(|other| &other.server.name).collect::<Vec<_>>(),
            "rounds": value.map_or(0, |value| value.rounds.len()),
            "value": value.map(|value| {
                json!({ "low": value.low, "median": value.median, "high": value.high })
            }),
            "per_second": entry.median(Measure::PerSecond),
            "p99_us": entry.median(Measure::P99),
            "faults": measure::sum(entry.faults.values().copied()),
            "clean": entry.is_clean(),
            "notes": entry.notes(),
        })
    };
    question.entries.iter().filter(|entry| entry.is_measured()).map(place).collect()
}
