//! What a client of the tally server must do.

pub(super) mod addresses;
pub(super) mod failures;
pub(super) mod flow;
pub(super) mod replies;

use crate::failure::{Failure, Stop, Symptom};
use crate::lab::{Client, Lab, Stage};
use crate::talk::{Talk, brief};

/// A command and its reply, both without line endings.
type Exchange = (Vec<u8>, Vec<u8>);

/// Some additions to a name, and what a server replies.
fn exchanges(lab: &mut Lab, count: usize) -> Vec<Exchange> {
    let name = lab.name();
    let mut total = 0;
    let mut one = |_| {
        let number = lab.chance().i32(-50..500);
        total += number;
        (format!("add {name} {number}").into_bytes(), format!("{name} {total}").into_bytes())
    };
    (0..count).map(&mut one).collect()
}

/// The commands as they are typed.
fn typed(exchanges: &[Exchange]) -> Vec<u8> {
    exchanges.iter().flat_map(|(command, _)| [command, &b"\n"[..]].concat()).collect()
}

/// The replies as they must stand on stdout.
fn shown(exchanges: &[Exchange]) -> Vec<u8> {
    exchanges.iter().flat_map(|(_, reply)| [reply, &b"\n"[..]].concat()).collect()
}

/// Starts the client with these commands, and waits for its connection.
fn begin(lab: &mut Lab, stage: &Stage, exchanges: &[Exchange]) -> Result<(Client, Talk), Stop> {
    let client = lab.client(&stage.addr.to_string())?;
    lab.type_in(&client, typed(exchanges))?;
    lab.end_stdin(&client);
    let talk = lab.accept(stage, &client)?;
    Ok((client, talk))
}

/// Reads a command from the client.
fn hear(talk: &mut Talk, command: &[u8]) -> Result<(), Stop> {
    let wanted = [command, b"\n"].concat();
    let expected = format!("the command {}", brief(&wanted));
    let got = match talk.line(&expected) {
        // The last line may come without its ending.
        Err(Stop::Failure(failure)) if failure.symptom == Symptom::NoNewline => talk.rest_of_line(),
        other => other?,
    };
    if got == wanted || got == command || got == [command, b"\r\n"].concat() {
        return Ok(());
    }
    let mut failure: Failure = talk.failure(Symptom::WrongCommand, expected, brief(&got));
    failure.transcript.extend(harness::compared(&wanted, &got).lines().map(str::to_owned));
    Err(failure.into())
}

/// Hears each command and replies to it at once.
fn serve(talk: &mut Talk, exchanges: &[Exchange]) -> Result<(), Stop> {
    for (command, reply) in exchanges {
        hear(talk, command)?;
        // Each reply arrives alone: what joined replies do to a client is a check of its own.
        talk.settle();
        talk.say([reply, &b"\n"[..]].concat())?;
    }
    Ok(())
}

/// Expects that the client ends with all replies on stdout, and exit code 0.
fn succeeds(
    lab: &mut Lab,
    client: &Client,
    talk: &Talk,
    exchanges: &[Exchange],
) -> Result<(), Stop> {
    let why = "all its commands were replied to";
    let finished =
        lab.finish(client, why).and_then(|end| end.expect_success(&shown(exchanges), why));
    finished.map_err(|stop| stop.in_talk(talk))
}
