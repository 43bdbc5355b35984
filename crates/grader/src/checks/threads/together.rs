//! Clients that are there at the same time.

use crate::checks::tally::replies::held_back;
use crate::failure::{Stop, Symptom};
use crate::lab::Lab;

/// How many clients are held open.
const CLIENTS: usize = 10;

/// Ten clients are connected; the last one to come is served first.
pub(in crate::checks) fn reverse(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talks = Vec::new();
    for _ in 0..CLIENTS {
        talks.push(lab.connect(&server)?);
    }
    for (number, talk) in talks.iter_mut().enumerate().rev() {
        talk.note(format!(
            "client {} of {CLIENTS}, all connected; they are served from the last to the first",
            number + 1
        ));
        let total = CLIENTS - number;
        talk.ask(format!("add {name} 1"), format!("{name} {total}")).map_err(one_at_a_time)?;
    }
    Ok(())
}

/// Their lines come in pieces, one piece of each in turn.
pub(in crate::checks) fn interleaved(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talks = Vec::new();
    for number in 0..CLIENTS {
        let mut talk = lab.connect(&server)?;
        talk.say_whole(format!("add {name}{number} "))?;
        talks.push((number, talk));
    }
    // Each half is read before any other one follows.
    talks.iter().for_each(|(_, talk)| talk.settle());
    lab.chance().shuffle(&mut talks);
    for (number, talk) in &mut talks {
        talk.say_whole(format!("{}\n", *number + 7))?;
    }
    for (number, talk) in &mut talks {
        let half = |stop: Stop| stop.told("the second half of a line");
        talk.expect(format!("{name}{number} {}", *number + 7))
            .map_err(half)
            .map_err(one_at_a_time)?;
    }
    Ok(())
}

/// A client waits for an hour, and others are served.
pub(in crate::checks) fn waiting(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut sleeper = lab.connect(&server)?;
    sleeper.say_whole(format!("add {name} 1\nwait 3600000\n"))?;
    sleeper.expect(format!("{name} 1")).map_err(held_back)?;
    for total in 2..=4 {
        let mut talk = lab.connect(&server)?;
        talk.note("another client waits for an hour (`wait 3600000`)");
        let asked = talk.ask(format!("add {name} 1"), format!("{name} {total}"));
        asked.map_err(|stop| {
            let stop = stop.told("while another client waits for an hour");
            stop.or(Symptom::Silent, Symptom::HeldUp).or(Symptom::WaitsForEof, Symptom::HeldUp)
        })?;
    }
    sleeper.expect_quiet(Symptom::TooEarly, "the hour is not over")
}

fn one_at_a_time(stop: Stop) -> Stop {
    let stop = stop.told(&format!("while {} other clients are connected", CLIENTS - 1));
    stop.or(Symptom::Silent, Symptom::OneAtATime).or(Symptom::WaitsForEof, Symptom::OneAtATime)
}
