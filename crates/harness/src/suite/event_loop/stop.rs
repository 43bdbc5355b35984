//! Stops: within their time, and no reply is lost by one.

use crate::suite::{Target, skipped};
use crate::{Program, Signal};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// What every program promises.
const STOP: Duration = Duration::from_secs(5);

fn stops_in_time(server: &mut Program) {
    server.signal(Signal::Terminate);
    let stopped = server.wait(Instant::now(), "after SIGTERM");
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    server.check(stopped.took < STOP, format!("within {STOP:?}, took {:?}", stopped.took));
}

/// A stop does not wait for all who compute.
pub fn the_stop_does_not_wait_for_all_who_compute(target: &Target) {
    let mut server = target.launch().start();
    // Who waits in the backlog at a stop is refused; these have all been let in.
    let let_in = |_| {
        let mut wire = server.connect();
        wire.get("/", 200);
        wire
    };
    let mut clients: Vec<_> = (0..10).map(let_in).collect();
    let before = server.reading().cpu;
    // A round of the loop takes ten seconds.
    clients.iter_mut().for_each(|wire| wire.request("GET", "/spin/1000000"));
    server.eventually("it computes", || server.reading().cpu > before + Duration::from_millis(100));
    stops_in_time(&mut server);
    let line = "warning: stopped with ";
    server.eventually("it says that not all were answered", || server.stderr().starts_with(line));
    drop(clients);
}

/// A stop does not wait for those who are let in just then, and compute.
pub fn the_stop_does_not_wait_for_all_who_are_let_in(target: &Target) {
    let mut server = target.launch().start();
    let mut busy = server.connect();
    let before = server.reading().cpu;
    busy.request("GET", "/spin/500000");
    server.eventually("it computes", || server.reading().cpu > before + Duration::from_millis(100));
    // They wait in the backlog, and are all let in at once.
    let mut clients: Vec<_> = (0..20).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|wire| wire.request("GET", "/spin/1000000"));
    busy.expect_reply("GET", 200);
    let before = server.reading().cpu;
    server.eventually("it computes", || server.reading().cpu > before + Duration::from_millis(100));
    stops_in_time(&mut server);
    drop(clients);
}

/// A reply on its way outlives the stop.
pub fn a_reply_on_its_way_outlives_the_stop(target: &Target) {
    // The test itself may be held up, and then the server has waited long enough.
    if !(0..20).any(|_| is_in_time_for_the_end(target)) {
        skipped("a reply on its way: the machine is too busy");
    }
}

/// Half of what the server waits for a client that is about to leave.
const IN_TIME: Duration = Duration::from_secs(1);

fn is_in_time_for_the_end(target: &Target) -> bool {
    let mut server = target.launch().start();
    let mut idle = server.connect();
    idle.get("/", 200);
    let start = Instant::now();
    let mut closing = server.connect();
    closing.send("that is no request\r\n\r\n");
    closing.expect_reply("GET", 400);
    // The server has ended its side, and reads what may still come.
    closing.expect_end();
    server.signal(Signal::Terminate);
    idle.expect_end();
    // Had the stop ended the reading, the kernel would answer this with a reset.
    let sent = closing.try_send("and there is more of it");
    let _ = closing.stream().shutdown(Shutdown::Write);
    if start.elapsed() > IN_TIME {
        return false;
    }
    let stopped = server.wait(start, "after SIGTERM");
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    let error = sent.err().or(closing.stream().take_error().expect("a socket has a state"));
    closing.check(error.is_none(), format!("an orderly end, got {error:?}"));
    true
}
