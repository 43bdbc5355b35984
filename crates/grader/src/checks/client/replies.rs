//! Replies, as they come.

use super::{Exchange, begin, exchanges, hear, serve, shown, succeeds, typed};
use crate::failure::{Stop, Symptom};
use crate::lab::{Client, Lab, Stage};
use crate::talk::Talk;
use std::time::Duration;

/// One command, one reply.
pub(in crate::checks) fn one(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 1);
    let (client, talk) = begin(lab, &stage, &exchanges)?;
    let mut talk = talk.whole();
    serve(&mut talk, &exchanges)?;
    succeeds(lab, &client, &talk, &exchanges)
}

/// Several commands, in their order.
pub(in crate::checks) fn several(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 12);
    let (client, talk) = begin(lab, &stage, &exchanges)?;
    let mut talk = talk.whole();
    serve(&mut talk, &exchanges)?;
    succeeds(lab, &client, &talk, &exchanges)
}

/// A reply stands on stdout as soon as it has come: a person types, and waits for it.
pub(in crate::checks) fn at_once(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 3);
    let client = lab.client(&stage.addr.to_string())?;
    lab.type_in(&client, typed(&exchanges[..1]))?;
    let accepted = lab.accept(&stage, &client);
    let mut talk =
        accepted.map_err(|stop| stop.or(Symptom::NeverConnects, Symptom::WaitsForEof))?.whole();
    for number in 0..exchanges.len() {
        if number > 0 {
            lab.type_in(&client, typed(&exchanges[number..=number]))?;
        }
        let heard = serve(&mut talk, &exchanges[number..=number]);
        heard.map_err(|stop| stop.or(Symptom::Silent, Symptom::WaitsForEof))?;
        let why = "the reply has come, and stdin is still open";
        let there = lab.expect_stdout(&client, &shown(&exchanges[..=number]), why);
        there.map_err(|stop| {
            stop.or(Symptom::Silent, Symptom::NotFlushed)
                .or(Symptom::LostCommand, Symptom::NotFlushed)
        })?;
    }
    lab.end_stdin(&client);
    succeeds(lab, &client, &talk, &exchanges)
}

/// Each reply comes byte by byte.
pub(in crate::checks) fn pieces(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 4);
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    for (command, reply) in &exchanges {
        hear(&mut talk, command)?;
        talk.settle();
        talk.say_bytewise([reply, &b"\n"[..]].concat())?;
    }
    finish(lab, &client, &talk, &exchanges, Symptom::ShortRead)
}

/// Replies come joined: the end of one with the beginning of the next.
pub(in crate::checks) fn joined(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 9);
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    let mut left = &exchanges[..];
    while !left.is_empty() {
        hear(&mut talk, &left[0].0)?;
        // A client that asks one thing after the other does not say more before it has its reply.
        let mut heard = 1;
        while heard < left.len() && talk.has_line(Duration::from_millis(100))? {
            hear(&mut talk, &left[heard].0)?;
            heard += 1;
        }
        let text = shown(&left[..heard]);
        let cut =
            if heard > 1 { lab.chance().usize(text.len() / 2..text.len() - 1) } else { text.len() };
        talk.say_pieces(&[&text[..cut], &text[cut..]])?;
        left = &left[heard..];
    }
    finish(lab, &client, &talk, &exchanges, Symptom::LostCommand)
}

/// Bytes that are no text pass as they are, in both directions.
pub(in crate::checks) fn bytes(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let odd = lab.chance().u8(0x80..0xbf);
    let names: [&[u8]; 4] =
        ["größe".as_bytes(), &[0xff, 0xc3, odd], &[0xc3, 0, 0x1b, 0x7f], b"a\xe2\x82"];
    let exchanges: Vec<Exchange> =
        names.iter().map(|name| ([b"get ", *name].concat(), [name, &b" 0"[..]].concat())).collect();
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    serve(&mut talk, &exchanges)?;
    finish(lab, &client, &talk, &exchanges, Symptom::NotBytes)
}

/// Error lines are replies too, and empty lines are commands.
pub(in crate::checks) fn errors(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges: Vec<Exchange> = ["frobnicate", "", "add x 1", "quit"]
        .into_iter()
        .zip(["error no such command", "error no such command", "x 1", "bye"])
        .map(|(command, reply)| (command.into(), reply.into()))
        .collect();
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    serve(&mut talk, &exchanges)?;
    // As a server does after `quit`.
    talk.half_close();
    finish(lab, &client, &talk, &exchanges, Symptom::LostCommand)
}

/// As [`succeeds`], with a name for replies that are missing or changed.
fn finish(
    lab: &mut Lab,
    client: &Client,
    talk: &Talk,
    exchanges: &[Exchange],
    symptom: Symptom,
) -> Result<(), Stop> {
    let done = succeeds(lab, client, talk, exchanges);
    done.map_err(|stop| stop.or(Symptom::WrongReply, symptom).or(Symptom::LostCommand, symptom))
}
