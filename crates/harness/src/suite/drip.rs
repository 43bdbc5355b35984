//! Clients that do their part, but so slowly that it never ends: each byte in time does not make the whole in time.

use std::io::{ErrorKind, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::Target;
use super::churn::{at_rest, is_back};
use super::limits::OnDrop;
use crate::{Program, Wire};

/// How many of them come, where there can be several at a time.
const CLIENTS: usize = 10;

/// What each does: it sends a byte, if its part is to send, it takes some bytes, and then it pauses. That is 1 KiB a
/// second, where a body or a reply must reach 16.
const TAKEN: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Headers that come byte by byte.
pub fn headers(target: &Target) {
    are_dropped(target, "x", |server| {
        let mut wire = server.connect();
        wire.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
        wire
    });
}

/// A body that comes byte by byte.
pub fn body(target: &Target) {
    are_dropped(target, "x", |server| {
        let mut wire = server.connect();
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        wire
    });
}

/// A large reply that is read a few bytes at a time.
pub fn reader(target: &Target) {
    are_dropped(target, "", |server| {
        let mut wire = server.connect_narrow();
        wire.request("GET", "/bytes/67108864");
        wire
    });
}

/// All of them lose their connections when the patience has passed, and a little later if they have moved a little.
/// Others are served all the time.
#[track_caller]
fn are_dropped(target: &Target, drop: &str, begin: fn(&Program) -> Wire) {
    let company = !target.nature().has_one_client_at_a_time();
    let server = target.start(&["--patience", "1"]);
    server.connect().get("/", 200);
    let rest = at_rest(&server);
    let clients = if company { CLIENTS } else { 1 };
    let slow: Vec<Wire> = (0..clients).map(|_| begin(&server)).collect();
    let (connected, enough) = (AtomicUsize::new(clients), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| dribble(slow, drop, &connected, &enough));
        let _stop = OnDrop(|| enough.store(true, Ordering::Relaxed));
        server.eventually("every slow client is dropped", || {
            if company {
                server.connect().get("/", 200);
            }
            connected.load(Ordering::Relaxed) == 0
        });
    });
    server.eventually("nothing is left of the slow clients", || is_back(&server, &rest));
    server.connect().get("/", 200);
}

/// Lets each client do its slow part, until it has lost its connection.
fn dribble(mut slow: Vec<Wire>, drop: &str, connected: &AtomicUsize, enough: &AtomicBool) {
    while !slow.is_empty() && !enough.load(Ordering::Relaxed) {
        slow.retain(|wire| goes_on(wire, drop));
        connected.store(slow.len(), Ordering::Relaxed);
        // The slow client is the subject here; nothing waits for this sleep.
        thread::sleep(PAUSE);
    }
}

fn goes_on(wire: &Wire, drop: &str) -> bool {
    let mut stream = wire.stream();
    let mut step = || {
        // After a reset one can still read what had come before it: seconds of it, at this pace.
        stream.take_error()?.map_or(Ok(()), Err)?;
        stream.set_nonblocking(true)?;
        stream.write_all(drop.as_bytes())?;
        stream.read(&mut [0; TAKEN])
    };
    match step() {
        Ok(n) => n > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
