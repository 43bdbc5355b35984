//! A server that is stopped and resumed, as by Ctrl-Z and `fg`, a debugger or a container that is frozen.
//!
//! A call on a socket with a timeout then fails with EINTR, without any handler of a signal: signal(7).

use super::Target;
use crate::{Program, Signal, proc};

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

/// All of its processes: those of a server that has several are in one group.
#[track_caller]
fn suspend_and_resume(server: &Program) {
    server.signal_all(Signal::Suspend);
    let stand_still = || server.living().into_iter().all(stands_still);
    server.eventually("the server stands still", stand_still);
    server.signal_all(Signal::Resume);
    server.eventually("the server goes on", || !server.living().into_iter().any(stands_still));
}

fn stands_still(pid: u32) -> bool {
    proc::state(pid).is_ok_and(|state| state == 'T')
}
