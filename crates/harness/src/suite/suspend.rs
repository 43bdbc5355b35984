//! A server that is stopped and resumed, as by Ctrl-Z and `fg`, a debugger or a container that is frozen.
//!
//! A call on a socket with a timeout then fails with EINTR, without any handler of a signal: signal(7).

use std::thread;
use std::time::{Duration, Instant};

use super::Target;
use crate::{Program, Signal, Wire, proc};

/// Clients that wait do not notice: not an idle one, not one whose reply is due later, not one in the middle of a reply.
pub fn nobody_notices(target: &Target) {
    let server = target.start(&[]);
    let mut idle = server.connect();
    let mut slow = server.connect();
    slow.request("GET", "/bytes/20000000");
    for _ in 0..3 {
        idle.get("/", 200);
        let mut late = server.connect();
        late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /delay/300 HTTP/1.1\r\nHost: a\r\n\r\n");
        late.expect_reply("GET", 200);
        suspend_and_resume(&server);
        late.expect_reply("GET", 200);
        idle.get("/", 200);
    }
    slow.expect_reply("GET", 200);
    server.connect().get("/", 200);
}

/// One client does not notice either: in the middle of a reply, before one that is due later, and while it is idle.
pub fn replies_go_on(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    for path in ["/bytes/20000000", "/delay/300"] {
        wire.send(format!(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET {path} HTTP/1.1\r\nHost: a\r\n\r\n"
        ));
        wire.expect_reply("GET", 200);
        suspend_and_resume(&server);
        wire.expect_reply("GET", 200);
        suspend_and_resume(&server);
        wire.get("/", 200);
    }
}

/// The line services neither.
pub fn echo_goes_on(target: &Target) {
    let server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    for _ in 0..3 {
        wire.send("round trip");
        wire.expect("round trip");
        suspend_and_resume(&server);
    }
    wire.half_close();
    wire.expect_end();
}

/// Who was silent for too long because the server stood still was not: a request that came in time is answered, however
/// late the server looks.
pub fn longer_than_the_patience(target: &Target) {
    let server = target.start(&["--patience", "1"]);
    let mut kept = sends_meanwhile(&server, "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    kept.expect_reply("GET", 200);
    drop(kept);
    // The time for a whole head may be counted from its first byte, by the clock. But then it is said.
    let mut half = sends_meanwhile(&server, "GET / HTTP/1.1\r\nHo", "st: a\r\n\r\n");
    let status = half.reply("GET").status;
    half.check([200, 408].contains(&status), format!("an answer of 200 or 408, got {status}"));
}

/// A client that has had a reply and sent some bytes more; the others it sends while the server stands still, and that
/// for longer than the server is patient.
#[track_caller]
fn sends_meanwhile(server: &Program, before: &str, meanwhile: &str) -> Wire {
    const PATIENCE: Duration = Duration::from_secs(1);
    /// Until then the server has sent its reply and waits again, or else there is less to get wrong.
    const MOMENT: Duration = Duration::from_millis(50);

    loop {
        let start = Instant::now();
        let mut wire = server.connect();
        wire.send(format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{before}"));
        wire.expect_reply("GET", 200);
        thread::sleep(MOMENT);
        suspend(server);
        wire.send(meanwhile);
        // The test itself may be held up, and then the client really is late.
        let is_in_time = start.elapsed() < PATIENCE / 2;
        if is_in_time {
            thread::sleep(PATIENCE * 3 / 2);
        }
        resume(server);
        if is_in_time {
            return wire;
        }
    }
}

#[track_caller]
fn suspend_and_resume(server: &Program) {
    suspend(server);
    resume(server);
}

/// All of its processes: those of a server that has several are in one group.
#[track_caller]
fn suspend(server: &Program) {
    server.signal_all(Signal::Suspend);
    let stand_still = || server.living().into_iter().all(stands_still);
    server.eventually("the server stands still", stand_still);
}

#[track_caller]
fn resume(server: &Program) {
    server.signal_all(Signal::Resume);
    server.eventually("the server goes on", || !server.living().into_iter().any(stands_still));
}

fn stands_still(pid: u32) -> bool {
    proc::state(pid).is_ok_and(|state| state == 'T')
}
