//! The stop of a server that has children: nothing received is lost, and nobody is left.
#![cfg(target_os = "linux")]

mod support;

use harness::{Launch, Program, Signal, Wire, holds_within, together};
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};
use support::{MODELS, STOP, children, has_ended, idle_clients, in_flight, kill, ours, sockets};

/// Waits for the end after a signal, which must be a good one.
#[track_caller]
fn ends_well(server: &mut Program, since: Instant) {
    let stopped = server.wait(since, "after a signal to stop");
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    server.check(stopped.took < STOP, format!("within {STOP:?}, took {:?}", stopped.took));
    server.check(stopped.left.is_empty(), format!("nobody is left, got {:?}", stopped.left));
}

#[test]
fn stragglers_are_counted_and_cut_off() {
    for model in MODELS {
        let mut server = ours(model, "--workers 8").start();
        let mut stuck: Vec<Wire> = (0..3).map(|_| in_flight(&server, 60_000)).collect();
        let mut idle = idle_clients(&server, 2);
        server.signal(Signal::Terminate);
        let start = Instant::now();
        idle.iter_mut().for_each(|client| client.expect_end());
        ends_well(&mut server, start);
        let line = "warning: stopped with 3 conversations unfinished";
        server.eventually(&format!("{model}: {line}"), || server.stderr().trim_end() == line);
        stuck.iter_mut().for_each(|client| client.expect_gone());
    }
}

#[test]
fn a_signal_to_all_processes_is_a_stop_like_any_other() {
    // Ctrl-C reaches the whole process group of a terminal, and a service manager often signals all there are.
    for model in MODELS {
        for signal in ["INT", "TERM"] {
            let mut server = ours(model, "--workers 8").start();
            let mut late: Vec<Wire> = (0..3).map(|_| in_flight(&server, 1_000)).collect();
            let mut idle = idle_clients(&server, 2);
            kill(signal, format!("-{}", server.pid()));
            let start = Instant::now();
            idle.iter_mut().for_each(|client| client.expect_end());
            for client in &mut late {
                client.expect_reply("GET", 200);
                client.expect_end();
            }
            ends_well(&mut server, start);
            server.check(server.stderr().is_empty(), format!("{model}: nothing to report"));
        }
    }
}

#[test]
fn the_second_signal_ends_all_at_once() {
    for model in MODELS {
        let mut server = ours(model, "--workers 8").start();
        let mut stuck = in_flight(&server, 60_000);
        let orphans = children(&server);
        let before = Instant::now();
        kill("INT", format!("-{}", server.pid()));
        let addr = server.addr();
        server.eventually("it no longer listens", || TcpStream::connect(addr).is_err());
        let both = before.elapsed();
        kill("INT", format!("-{}", server.pid()));
        let stopped = server.wait(before, "after two signals");
        // On a machine so slow that the first signal has long done its work, the second says nothing.
        let in_time = both < Duration::from_secs(2);
        server.check(stopped.status.code().is_none() || !in_time, "the signal has ended it");
        for orphan in orphans {
            server.check(holds_within(STOP, || has_ended(orphan)), "its children, too");
        }
        stuck.expect_gone();
    }
}

#[test]
fn a_reply_on_its_way_outlives_the_stop() {
    for model in MODELS {
        // The test itself may be held up, and then the server has waited long enough.
        if !(0..20).any(|_| is_in_time_for_the_end(model)) {
            let why = "the machine is too busy";
            let _ = writeln!(std::io::stderr(), "skipped: a reply on its way, {model}: {why}");
        }
    }
}

/// Half of what the server waits for a client that is about to leave.
const IN_TIME: Duration = Duration::from_secs(1);

fn is_in_time_for_the_end(model: &str) -> bool {
    let mut server = ours(model, "--workers 8").start();
    // Each child is told by itself, so that one knows does not say that all do: there are several of each kind.
    let mut idle = idle_clients(&server, 3);
    let start = Instant::now();
    let mut closing: Vec<Wire> = (0..3).map(|_| server.connect()).collect();
    closing.iter_mut().for_each(|client| client.send("that is no request\r\n\r\n"));
    for client in &mut closing {
        client.expect_reply("GET", 400);
        // The child has ended its side, and reads what may still come.
        client.expect_end();
    }
    server.signal(Signal::Terminate);
    idle.iter_mut().for_each(|client| client.expect_end());
    let mut errors = Vec::new();
    for client in &mut closing {
        // Had the signal ended the reading, the kernel would answer this with a reset.
        errors.extend(client.try_send("and there is more of it").err());
        let _ = client.stream().shutdown(Shutdown::Write);
    }
    if start.elapsed() > IN_TIME {
        return false;
    }
    ends_well(&mut server, start);
    errors.extend(closing.iter().filter_map(|client| client.stream().take_error().ok().flatten()));
    server.check(errors.is_empty(), format!("{model}: orderly ends, got {errors:?}"));
    true
}

#[test]
fn a_stop_amid_new_connections_ends_no_child() {
    for model in MODELS {
        for _ in 0..3 {
            let mut server = ours(model, "").start();
            let addr = server.addr();
            let pid = server.pid();
            let start = Instant::now();
            together(4, |number| {
                for round in 0..40 {
                    if (number, round) == (0, 20) {
                        kill("TERM", pid);
                    }
                    // After the signal a client is refused, or was waiting in the backlog and is turned away.
                    let Ok(mut wire) = Wire::try_connect(addr, STOP) else { continue };
                    let _ = wire.try_send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                    wire.expect_gone();
                }
            });
            ends_well(&mut server, start);
            server.check(server.stderr().is_empty(), format!("{model}: nobody was ended"));
        }
    }
}

#[test]
fn a_client_that_has_no_process_yet_is_served_at_the_stop() {
    const TASKS: u32 = 14;
    for model in ["spawn", "fork"] {
        let Some(launch) = ours(model, "").limit_tasks(TASKS) else {
            let why = "nothing here can limit the processes of one program";
            let _ = writeln!(std::io::stderr(), "skipped: a client without a process: {why}");
            return;
        };
        if !(0..20).any(|_| is_served_at_the_stop(&launch)) {
            let why = "the machine is too busy";
            let _ =
                writeln!(std::io::stderr(), "skipped: a client without a process, {model}: {why}");
        }
    }
}

/// Less than the server waits for its children at a stop, before it cuts them off.
const UNHURRIED: Duration = Duration::from_secs(3);

fn is_served_at_the_stop(launch: &Launch) -> bool {
    let mut server = launch.start();
    let alone = sockets(server.pid()).len();
    let mut clients: Vec<Wire> = (0..30).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|client| client.request("GET", "/"));
    server.eventually("one client is let in and has no process", || {
        sockets(server.pid()).len() > alone && server.stderr().contains("cannot start a process")
    });
    // Clients are let in as they came: those that have a process, then this one.
    let mut served = 0;
    server.eventually("every process serves a client", || {
        served = clients.iter().filter(|client| client.has_bytes()).count();
        served == children(&server).len()
    });
    server.signal(Signal::Terminate);
    let start = Instant::now();
    let stopped = server.wait(start, "after a signal to stop");
    if stopped.took > UNHURRIED {
        return false;
    }
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    let waiting = &mut clients[served];
    waiting.expect_reply("GET", 200);
    waiting.expect_end();
    true
}
