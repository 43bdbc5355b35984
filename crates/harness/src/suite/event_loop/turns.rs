//! Turns: each client has its share, and no more.

use super::wake_ups::asking;
use crate::Program;
use crate::suite::{Target, skipped};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The deadlines of clients who have left do no harm.
pub fn who_has_left_has_no_deadline_any_more(target: &Target) {
    let server = target.launch().args(["--patience", "1"]).start();
    drop(asking(&server, 20));
    // Meanwhile their deadlines pass.
    server.connect().get("/delay/2000", 200);
}

/// A client that never stops asking, and takes every reply.
struct Greedy(TcpStream);

impl Greedy {
    fn asks(server: &Program, path: &str) -> Self {
        let mut client = server.connect();
        // The server is at it before anybody else comes.
        client.get(path, 200);
        let stream = client.stream().try_clone().unwrap();
        let (mut sender, mut receiver) = (stream.try_clone().unwrap(), stream.try_clone().unwrap());
        let requests = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(500);
        thread::spawn(move || while sender.write_all(requests.as_bytes()).is_ok() {});
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while receiver.read(&mut buffer).is_ok_and(|n| n > 0) {}
        });
        Self(stream)
    }
}

impl Drop for Greedy {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// A client that always has more to ask does not keep others waiting.
pub fn a_client_that_always_has_more_to_ask_does_not_keep_others_waiting(target: &Target) {
    // Each would be served for ever, if it were served until it has nothing more to say.
    for path in ["/", "/spin/1000", "/bytes/1000000"] {
        let server = target.launch().start();
        let greedy = Greedy::asks(&server, path);
        let mut other = server.connect();
        for _ in 0..10 {
            other.get("/", 200);
        }
        drop(greedy);
    }
}

/// A client is not late because the server was.
pub fn a_client_is_not_late_because_the_server_was(target: &Target) {
    // The test itself may be held up, and then the client really is late: that proves nothing.
    if !(0..10).any(|_| was_answered_in_time(target)) {
        skipped("a client that is not late: the machine is too busy");
    }
}

/// False: the client was late.
fn was_answered_in_time(target: &Target) -> bool {
    const PATIENCE: Duration = Duration::from_secs(3);
    // A server of its own: another one would still compute for those before.
    let server = target.launch().args(["--patience", "3"]).start();
    let start = Instant::now();
    let mut client = server.connect();
    client.get("/", 200);
    let mut busy = server.connect();
    let before = server.reading().cpu;
    busy.send("GET /spin/1000000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
    server.eventually("it computes", || server.reading().cpu > before + Duration::from_millis(100));
    client.send(REQUEST);
    if start.elapsed() > PATIENCE / 2 {
        return false;
    }
    client.expect_reply("GET", 200);
    for _ in 0..5 {
        busy.expect_reply("GET", 200);
    }
    true
}

/// A silent client is dropped, however busy the loop is.
pub fn a_silent_client_is_dropped_however_busy_the_loop_is(target: &Target) {
    let server = target.launch().args(["--patience", "1"]).start();
    let greedy = Greedy::asks(&server, "/");
    let mut silent = server.connect();
    silent.expect_gone();
    drop(greedy);
}
