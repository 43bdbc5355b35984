//! The ends of streams, and much in a stream.

use super::{Exchange, begin, exchanges, hear, serve, succeeds};
use crate::failure::{Stop, Symptom};
use crate::lab::{Lab, Stage};
use std::time::Duration;

/// How many commands a long conversation has, and how long its names are: more than all buffers on the way hold.
const LONG: usize = 10_000;
const NAME: usize = 900;
/// After so many replies the server waits until they are taken: its memory has an end.
const OWED: usize = 100;

/// The last command counts, also without its line ending.
pub(in crate::checks) fn last_line(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 2);
    let client = lab.client(&stage.addr.to_string())?;
    let mut text = super::typed(&exchanges);
    text.pop();
    lab.type_in(&client, text)?;
    lab.end_stdin(&client);
    let mut talk = lab.accept(&stage, &client)?;
    serve(&mut talk, &exchanges)?;
    succeeds(lab, &client, &talk, &exchanges)
}

/// No command, no reply: that is success as well.
pub(in crate::checks) fn nothing(lab: &mut Lab) -> Result<(), Stop> {
    one_first(lab)?;
    let stage = Stage::on_loopback()?;
    let client = lab.client(&stage.addr.to_string())?;
    lab.end_stdin(&client);
    // Whether it connects at all before it knows that there is nothing to ask is its own affair.
    let talk = Stop::allow(lab.accept(&stage, &client))?;
    let why = "there was no command, so nothing is owed";
    let finished = lab.finish(&client, why)?;
    drop(talk);
    finished.expect_success(b"", why)
}

/// Thousands of commands at once: the server reads on only when its replies are taken.
pub(in crate::checks) fn long(lab: &mut Lab) -> Result<(), Stop> {
    // Ten thousand round trips, if it asks one thing after the other.
    lab.take_time(Duration::from_secs(240));
    let stage = Stage::on_loopback()?;
    let name = "n".repeat(NAME);
    let exchanges: Vec<Exchange> = (1..=LONG)
        .map(|total| (format!("add {name} 1").into(), format!("{name} {total}").into()))
        .collect();
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    let deadlock = |stop: Stop| stop.or(Symptom::Silent, Symptom::Deadlock);
    for (number, (command, reply)) in exchanges.iter().enumerate() {
        hear(&mut talk, command)?;
        talk.say_whole([reply, &b"\n"[..]].concat()).map_err(deadlock)?;
        if number % OWED == 0 {
            talk.expect_taken().map_err(deadlock)?;
        }
    }
    succeeds(lab, &client, &talk, &exchanges)
}

/// So that a program that never does anything earns nothing by doing nothing.
pub(super) fn one_first(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 1);
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    serve(&mut talk, &exchanges)?;
    succeeds(lab, &client, &talk, &exchanges)
}
