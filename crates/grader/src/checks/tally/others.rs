//! One client after the other, rude ones among them.

use crate::failure::{Stop, Symptom};
use crate::lab::{Lab, Server};
use crate::talk::PATIENCE;

/// The next client is served when the one before has gone, and finds the totals.
pub(in crate::checks) fn next(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    for total in 1..=5 {
        let mut talk = lab.connect(&server)?;
        talk.note(format!("client {total}"));
        talk.ask(format!("add {name} 1"), format!("{name} {total}"))?;
        talk.half_close();
        talk.expect_end("the client ended its side")?;
    }
    Ok(())
}

/// A client that resets its connection harms nobody else, wherever it does so.
pub(in crate::checks) fn rude(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    lab.connect(&server)?.ask(format!("add {name} 1"), format!("{name} 1"))?;
    for round in 0..4 {
        reset(lab, &server, &name, round).map_err(after_resets)?;
    }
    still_serves(
        lab,
        &server,
        &name,
        1,
        Symptom::DeadAfterReset,
        "four clients reset their connections",
    )
}

/// A client that goes by a reset: at once, in a line, with replies unread, while it is owed one.
pub(in crate::checks) fn reset(
    lab: &mut Lab,
    server: &Server,
    name: &str,
    round: usize,
) -> Result<(), Stop> {
    let mut talk = lab.connect(server)?;
    talk.note("a client that will reset its connection");
    match round % 4 {
        0 => {}
        1 => talk.say(format!("add {name}"))?,
        2 => talk.say_whole(format!("get {name}\n").repeat(100))?,
        _ => talk.say_whole("wait 20\nget x\n")?,
    }
    talk.reset()
}

/// What a failure means once clients have reset their connections.
pub(in crate::checks) fn after_resets(stop: Stop) -> Stop {
    stop.seen_as(Symptom::DeadAfterReset).told("after other clients have reset their connections")
}

/// What a failure means once a handler has failed.
pub(in crate::checks) fn after_a_boom(stop: Stop) -> Stop {
    stop.seen_as(Symptom::DeadAfterBoom)
        .told("after the handler of another client has failed (`boom`)")
}

/// `boom` ends its own conversation without a reply, and nothing else.
pub(in crate::checks) fn boom(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    for total in 1..=3 {
        one_boom(lab, &server, &name, total, total > 1)?;
    }
    still_serves(lab, &server, &name, 3, Symptom::DeadAfterBoom, "three handlers failed")
}

/// A new client adds 1, which makes this total, and then says `boom`. Others may have done so before.
pub(in crate::checks) fn one_boom(
    lab: &mut Lab,
    server: &Server,
    name: &str,
    total: u32,
    others: bool,
) -> Result<(), Stop> {
    let means = |stop: Stop| if others { after_a_boom(stop) } else { stop };
    let mut talk = lab.connect(server).map_err(means)?;
    talk.note("a client that will say `boom`");
    talk.ask(format!("add {name} 1"), format!("{name} {total}")).map_err(means)?;
    talk.say("boom\n")?;
    talk.expect_no_reply(PATIENCE, "`boom` has no reply: the connection closes")
}

/// A new client is served, and finds this total.
pub(in crate::checks) fn still_serves(
    lab: &mut Lab,
    server: &Server,
    name: &str,
    total: u32,
    symptom: Symptom,
    after: &str,
) -> Result<(), Stop> {
    let seen = |stop: Stop| stop.seen_as(symptom).told(&format!("after {after}"));
    let mut talk = lab.connect(server).map_err(seen)?;
    talk.note(format!("a new client, after {after}"));
    talk.ask(format!("get {name}"), format!("{name} {total}")).map_err(seen)
}
