//! Servers that are not there, say nothing, or go away.

use super::flow::one_first;
use super::{Exchange, begin, exchanges, hear, serve, shown, succeeds, typed};
use crate::failure::{Failure, Stop, Symptom};
use crate::lab::{Client, Lab, Stage, free_port};
use crate::talk::Talk;
use std::thread;
use std::time::{Duration, Instant};

/// How long a client waits for a reply.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a person thinks.
const IDLE: Duration = Duration::from_millis(5500);
/// When it must have ended, on a busy machine: a patience of 10 s is too much.
const ENOUGH: Duration = Duration::from_millis(9500);

/// Nobody listens.
pub(in crate::checks) fn refused(lab: &mut Lab) -> Result<(), Stop> {
    one_first(lab)?;
    // A port at which nobody listens now.
    let addr = free_port()?;
    let client = lab.client(&addr.to_string())?;
    // It may have ended before it reads.
    Stop::allow(lab.type_in(&client, "get x\n"))?;
    lab.end_stdin(&client);
    let why = "nobody listens there";
    lab.finish(&client, why)?.expect_failure(b"", why)
}

/// The server reads, and never replies.
pub(in crate::checks) fn silent(lab: &mut Lab) -> Result<(), Stop> {
    let (client, mut talk, exchanges) = owed(lab)?;
    talk.note("the grader does not reply to that");
    given_up(lab, &client, &talk, &shown(&exchanges[..1]), "no reply came for 5 s")
}

/// Nobody is owed anything for longer than the patience: a person thinks.
pub(in crate::checks) fn idle(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 2);
    let client = lab.client(&stage.addr.to_string())?;
    lab.type_in(&client, typed(&exchanges[..1]))?;
    let mut talk = lab.accept(&stage, &client)?;
    serve(&mut talk, &exchanges[..1])?;
    talk.note("nothing is asked for 5.5 s");
    let until = Instant::now() + IDLE;
    while Instant::now() < until && !lab.has_ended(&client) {
        thread::sleep(Duration::from_millis(20));
    }
    let told = |stop: Stop| stop.told("after 5.5 s in which nothing was asked");
    lab.type_in(&client, typed(&exchanges[1..])).map_err(told)?;
    lab.end_stdin(&client);
    serve(&mut talk, &exchanges[1..]).map_err(told)?;
    succeeds(lab, &client, &talk, &exchanges).map_err(told)
}

/// The reply comes at a byte each second, and never ends.
pub(in crate::checks) fn dribbles(lab: &mut Lab) -> Result<(), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 1);
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    hear(&mut talk, &exchanges[0].0)?;
    talk.note("the grader says one byte each second, and no line ending");
    let began = Instant::now();
    while !lab.has_ended(&client) {
        if began.elapsed() > ENOUGH {
            let got = format!("a program that still waited {} s later", ENOUGH.as_secs_f64());
            let expected = "the program to give up, because no whole reply came for 5 s";
            return Err(talk.failure(Symptom::NoTimeout, expected, got).into());
        }
        // It may go away at any moment.
        Stop::allow(talk.say_whole("x"))?;
        let next = Instant::now() + Duration::from_secs(1);
        while Instant::now() < next && !lab.has_ended(&client) {
            thread::sleep(Duration::from_millis(20));
        }
    }
    given_up(lab, &client, &talk, b"", "no whole reply came for 5 s")
}

/// It closes in the middle of a reply.
pub(in crate::checks) fn half_a_reply(lab: &mut Lab) -> Result<(), Stop> {
    gone(lab, |talk, reply| {
        talk.say(&reply[..reply.len() / 2])?;
        talk.half_close();
        Ok(())
    })
}

/// It closes without any reply.
pub(in crate::checks) fn closed(lab: &mut Lab) -> Result<(), Stop> {
    gone(lab, |talk, _| {
        talk.half_close();
        Ok(())
    })
}

/// It resets the connection.
pub(in crate::checks) fn reset(lab: &mut Lab) -> Result<(), Stop> {
    let (client, mut talk, exchanges) = owed(lab)?;
    // A reset throws away what was not read yet: so the first reply must have arrived.
    lab.expect_stdout(&client, &shown(&exchanges[..1]), "the first command was replied to")?;
    talk.note("the grader resets the connection");
    let lines = talk.lines();
    talk.reset()?;
    let why = "the server reset the connection before all was replied";
    let finished = lab.finish(&client, why)?;
    finished.expect_failure(&shown(&exchanges[..1]), why).map_err(|stop| stop.with_lines(&lines))
}

/// A client that has one reply, and is owed another one.
fn owed(lab: &mut Lab) -> Result<(Client, Talk, Vec<Exchange>), Stop> {
    let stage = Stage::on_loopback()?;
    let exchanges = exchanges(lab, 2);
    let (client, mut talk) = begin(lab, &stage, &exchanges)?;
    serve(&mut talk, &exchanges[..1])?;
    hear(&mut talk, &exchanges[1].0)?;
    Ok((client, talk, exchanges))
}

/// One reply comes, and then the server goes away.
fn gone(lab: &mut Lab, go: impl FnOnce(&mut Talk, &[u8]) -> Result<(), Stop>) -> Result<(), Stop> {
    let (client, mut talk, exchanges) = owed(lab)?;
    go(&mut talk, &exchanges[1].1)?;
    let why = "the server closed before all was replied";
    let finished = lab.finish(&client, why)?;
    // A part of a reply may be shown or not.
    let (whole, part) = (shown(&exchanges[..1]), &exchanges[1].1);
    let rest = finished.stdout.strip_prefix(&whole[..]).unwrap_or_default();
    let rest = rest.strip_suffix(b"\n").unwrap_or(rest);
    let stdout = if part.starts_with(rest) && finished.stdout.starts_with(&whole) {
        finished.stdout.clone()
    } else {
        whole
    };
    finished.expect_failure(&stdout, why).map_err(|stop| stop.in_talk(&talk))
}

/// The client ends by itself, not before the 5 s are over.
fn given_up(
    lab: &mut Lab,
    client: &Client,
    talk: &Talk,
    stdout: &[u8],
    why: &str,
) -> Result<(), Stop> {
    let told = |stop: Stop| stop.or(Symptom::NeverEnds, Symptom::NoTimeout).in_talk(talk);
    let finished = lab.finish_within(client, ENOUGH, why).map_err(told)?;
    let shown = if stdout.is_empty() { finished.stdout.clone() } else { stdout.to_vec() };
    finished.expect_failure(&shown, why).map_err(told)?;
    if finished.took < SILENCE {
        let got = format!("exit code 1 after {:.1} s", finished.took.as_secs_f64());
        let expected = "5 s of patience with a silent server";
        return Err(told(Failure::new(Symptom::TooEarly, expected, got).into()));
    }
    Ok(())
}
