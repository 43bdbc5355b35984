//! Those who send without a pause, and crowds that all speak at once.

use crate::support::{DEADLINE, Lines, person, serving, stranger};
use harness::{Program, together};
use std::io::Write;
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Sends without a pause, until the connection is gone.
fn hose(server: &Program, first: String, rest: &'static [u8]) -> (TcpStream, JoinHandle<()>) {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    let ours = stream.try_clone().unwrap();
    (ours, std::thread::spawn(move || while stream.write_all(rest).is_ok() {}))
}

#[test]
fn hoses_hold_up_nobody_and_not_the_stop() {
    let cores = std::thread::available_parallelism().unwrap().get();
    for first in ["", "/quit\n", "hose"] {
        let mut server = serving("").start();
        let mut alice = person(&server, "alice", "alone in lobby");
        alice.send("/join rust\n");
        alice.expect("* you are alone in rust\n");
        let hoses: Vec<_> = (0..cores + 1)
            .map(|n| {
                let first = if first == "hose" { format!("hose{n}\n") } else { first.to_owned() };
                hose(&server, first, &[b'x'; 65_536])
            })
            .collect();
        let mut bob = stranger(&server);
        bob.send("bob\n/join rust\nhello\n");
        alice.expect("* bob joined\nbob: hello\n");
        let stopped = server.stop();
        server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
        let took = stopped.took;
        server.check(took < Duration::from_secs(5), format!("within 5 s, took {took:?}"));
        assert_eq!(server.stderr(), "", "none of them is unfinished");
        alice.expect("* the server stops\n");
        for (stream, hose) in hoses {
            drop(stream);
            hose.join().unwrap();
        }
    }
}

#[test]
fn every_byte_counts_whether_or_not_it_is_heard() {
    let server = serving("").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let before = server.tree().rss;
    let (ours, hose) = hose(&server, "hose\n".to_owned(), &[b'x'; 65_536]);
    alice.expect("* hose joined\n");
    // What is read of it fills no more than its share; the rest waits in the kernel, and the client with it.
    let used = server.reading().cpu;
    std::thread::sleep(Duration::from_secs(1));
    let used = server.reading().cpu - used;
    server.check(used < Duration::from_millis(200), format!("it reads at a pace, used {used:?}"));
    let grown = server.tree().rss.saturating_sub(before);
    server.check(grown < 4 << 20, format!("a line without end is not kept; it grew by {grown}"));
    ours.shutdown(std::net::Shutdown::Both).unwrap();
    hose.join().unwrap();
}

/// So many people come into one room, say so much at once, and read. Nobody is too slow, and nobody misses a line.
fn all_speak_at_once(people: usize, lines: usize, text: &str) {
    const THREADS: usize = 4;
    common::listen::allow_descriptors(4 * people);
    let (server, since) = (serving("").start(), Instant::now());
    let said: String = (0..lines).map(|n| format!("{n}{text}\n")).collect();
    let all_are_in = Barrier::new(THREADS);
    let all = together(THREADS, |thread| {
        let mine = (0..people).filter(|n| n % THREADS == thread);
        let mut mine: Vec<_> = mine
            .map(|n| {
                let mut wire = server.connect();
                wire.set_deadline(4 * DEADLINE);
                wire.send(format!("n{n}\n"));
                let mut lines = Lines::of(wire);
                lines.until(|line| line.starts_with("* you are "));
                (lines, 0)
            })
            .collect();
        all_are_in.wait();
        mine.iter_mut().for_each(|(own, _)| own.wire.send(&said));
        while mine.iter().any(|(_, heard)| *heard < (people - 1) * lines) {
            let round: usize = mine.iter_mut().map(|(own, heard)| listen(own, heard)).sum();
            if round == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            assert!(since.elapsed() < 4 * DEADLINE, "all have heard everything");
        }
        mine
    });
    let heard = all.iter().flatten().map(|(_, heard)| *heard);
    assert!(heard.eq(std::iter::repeat_n((people - 1) * lines, people)), "each line, and once");
}

/// Takes what has come, and counts what was said. Returns how many lines there were.
fn listen(own: &mut Lines, heard: &mut usize) -> usize {
    let some = if own.wire.has_bytes() { own.some() } else { Vec::new() };
    for line in &some {
        assert!(line.starts_with('n') || line.ends_with(" joined"), "{line}");
        *heard += usize::from(line.starts_with('n'));
    }
    some.len()
}

#[test]
fn five_hundred_who_read_are_not_too_slow() {
    all_speak_at_once(500, 20, "");
}

#[test]
fn a_thousand_who_read_are_not_too_slow() {
    all_speak_at_once(1000, 1, &"x".repeat(1000));
}
