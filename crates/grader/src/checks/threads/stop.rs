//! A stop with many clients.

use crate::checks::tally::stop::not_stopped;
use crate::failure::Stop;
use crate::lab::Lab;
use crate::talk::PATIENCE;
use std::time::Instant;

/// Ten clients are silent, and one is owed replies. One that comes after the signal is not served.
pub(in crate::checks) fn crowd(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&[])?;
    let name = lab.name();
    let mut silent = Vec::new();
    for _ in 0..10 {
        let mut talk = lab.connect(&server)?;
        talk.ask(format!("get {name}"), format!("{name} 0"))?;
        silent.push(talk);
    }
    let mut owed = lab.connect(&server)?;
    owed.say_whole(format!("add {name} 1\nwait 300\nadd {name} 2\n"))?;
    owed.expect(format!("{name} 1"))?;
    let since = Instant::now();
    owed.note("SIGTERM to the program, with ten silent clients besides");
    lab.terminate(&server);
    // The end of a silent one says that the signal has arrived.
    silent[0].expect_end("the program was told to stop").map_err(not_stopped)?;
    let late = Stop::allow(lab.connect(&server))?;
    owed.expect("ok")?;
    owed.expect(format!("{name} 3"))?;
    owed.expect_end("the program was told to stop, and all is answered").map_err(not_stopped)?;
    for talk in &mut silent {
        talk.expect_end("the program was told to stop").map_err(not_stopped)?;
    }
    if let Some(mut late) = late {
        // It may come into the backlog, and be refused a moment later.
        Stop::allow(late.say_whole(format!("get {name}\n")))?;
        late.expect_no_reply(PATIENCE, "the program was told to stop before this client came")?;
    }
    lab.expect_stop(&server, since, "with ten silent clients and one that is owed replies")
}

/// One client waits for an hour, one has begun a line, and one waits for a worker.
pub(in crate::checks) fn stuck(lab: &mut Lab) -> Result<(), Stop> {
    let server = lab.server(&["--workers", "2"])?;
    let name = lab.name();
    let mut long = lab.connect(&server)?;
    long.ask(format!("get {name}"), format!("{name} 0"))?;
    long.say_whole("wait 3600000\n")?;
    let mut half = lab.connect(&server)?;
    half.ask(format!("get {name}"), format!("{name} 0"))?;
    half.say_whole(format!("add {name}"))?;
    let mut outside = lab.connect(&server)?;
    outside.say_whole(format!("get {name}\n"))?;
    let since = Instant::now();
    lab.terminate(&server);
    lab.expect_stop(
        &server,
        since,
        "while one client waits for an hour, one has begun a line, and one waits for a worker",
    )
}
