//! What tutorials often get wrong about event loops and coroutines, and what is true: the tests that the lesson names.
//!
//! The programs with the faults are `examples/wrong_loop.rs` and `examples/wrong_async.rs`.
#![cfg(target_os = "linux")]

mod models;

mod claims;

mod limits;

mod python;

use harness::{DEADLINE, Launch, Program, Signal, Wire, build_example};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PACKAGE: &str = "ch5-async-server";

/// The models that serve all clients by one thread.
const ONE_THREAD: [&str; 2] = ["event-loop", "async-single"];

const MODELS: [&str; 3] = ["event-loop", "async", "async-single"];

/// Our server, with flags as one would type them.
fn ours(model: &str, flags: &str) -> Launch {
    let launch = Launch::new(env!("CARGO_BIN_EXE_ch5-async-server")).deadline(DEADLINE);
    launch.args(["--addr", "127.0.0.1:0", "--model", model]).args(flags.split_whitespace())
}

/// An example of this chapter that serves.
fn example(name: &str, way: &[&str]) -> Program {
    Launch::new(build_example(PACKAGE, name)).deadline(DEADLINE).args(way).start()
}

/// So many clients, each of which has been answered once and keeps its connection.
fn idle_clients(server: &Program, count: usize) -> Vec<Wire> {
    let client = |_| {
        let mut client = server.connect();
        client.get("/", 200);
        client
    };
    (0..count).map(client).collect()
}

/// What these clients send lies in the server's receive buffers, all of it, before the server reads a byte.
fn send_all_at_once(server: &Program, clients: &mut [Wire], send: impl Fn(&mut Wire)) {
    server.signal(Signal::Suspend);
    // A thread that is still on its way out of epoll_wait(2) may take a report with it.
    server.eventually("the server stands still", || all_threads_are(server, 'T'));
    clients.iter_mut().for_each(send);
    let ports: Vec<_> =
        clients.iter().map(|client| client.stream().local_addr().unwrap().port()).collect();
    server.eventually("all has arrived", || has_all_arrived(server.addr(), &ports));
}

/// Are all threads of the server in this state? It stands behind the name, which is in parentheses (proc(5)).
fn all_threads_are(server: &Program, state: char) -> bool {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
    tasks.flatten().all(|task| {
        let text = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        text.rsplit(") ").next().is_some_and(|rest| rest.starts_with(state))
    })
}

/// Has the kernel nothing left to send from these ports to the server? `/proc/net/tcp` has a row for each end of a
/// connection, ours among them; its `tx_queue`, before the colon, counts what the other end has not acknowledged.
fn has_all_arrived(server: SocketAddr, from: &[u16]) -> bool {
    let text = fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = text.lines().skip(1).map(|row| row.split_ascii_whitespace().collect::<Vec<_>>());
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let arrived = rows.filter(|row| {
        port(row[2]) == Some(server.port())
            && port(row[1]).is_some_and(|port| from.contains(&port))
            && row[4].starts_with("00000000:")
    });
    arrived.count() == from.len()
}

/// Sends as much as is taken without being read, at most so much: how much was that?
fn pour(stream: &TcpStream, most: usize) -> usize {
    let piece = [b'x'; 16 * 1024];
    // Who takes nothing for so long takes no more.
    stream.set_write_timeout(Some(Duration::from_millis(700))).unwrap();
    let mut sent = 0;
    while sent < most {
        match std::io::Write::write(&mut &*stream, &piece) {
            Ok(n) => sent += n,
            Err(_) => break,
        }
    }
    sent
}
