//! SIGTERM and SIGINT: what is in flight is answered, nothing new is taken, and then it is over.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Target, spin};
use crate::{Program, Signal, Stopped, Wire};

/// The contract: exit 0 within this time, whoever is still connected.
const WITHIN: Duration = Duration::from_secs(5);

/// How long a reply in flight takes here: long enough to look around while the server stops.
const IN_FLIGHT: &str = "/delay/2000";

/// A server without clients stops at once, and leaves no process.
pub fn idle(target: &Target) {
    for args in [&["--service", "http"][..], &["--service", "echo"], &["--service", "hello"]] {
        let mut server = target.start(args);
        server.connect();
        ended_well(&mut server);
    }
}

/// SIGINT does what SIGTERM does.
pub fn interrupt(target: &Target) {
    let mut server = target.start(&[]);
    let mut kept = server.connect();
    kept.get("/", 200);
    let stopped = server.stop_by(Signal::Interrupt);
    well(&server, &stopped);
    kept.expect_end();
}

/// Ctrl-C at a terminal reaches all processes of a server: the reply in flight arrives whole, as after one SIGINT.
pub fn interrupt_for_all(target: &Target) {
    let mut server = target.start(&[]);
    let mut late = in_flight(&server);
    server.signal_all(Signal::Interrupt);
    let start = Instant::now();
    late.expect_reply("GET", 200);
    late.expect_end();
    let stopped = server.wait(start, "after SIGINT, though its only client has its reply");
    well(&server, &stopped);
}

/// A reply in flight arrives whole; meanwhile new connections are refused.
pub fn reply_in_flight(target: &Target) {
    arrive_whole(target, 1);
}

/// So do the replies of several clients.
pub fn replies_in_flight(target: &Target) {
    arrive_whole(target, 5);
}

#[track_caller]
fn arrive_whole(target: &Target, clients: usize) {
    let mut server = target.start(&[]);
    let mut late: Vec<Wire> = (0..clients).map(|_| in_flight(&server)).collect();
    server.signal(Signal::Terminate);
    let start = Instant::now();
    let addr = server.addr();
    let refused = crate::holds_within(WITHIN, || TcpStream::connect(addr).is_err());
    server.check(refused, "new connections are refused while the server stops");
    let waits = !server.has_ended();
    server.check(waits, "the server waits for the replies in flight");
    for wire in &mut late {
        wire.expect_reply("GET", 200);
        wire.expect_end();
    }
    let stopped = server.wait(start, "after SIGTERM, though all replies have arrived");
    well(&server, &stopped);
}

/// What `echo` has received comes back, then the end.
pub fn echo_in_flight(target: &Target) {
    let mut server = target.start(&["--service", "echo"]);
    let mut wire = server.connect();
    wire.send("round trip ");
    wire.expect("round trip ");
    wire.send("sent before the signal");
    server.signal(Signal::Terminate);
    let start = Instant::now();
    wire.expect("sent before the signal");
    wire.expect_end();
    let stopped = server.wait(start, "after SIGTERM, though its only client has its bytes");
    well(&server, &stopped);
}

/// Input that the stopping server will not read does not destroy the reply in flight.
pub fn unread_input(target: &Target) {
    let mut server = target.start(&[]);
    let mut wire = in_flight(&server);
    wire.send(vec![b'x'; 256 * 1024]);
    server.signal(Signal::Terminate);
    let start = Instant::now();
    wire.expect_reply("GET", 200);
    // What was received may be answered too, by 400; but the end is an orderly one.
    wire.read_to_end();
    let stopped = server.wait(start, "after SIGTERM, though its only client has its reply");
    well(&server, &stopped);
}

/// A handler that computes when the signal comes is not interrupted, nor does it make the server deaf.
pub fn while_computing(target: &Target) {
    let mut server = target.start(&[]);
    let mut wire = spin::burning(&server, 1, spin::LONG);
    server.signal(Signal::Terminate);
    let start = Instant::now();
    wire.expect_reply("GET", 200);
    wire.expect_end();
    let stopped = server.wait(start, "after SIGTERM, though its only client has its reply");
    well(&server, &stopped);
}

/// A silent client does not hold up the stop: not a new one, not an idle one, not one with half a request.
pub fn silent_client(target: &Target) {
    for before in ["", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHo"] {
        let mut server = target.start(&[]);
        let mut wire = server.connect();
        wire.send(before);
        if before.ends_with("\r\n\r\n") {
            wire.expect_reply("GET", 200);
        }
        ended_well(&mut server);
    }
}

/// Many silent clients do not hold up the stop: not new ones, not idle ones, not those with half a request.
pub fn silent_clients(target: &Target) {
    let mut server = target.start(&[]);
    let silent: Vec<Wire> = (0..10).map(|_| server.connect()).collect();
    let mut half: Vec<Wire> = (0..10).map(|_| server.connect()).collect();
    half.iter_mut().for_each(|wire| wire.send("GET / HTTP/1.1\r\nHo"));
    let mut kept: Vec<Wire> = (0..10).map(|_| server.connect()).collect();
    for wire in &mut kept {
        wire.get("/", 200);
    }
    ended_well(&mut server);
    for mut wire in silent.into_iter().chain(kept) {
        wire.expect_end();
    }
}

/// A second signal ends at once what the first would let finish.
pub fn second_signal(target: &Target) {
    ends_at_once(target, [Signal::Terminate; 2], Program::signal);
}

/// The second signal may be another one; and two times Ctrl-C reach all processes of the server.
pub fn second_interrupt(target: &Target) {
    ends_at_once(target, [Signal::Interrupt; 2], Program::signal_all);
    ends_at_once(target, [Signal::Terminate, Signal::Interrupt], Program::signal);
}

#[track_caller]
fn ends_at_once(target: &Target, signals: [Signal; 2], send: fn(&Program, Signal)) {
    let mut server = target.start(&[]);
    let mut late = server.connect();
    late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /delay/60000 HTTP/1.1\r\nHost: a\r\n\r\n");
    late.expect_reply("GET", 200);
    send(&server, signals[0]);
    let addr = server.addr();
    server.eventually("new connections are refused after the first signal", || {
        TcpStream::connect(addr).is_err()
    });
    // A server that cuts its clients off may itself end a moment later.
    let waits = !crate::holds_within(Duration::from_millis(500), || server.has_ended());
    server.check(waits, "the first signal lets a reply in flight finish");
    send(&server, signals[1]);
    let start = Instant::now();
    let stopped = server.wait(start, &format!("after a second signal, {}", signals[1]));
    let soon = Duration::from_secs(2);
    server.check(
        stopped.took < soon,
        format!("the second signal ends the server at once, it took {:?}", stopped.took),
    );
    late.expect_gone();
    // A child is told by the kernel, a moment after its parent has ended.
    server.eventually("no process of it runs", || server.living().is_empty());
}

/// The port can be bound again at once, although connections of the last server are in TIME_WAIT.
pub fn port_is_free(target: &Target) {
    // An address of its own: on 127.0.0.1 the port could meanwhile be the local port of another test's client.
    let mut server = target.at("127.0.0.77:0").start();
    let addr = server.addr();
    for _ in 0..5 {
        // The server closes first, so TIME_WAIT is on its side.
        let mut wire = server.connect();
        wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        wire.expect_reply("GET", 200);
        wire.expect_end();
    }
    let mut kept = server.connect();
    kept.get("/", 200);
    ended_well(&mut server);
    let again = target.at(&addr.to_string()).start();
    again.connect().get("/", 200);
}

/// Stops a server and expects a good end.
#[track_caller]
pub(super) fn ended_well(server: &mut Program) {
    let stopped = server.stop();
    well(server, &stopped);
}

#[track_caller]
fn well(server: &Program, stopped: &Stopped) {
    server.check(
        stopped.status.code() == Some(0),
        format!("exit 0 after a signal to stop, got {}", stopped.status),
    );
    server.check(
        stopped.took < WITHIN,
        format!("the end within {WITHIN:?}, it took {:?}", stopped.took),
    );
    // Whether somebody listens there is not asked: the port is free, and may be another server's by now.
    server
        .check(stopped.left.is_empty(), format!("no process left behind, got {:?}", stopped.left));
}

/// A client whose reply is under way: the server has its request, and answers it later.
#[track_caller]
fn in_flight(server: &Program) -> Wire {
    let mut wire = server.connect();
    // The reply to the first request proves that the second was received too: both are one segment.
    wire.send(format!(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET {IN_FLIGHT} HTTP/1.1\r\nHost: a\r\n\r\n"
    ));
    wire.expect_reply("GET", 200);
    wire
}
