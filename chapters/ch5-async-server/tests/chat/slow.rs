//! Those who read slowly or not at all, and those who talk too fast.

use crate::support::{Lines, person, serving};
use harness::{Program, Wire};
use socket2::SockRef;

const TOO_SLOW: &str = "* you read too slowly; good-bye";

/// So much one talker says at once: less than an outbox, so that nobody who reads in between is too slow.
const SAID: usize = 40;

/// Somebody for whom the kernel keeps little.
fn narrow(server: &Program, name: &str, place: &str) -> Wire {
    let wire = person(server, name, place);
    SockRef::from(wire.stream()).set_recv_buffer_size(4096).unwrap();
    wire
}

/// Somebody comes, says much, and goes; the reader takes all of it. Returns what was heard.
fn a_talk(server: &Program, nth: usize, reader: &mut Lines) -> Vec<String> {
    let name = format!("talker{nth}");
    let mut talker = server.connect();
    let text = "x".repeat(900);
    let said: String = (0..SAID).map(|n| format!("{n} {text}\n")).collect();
    talker.send(format!("{name}\n{said}/quit\n"));
    let heard = reader.until(|line| line == format!("* {name} left"));
    let lines = heard.iter().filter(|line| line.starts_with(&name)).zip(0..);
    for (line, n) in lines.clone() {
        assert!(*line == format!("{name}: {n} {text}"), "line {n} is {line}");
    }
    assert_eq!(lines.count(), SAID, "nobody else loses a line");
    assert!(String::from_utf8(talker.read_to_end()).unwrap().ends_with("* good-bye\n"));
    heard
}

#[test]
fn a_slow_reader_is_told_and_let_go_and_nobody_else_loses_a_line() {
    let server = serving("--outbox 64").start();
    let mut reader = Lines::of(person(&server, "reader", "alone in lobby"));
    let mut slow = person(&server, "slow", "in lobby with reader");
    reader.until(|line| line == "* slow joined");
    let mut heard = Vec::new();
    let left = "* slow left (too slow)".to_owned();
    for nth in 0.. {
        assert!(nth < 100, "the slow reader is still there");
        heard.extend(a_talk(&server, nth, &mut reader));
        if heard.contains(&left) {
            break;
        }
    }
    // It reads at last: everything up to where it was too slow, and why there is no more.
    let had = String::from_utf8(slow.read_to_end()).unwrap();
    let had: Vec<_> = had.lines().collect();
    let (last, lines) = had.split_last().unwrap();
    assert_eq!(*last, TOO_SLOW);
    assert!(*lines == heard[..lines.len()], "what it had was in order");
    assert!(lines.len() < heard.len());
    // The line that it had no room for comes just before the notice.
    assert_eq!(heard.iter().position(|line| *line == left), Some(lines.len() + 1));
}

#[test]
fn those_who_never_read_cost_little_and_not_for_ever() {
    let server = serving("--patience 3").start();
    let mut reader = Lines::of(person(&server, "reader", "alone in lobby"));
    a_talk(&server, 0, &mut reader);
    let before = server.tree();
    let mut others = String::from("reader");
    let stuck: Vec<_> = (0..20)
        .map(|n| {
            let name = format!("stuck{n}");
            let wire = narrow(&server, &name, &format!("in lobby with {others}"));
            others.push_str(&format!(", {name}"));
            wire
        })
        .collect();
    // 14 MB: an outbox without a limit would hold most of it.
    let mut gone = 0;
    for nth in 1..=400 {
        let heard = a_talk(&server, nth, &mut reader);
        gone += heard
            .iter()
            .filter(|line| line.starts_with("* stuck") && line.contains(" left"))
            .count();
        let grown = server.tree().rss.saturating_sub(before.rss);
        server.check(
            grown < 8 << 20,
            format!("at most 8 MiB for those who do not read, got {grown}"),
        );
    }
    assert_eq!(gone, 20, "all of them are gone, and the room was told once");
    server.eventually("their sockets are closed", || server.tree().fds <= before.fds);
    drop(stuck);
}

#[test]
fn who_takes_nothing_is_let_go_before_the_outbox_is_full() {
    let server = serving("--patience 2").start();
    let mut reader = Lines::of(person(&server, "reader", "alone in lobby"));
    let stuck = narrow(&server, "stuck", "in lobby with reader");
    reader.until(|line| line == "* stuck joined");
    // More than the kernel takes, and less than the outbox.
    let heard: Vec<_> = (0..6).flat_map(|nth| a_talk(&server, nth, &mut reader)).collect();
    // On a busy machine that may have taken longer than the patience.
    let left = "* stuck left".to_owned();
    if !heard.contains(&left) {
        reader.until(|line| *line == left);
    }
    drop(stuck);
}

#[test]
fn a_flood_drives_nobody_out() {
    let server = serving("").start();
    let mut lazy = Lines::of(narrow(&server, "lazy", "alone in lobby"));
    let mut eye = Lines::of(person(&server, "eye", "in lobby with lazy"));
    let mut flood = person(&server, "flood", "in lobby with lazy, eye");
    // Far more lines than an outbox has room for, in few bytes. What is not read waits in the kernel.
    let lines: String = (0..40_000).map(|n| format!("{n}\n")).collect();
    flood.send(lines);
    eye.until(|line| line == "flood: 800");
    eye.wire.send("/who\n");
    let heard = eye.until(|line| line.contains(" in lobby: "));
    assert!(heard.contains(&"* 3 in lobby: lazy, eye, flood".to_owned()), "{:?}", heard.last());
    let heard = lazy.until(|line| line == "flood: 800");
    let said = heard.iter().filter_map(|line| line.strip_prefix("flood: "));
    for (said, n) in said.zip(0..) {
        assert_eq!(said, n.to_string());
    }
}

#[test]
fn who_asks_much_and_reads_late_is_not_too_slow() {
    let server = serving("--outbox 16").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    // The answers are more than an outbox holds. So the questions wait.
    alice.send("/help\n".repeat(200));
    alice.send("/who\n");
    let mut alice = Lines::of(alice);
    let heard = alice.until(|line| line == "* 1 in lobby: alice");
    assert_eq!(heard.len(), 200 * 8 + 1);
}
