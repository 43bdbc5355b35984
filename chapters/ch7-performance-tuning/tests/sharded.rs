//! What several loops on one port can get wrong, and that no step of the ladder changes what is served.
#![cfg(target_os = "linux")]

use ch7_performance_tuning::sharded::steps::LADDER;
use harness::{Launch, Program, Wire};
use std::thread;
use std::time::{Duration, Instant};

/// Our server, with flags as one would type them.
fn sharded(flags: &str) -> Launch {
    let binary = env!("CARGO_BIN_EXE_ch7-performance-tuning");
    Launch::new(binary).args(["--addr", "127.0.0.1:0"]).args(flags.split_whitespace())
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

#[test]
fn there_are_as_many_threads_as_loops() {
    let cores = thread::available_parallelism().unwrap().get().to_string();
    for (flags, threads) in
        [("", &*cores), ("--shards 3", "3"), ("--shards 8 --max-connections 129", "2")]
    {
        let server = sharded(flags).start();
        asking(&server, 50).iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
        let there = server.tree().threads;
        server.check(there.to_string() == *threads, format!("{threads} threads, got {there}"));
    }
}

#[test]
fn a_client_of_another_loop_is_not_held_up() {
    // The test itself may be held up for as long as the handler computes, and then it proves nothing.
    let mut was_late = true;
    for _ in 0..20 {
        match somebody_is_served_beside_a_handler() {
            Some(true) => return,
            Some(false) => was_late = false,
            None => {}
        }
    }
    assert!(was_late, "all clients wait for one handler");
    harness::suite::skipped("clients of another loop: the machine is too busy");
}

/// `None`: the test was late.
fn somebody_is_served_beside_a_handler() -> Option<bool> {
    let server = sharded("--shards 2").start();
    let mut busy = server.connect();
    busy.request("GET", "/spin/1000000");
    // The kernel deals them out by a hash of their ports: that all of them meet the one loop is one chance in 2^40.
    let begin = Instant::now();
    let mut others = asking(&server, 40);
    let is_late = begin.elapsed() > Duration::from_millis(300);
    let mut served = 0;
    while !busy.has_bytes() {
        served = others.iter().filter(|client| client.has_bytes()).count();
    }
    busy.expect_reply("GET", 200);
    others.iter_mut().for_each(|client| drop(client.expect_reply("GET", 200)));
    (served > 0 || !is_late).then_some((1..40).contains(&served))
}

#[test]
fn the_loops_have_one_limit_of_clients_together() {
    const LIMIT: usize = 128;
    let server = sharded("--shards 2 --max-connections 128 --patience 60").start();
    let mut clients = asking(&server, LIMIT * 2);
    let served = |clients: &[Wire]| clients.iter().filter(|client| client.has_bytes()).count();
    server.eventually("as many are served as may be", || served(&clients) >= LIMIT);
    let before = server.reading().cpu;
    thread::sleep(Duration::from_secs(1));
    let used = server.reading().cpu - before;
    server.check(served(&clients) == LIMIT, format!("{LIMIT} clients, got {}", served(&clients)));
    server.check(used <= Duration::from_millis(50), format!("a full server rests, used {used:?}"));
    // Whoever is served leaves. Each makes room for one who waits, wherever that one waits.
    while !clients.is_empty() {
        server.eventually("another one is served", || served(&clients) > 0);
        let at = clients.iter().position(Wire::has_bytes).unwrap();
        clients.swap_remove(at).expect_reply("GET", 200);
    }
}

#[test]
fn two_servers_do_not_share_a_port() {
    for flags in ["--shards 1", "--shards 2"] {
        let first = sharded(flags).start();
        let addr = first.addr().to_string();
        for other in ["--shards 1", "--shards 2"] {
            let second = sharded(other).args(["--addr", &addr]).run();
            assert_eq!(second.status.code(), Some(1), "{flags}, then {other}");
            assert!(second.stderr.contains("address already in use"), "{}", second.stderr);
        }
        first.connect().get("/", 200);
    }
}

/// What a server says to a conversation of all kinds of requests, dates apart.
fn said(step: usize) -> String {
    let server = sharded(&format!("--shards 1 --patience 1000 --step {step}")).start();
    let mut client = server.connect();
    // From here on only a report makes the loop read.
    client.get("/", 200);
    let get = |path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send(["/", "/bytes/200000", "/none", "/delay/10"].map(get).concat());
    let before = server.reading().cpu;
    client.send(get("/spin/300000"));
    let computing = before + Duration::from_millis(50);
    server.eventually("it computes", || server.reading().cpu > computing);
    // It arrives while the handler computes, and a read stops before the urgent byte.
    client.send("HEAD / HTTP/1.1\r\nHo");
    client.send_urgent(b'!');
    client.send("st: a\r\n\r\n");
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".repeat(50));
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let text = String::from_utf8(client.read_to_end()).unwrap();
    let dates = |line: &&str| !line.starts_with("Date: ");
    let said: Vec<_> = text.split("\r\n").filter(dates).collect();
    // One that has asked before it was accepted, and one that closes after its first request.
    for _ in 0..50 {
        let mut short = server.connect();
        short.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert!(short.read_to_end().ends_with(b"Hello, World!"));
        let mut half = server.connect();
        half.request("GET", "/");
        half.half_close();
        half.expect_reply("GET", 200);
        half.expect_end();
    }
    said.join("\n")
}

#[test]
fn every_step_serves_the_same() {
    let last = said(LADDER.len());
    assert_eq!(last.matches("HTTP/1.1 200 OK").count(), 56, "{last:.2000}");
    for step in 1..LADDER.len() {
        assert_eq!(said(step), last, "step {step}: {}", LADDER[step - 1]);
    }
}
