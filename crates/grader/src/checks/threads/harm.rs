//! Clients that would harm the others, if the server let them.

use crate::checks::tally::others::{after_a_boom, after_resets, one_boom, reset, still_serves};
use crate::checks::tally::stop::{FLOOD, STUCK};
use crate::failure::{Stop, Symptom};
use crate::lab::Lab;

/// Twenty clients begin a line and do not go on.
pub(in crate::checks) fn slow(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talks = Vec::new();
    for number in 0..20 {
        let mut talk = lab.connect(&server)?;
        talk.say_whole(format!("add {name}{number} 1"))?;
        talks.push(talk);
    }
    still_serves(
        lab,
        &server,
        &name,
        0,
        Symptom::HeldUp,
        "20 clients began a line and did not go on",
    )?;
    for talk in &mut talks {
        talk.say_whole("\n")?;
    }
    for (number, talk) in talks.iter_mut().enumerate() {
        talk.expect(format!("{name}{number} 1"))?;
    }
    Ok(())
}

/// A client asks and asks and never reads.
pub(in crate::checks) fn deaf(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut deaf = lab.connect_narrow(&server)?;
    let command = format!("get {name}{}\n", "x".repeat(900)).repeat(64);
    // Whether the server stops reading or gives the client up is its own affair.
    Stop::allow(deaf.pour(command.as_bytes(), FLOOD, STUCK))?;
    for _ in 0..3 {
        still_serves(
            lab,
            &server,
            &name,
            0,
            Symptom::HeldUp,
            "a client that never reads its replies came",
        )?;
    }
    Ok(())
}

/// Many clients reset their connections, in all places.
pub(in crate::checks) fn resets(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", "2"])?;
    let name = lab.name();
    for round in 0..20 {
        reset(lab, &server, &name, round).map_err(after_resets)?;
    }
    still_serves(
        lab,
        &server,
        &name,
        0,
        Symptom::DeadAfterReset,
        "20 clients reset their connections (--workers 2)",
    )
}

/// Handlers fail more often than there are workers, and nobody else notices.
pub(in crate::checks) fn booms(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", "2"])?;
    let name = lab.name();
    let mut witness = lab.connect(&server)?;
    witness.note("a client that stays, with --workers 2");
    witness.ask(format!("add {name} 1"), format!("{name} 1"))?;
    for total in 2..=6 {
        one_boom(lab, &server, &name, total, total > 2)?;
        witness.note("the handler of another client failed (`boom`)");
        let asked = witness.ask(format!("get {name}"), format!("{name} {total}"));
        asked.map_err(after_a_boom)?;
    }
    still_serves(lab, &server, &name, 6, Symptom::DeadAfterBoom, "five handlers failed")
}
