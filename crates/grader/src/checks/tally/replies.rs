//! Commands and their replies.

use crate::failure::{Stop, Symptom};
use crate::lab::Lab;
use crate::talk::Talk;
use std::time::{Duration, Instant};

/// `add` replies the new total, `get` the total; names are told apart.
pub(in crate::checks) fn totals(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let (a, b) = (lab.name(), format!("{}x", lab.name()));
    let mut talk = lab.connect(&server)?.whole();
    talk.ask(format!("get {a}"), format!("{a} 0"))?;
    talk.ask(format!("add {a} 3"), format!("{a} 3"))?;
    talk.ask(format!("add {b} 10"), format!("{b} 10"))?;
    talk.ask(format!("add {a} 4"), format!("{a} 7"))?;
    talk.ask(format!("get {b}"), format!("{b} 10"))?;
    talk.ask(format!("get {a}"), format!("{a} 7"))
}

/// What is no command gets an error, and the conversation goes on.
pub(in crate::checks) fn unknown(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?.whole();
    for (line, why) in [
        (format!("frobnicate {name}"), "there is no such command"),
        ("add".to_owned(), "it names nothing to add to"),
        (format!("add {name}"), "it says no number"),
        (format!("add {name} 1 2"), "it says two numbers"),
        ("get".to_owned(), "it names nothing"),
        (format!("GET {name}"), "commands are in lower case"),
        (String::new(), "an empty line is no command"),
    ] {
        talk.say(format!("{line}\n"))?;
        talk.expect_error(why)?;
    }
    talk.ask(format!("get {name}"), format!("{name} 0"))
}

/// `quit` says `bye`, then the connection ends.
pub(in crate::checks) fn quit(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?.whole();
    talk.ask(format!("add {name} 1"), format!("{name} 1"))?;
    talk.say(format!("quit\nadd {name} 1\n"))?;
    talk.expect("bye")?;
    talk.expect_end("it was told to quit")?;
    let told = |stop: Stop| stop.told("because nothing counts after `quit`");
    lab.connect(&server)?.whole().ask(format!("get {name}"), format!("{name} 1")).map_err(told)
}

/// `wait` replies when the time has passed, and not before; what follows is answered after it.
pub(in crate::checks) fn wait(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let (name, time) = (lab.name(), lab.chance().u64(120..200));
    let mut talk = lab.connect(&server)?;
    talk.ask("wait 0", "ok")?;
    let began = Instant::now();
    talk.say(format!("wait {time}\nadd {name} 1\n"))?;
    talk.expect("ok")?;
    not_before(&talk, began, Duration::from_millis(time))?;
    talk.expect(format!("{name} 1"))
}

/// What is due before a long wait comes before it.
pub(in crate::checks) fn due(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?.whole();
    talk.say(format!("add {name} 1\nwait 3600000\n"))?;
    talk.expect(format!("{name} 1")).map_err(held_back)
}

/// No reply came to a command in front of a long wait.
pub(in crate::checks) fn held_back(stop: Stop) -> Stop {
    let stop = stop.told("while the next command waits for an hour");
    stop.or(Symptom::Silent, Symptom::HeldBack).or(Symptom::WaitsForEof, Symptom::HeldBack)
}

/// `wait` takes a number of milliseconds, up to an hour.
pub(in crate::checks) fn wait_numbers(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect(&server)?;
    for (line, why) in [
        ("wait", "it says no time"),
        ("wait soon", "`soon` is no number"),
        ("wait -1", "no time is negative"),
        ("wait 3600001", "it is more than 3,600,000 ms"),
        ("wait 99999999999999999999", "it is more than 3,600,000 ms"),
    ] {
        talk.say(format!("{line}\n"))?;
        talk.expect_error(why)?;
    }
    talk.ask("wait 1", "ok")
}

/// A reply came now: was it due?
pub(in crate::checks) fn not_before(
    talk: &Talk,
    began: Instant,
    time: Duration,
) -> Result<(), Stop> {
    // Clocks of different coarseness may disagree by a few milliseconds.
    let took = began.elapsed() + Duration::from_millis(5);
    if took >= time {
        return Ok(());
    }
    let expected = format!("`ok` after {} ms", time.as_millis());
    let got = format!("`ok` after {} ms", began.elapsed().as_millis());
    Err(talk.failure(Symptom::TooEarly, expected, got).into())
}
