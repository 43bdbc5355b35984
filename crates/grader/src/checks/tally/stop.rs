//! SIGTERM: no new connections, what was received is answered, exit code 0.

use crate::failure::{Stop, Symptom};
use crate::lab::{Lab, free_port};
use std::time::Instant;

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
    talk.expect_end("the program was told to stop")?;
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
    talk.expect_end("the program was told to stop, and all is answered")?;
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

/// The port can be bound again at once.
pub(in crate::checks) fn again(lab: &mut Lab) -> Result<(), Stop> {
    let addr = free_port()?;
    let server = lab.server_on(addr)?;
    let name = lab.name();
    let mut talk = lab.connect(&server)?;
    talk.ask(format!("add {name} 1"), format!("{name} 1"))?;
    let since = Instant::now();
    lab.terminate(&server);
    // The server ends its side first, and so its end of the connection stays in TIME_WAIT.
    talk.expect_end("the program was told to stop")?;
    drop(talk);
    lab.expect_stop(&server, since, "while a silent client is connected")?;
    let server = lab.server_on(addr).map_err(|stop| stop.seen_as(Symptom::NoReuse))?;
    lab.connect(&server)?.ask(format!("get {name}"), format!("{name} 0"))
}
