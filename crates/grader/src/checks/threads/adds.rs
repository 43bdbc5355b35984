//! No addition is lost.

use crate::failure::{Failure, Stop, Symptom};
use crate::lab::Lab;
use crate::talk::Talk;
use std::collections::BTreeMap;
use std::sync::Barrier;

/// How many clients add at the same time, and how often each.
const CLIENTS: usize = 8;
const EACH: usize = 500;
/// How many of them in one piece: each client waits for its replies before it goes on, so all are at it to the end.
const AT_A_TIME: usize = 50;

/// Eight clients add 1 to the same name, 500 times each: every total from 1 to 4,000 is replied exactly once.
pub(in crate::checks) fn one_name(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talks = Vec::new();
    for _ in 0..CLIENTS {
        talks.push(lab.connect(&server)?);
    }
    let totals = at_once(talks, |talk| adds(talk, &name))?;
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    for total in totals.into_iter().flatten() {
        *seen.entry(total).or_default() += 1;
    }
    let (all, expected) =
        ((CLIENTS * EACH) as i64, "each of the totals 1 to 4000 in exactly one reply");
    let twice = seen.iter().find(|(_, times)| **times > 1);
    if let Some((total, times)) = twice {
        let got = format!(
            "the total {total} in {times} replies: two additions began from the same total"
        );
        return Err(Failure::new(Symptom::LostUpdate, expected, got).into());
    }
    if let Some(missing) = (1..=all).find(|total| !seen.contains_key(total)) {
        let got = format!("no reply with {missing}");
        return Err(Failure::new(Symptom::LostUpdate, expected, got).into());
    }
    lab.connect(&server)?.ask(format!("get {name}"), format!("{name} {all}"))
}

/// Eight clients add to names of their own and to a common one.
pub(in crate::checks) fn many_names(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talks = Vec::new();
    for number in 0..CLIENTS {
        talks.push((number, lab.connect(&server)?));
    }
    at_once(talks, |(number, talk)| {
        for total in 1..=50 {
            let own = talk.ask(
                format!("add {name}{number} {number}"),
                format!("{name}{number} {}", total * *number),
            );
            own.map_err(lost)?;
            talk.say_whole(format!("add {name} 1\n"))?;
            talk.line("a total")?;
        }
        Ok(())
    })?;
    let asked =
        lab.connect(&server)?.ask(format!("get {name}"), format!("{name} {}", CLIENTS * 50));
    asked.map_err(lost)
}

/// Adds, all in one piece, and reads the totals; they must grow.
fn adds(talk: &mut Talk, name: &str) -> Result<Vec<i64>, Stop> {
    let mut totals: Vec<i64> = Vec::with_capacity(EACH);
    for number in 0..EACH {
        if number % AT_A_TIME == 0 {
            talk.say_whole(format!("add {name} 1\n").repeat(AT_A_TIME))?;
        }
        let line = talk.line("a total")?;
        let text = String::from_utf8_lossy(&line);
        let total =
            text.strip_prefix(&format!("{name} ")).and_then(|total| total.trim_end().parse().ok());
        let Some(total) = total else {
            let expected = format!("a reply like \"{name} 17\"");
            return Err(talk
                .failure(Symptom::WrongReply, expected, crate::talk::brief(&line))
                .into());
        };
        if totals.last().is_some_and(|last| *last >= total) {
            let expected = format!("totals that grow: more than {}", totals[totals.len() - 1]);
            let failure = talk.failure(Symptom::LostUpdate, expected, format!("{total}"));
            return Err(failure.into());
        }
        totals.push(total);
    }
    Ok(totals)
}

fn lost(stop: Stop) -> Stop {
    stop.or(Symptom::WrongReply, Symptom::LostUpdate)
}

/// Does the same with each of these at the same time; the first failure is the answer.
fn at_once<T: Send, R: Send>(
    of: Vec<T>,
    each: impl Fn(&mut T) -> Result<R, Stop> + Sync,
) -> Result<Vec<R>, Stop> {
    let (each, all_there) = (&each, &Barrier::new(of.len()));
    std::thread::scope(|scope| {
        let threads: Vec<_> = of
            .into_iter()
            .map(|mut one| {
                scope.spawn(move || {
                    all_there.wait();
                    each(&mut one)
                })
            })
            .collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| {
                Err(Stop::Fault(anyhow::anyhow!("a client of a check panicked")))
            })
        });
        joined.collect::<Vec<_>>().into_iter().collect()
    })
}
