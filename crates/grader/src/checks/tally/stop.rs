//! SIGTERM: no new connections, what was received is answered, exit code 0.

use crate::checks::tally::ready::on_free_port;
use crate::failure::{Stop, Symptom};
use crate::lab::Lab;
use std::time::{Duration, Instant};

/// How much is poured into a server that cannot reply: more than all buffers on the way hold.
pub(in crate::checks) const FLOOD: usize = 64 << 20;
/// How long a server does not read until we take it that it will not.
pub(in crate::checks) const STUCK: Duration = Duration::from_millis(150);

/// A connection that stays open after SIGTERM: whoever serves it does not know of the signal.
pub(in crate::checks) fn not_stopped(stop: Stop) -> Stop {
    stop.or(Symptom::StayedOpen, Symptom::IgnoresTerm)
}

/// Nobody is connected.
pub(in crate::checks) fn idle(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("get {name}"), format!("{name} 0"))?;
    talk.half_close();
    talk.expect_end("the client ended its side")?;
    let since = Instant::now();
    lab.terminate(&server);
    lab.expect_stop(&server, since, "with no client connected")
}

/// A client is connected and says nothing.
pub(in crate::checks) fn silent(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("get {name}"), format!("{name} 0"))?;
    let since = Instant::now();
    talk.note("SIGTERM to the program");
    lab.terminate(&server);
    talk.expect_end("the program was told to stop").map_err(not_stopped)?;
    lab.expect_stop(&server, since, "while a silent client is connected")
}

/// What was received is answered.
pub(in crate::checks) fn in_flight(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.say_whole(format!("add {name} 1\nwait 300\nadd {name} 2\n"))?;
    talk.expect(format!("{name} 1"))?;
    let since = Instant::now();
    talk.note("SIGTERM to the program");
    lab.terminate(&server);
    talk.expect("ok")?;
    talk.expect(format!("{name} 3"))?;
    talk.expect_end("the program was told to stop, and all is answered").map_err(not_stopped)?;
    lab.expect_stop(&server, since, "while a client was owed replies")
}

/// A client waits for an hour: nobody waits with it.
pub(in crate::checks) fn long_wait(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("get {name}"), format!("{name} 0"))?;
    talk.say_whole("wait 3600000\n")?;
    talk.expect_quiet(Symptom::TooEarly, "the hour is not over")?;
    let since = Instant::now();
    talk.note("SIGTERM to the program");
    lab.terminate(&server);
    lab.expect_stop(&server, since, "while a client waits for an hour")
}

/// A client asks and never reads: the server waits for it in `send`.
pub(in crate::checks) fn deaf(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let mut talk = lab.connect_narrow(&server)?;
    let command = format!("get {}\n", "x".repeat(900)).repeat(64);
    // Whether the server stops reading or gives the client up is its own affair.
    Stop::allow(talk.pour(command.as_bytes(), FLOOD, STUCK))?;
    let since = Instant::now();
    lab.terminate(&server);
    lab.expect_stop(&server, since, "while a client does not read its replies")
}

/// The port can be bound again at once.
pub(in crate::checks) fn again(lab: &mut Lab) -> Result<(), Stop> {
    let server = on_free_port(lab)?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("add {name} 1"), format!("{name} 1"))?;
    let since = Instant::now();
    lab.terminate(&server);
    // The server ends its side first, and so its end of the connection stays in TIME_WAIT.
    talk.expect_end("the program was told to stop").map_err(not_stopped)?;
    drop(talk);
    lab.expect_stop(&server, since, "while a silent client is connected")?;
    let server = lab.server_on(server.addr).map_err(|stop| stop.seen_as(Symptom::NoReuse))?;
    lab.connect(&server)?.ask(format!("get {name}"), format!("{name} 0"))
}
