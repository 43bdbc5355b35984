//! What an event loop can get wrong and a thread that waits cannot, and what this one costs. The suite has the rest.
#![cfg(target_os = "linux")]

use harness::{Launch, Program, Wire};
use std::fs;
use std::io::{self, Write};

harness::event_loops!("ch5-async-server": event_loop = "");

const OURS: &str = env!("CARGO_BIN_EXE_ch5-async-server");

/// Our server, with flags as one would type them.
fn event_loop(flags: &str) -> Launch {
    let flags = flags.split_whitespace();
    Launch::new(OURS).args(["--addr", "127.0.0.1:0", "--model", "event-loop"]).args(flags)
}

/// Clients that have sent a request.
fn asking(server: &Program, count: usize) -> Vec<Wire> {
    let ask = |_| {
        let mut client = server.connect();
        client.request("GET", "/");
        client
    };
    (0..count).map(ask).collect()
}

/// Bytes of memory that are the server's own, counted page by page; `VmRSS` is an estimate, and has the program in it.
fn anonymous(server: &Program) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", server.pid())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("Anonymous:")).unwrap();
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
}

#[test]
fn there_is_one_thread_however_many_clients() {
    let server = event_loop("").start();
    let mut late: Vec<_> = (0..50).map(|_| server.connect()).collect();
    late.iter_mut().for_each(|client| client.request("GET", "/delay/1000"));
    let mut idle = asking(&server, 50);
    idle.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
    let reading = server.tree();
    server.check((reading.processes, reading.threads) == (1, 1), "one process with one thread");
    late.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
}

#[test]
fn an_idle_client_holds_less_than_a_kilobyte() {
    const CLIENTS: usize = 400;
    let server = event_loop("--patience 60").start();
    let mut first = asking(&server, 50);
    first.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
    let before = anonymous(&server);
    let mut clients = asking(&server, CLIENTS);
    clients.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
    let each = anonymous(&server).saturating_sub(before) / CLIENTS as u64;
    // Past the capture of the test harness: the lesson sends readers here for the figure.
    let _ = writeln!(io::stderr(), "an idle connection of the event loop holds {each} bytes");
    server.check(each <= 1024, format!("at most 1,024 bytes for an idle client, got {each}"));
}
