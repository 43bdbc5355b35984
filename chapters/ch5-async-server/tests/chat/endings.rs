//! How conversations end, and what is left of them.

use crate::support::{DEADLINE, GREETING, Lines, person, serving, stranger, three};
use ch5_async_server::chat::socket;
use harness::{Wire, proc};
use std::time::Duration;

const FULL: &str = "* too many people are here; come back later\n";

#[test]
fn a_half_close_is_a_good_bye() {
    let server = serving("").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let mut bob = server.connect();
    bob.send("bob\nfirst\nlast without an ending");
    bob.half_close();
    bob.expect(GREETING);
    bob.expect("* you are bob, in lobby with alice; /help lists the commands\n");
    bob.expect_end();
    alice.expect("* bob joined\nbob: first\nbob: last without an ending\n* bob left\n");
}

#[test]
fn who_half_closes_gets_what_was_there() {
    let server = serving("").start();
    let [mut alice, mut bob, mut carol] = three(&server);
    let line = "x".repeat(1000);
    bob.send(format!("{line}\n").repeat(50));
    let all = format!("bob: {line}\n").repeat(50);
    carol.expect(&all);
    alice.send("bye");
    alice.half_close();
    carol.expect("alice: bye\n* alice left\n");
    alice.expect(&all);
    alice.expect_end();
}

#[test]
fn a_reset_is_a_good_bye_too() {
    let server = serving("").start();
    let [alice, mut bob, mut carol] = three(&server);
    alice.reset();
    bob.expect("* alice left\n");
    carol.expect("* alice left\n");
    bob.send("who is next?\n");
    carol.expect("bob: who is next?\n");
}

#[test]
fn what_had_arrived_is_said_even_if_its_sender_is_gone() {
    let server = serving("").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let mut bob = server.connect();
    let lines = |prefix: &str| (0..300).map(|n| format!("{prefix}{n}\n")).collect::<String>();
    bob.send(format!("bob\n{}", lines("")));
    // It has not read the greeting, so this is a reset, and nothing can be written to it any more.
    drop(bob);
    alice.expect(format!("* bob joined\n{}* bob left\n", lines("bob: ")));
}

#[test]
fn a_good_bye_arrives_whatever_comes_after_it() {
    let server = serving("").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    alice.send("/quit\n");
    // Unread, it would make the close a reset.
    let _ = alice.try_send(vec![b'x'; 100_000]);
    alice.expect("* good-bye\n");
    alice.expect_end();
}

#[test]
fn who_says_no_name_is_let_go_and_who_has_one_may_be_silent() {
    let server = serving("--patience 1").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let mut nameless = stranger(&server);
    let mut undecided = stranger(&server);
    undecided.send("a b\nunfin");
    undecided.expect(
        "* that is no name: it has 1 to 20 letters (A to Z), digits, - or _; type another one\n",
    );
    for wire in [&mut nameless, &mut undecided] {
        wire.expect("* you said no name; good-bye\n");
        wire.expect_end();
    }
    // Alice has been silent for longer than they.
    alice.send("/who\n");
    alice.expect("* 1 in lobby: alice\n");
}

#[test]
fn one_too_many_is_told_so() {
    let server = serving("--max-clients 2").start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let bob = person(&server, "bob", "in lobby with alice");
    let mut carol = server.connect();
    let _ = carol.try_send("carol\nhello\n");
    carol.expect(FULL);
    carol.expect_end();
    // Many of them hold up nobody either, and take no place.
    let mut many: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for wire in &mut many {
        wire.expect(FULL);
    }
    drop(many);
    alice.send("/who\n");
    alice.expect("* bob joined\n* 2 in lobby: alice, bob\n");
    drop(bob);
    alice.expect("* bob left\n");
    server.eventually("there is room again", || {
        let mut wire = server.connect();
        let greeting = wire.read_exact(FULL.len());
        wire.reset();
        greeting == GREETING.as_bytes()[..FULL.len()]
    });
}

#[test]
fn those_who_are_refused_and_stay_hold_up_nobody() {
    let mut server = serving("--max-clients 1").start();
    let alice = person(&server, "alice", "alone in lobby");
    // More than are closed with care at a time. They are silent, and stay.
    let mut refused: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for wire in &mut refused {
        wire.expect(FULL);
    }
    drop(alice);
    // While they stay, there is room for one: whoever is refused meanwhile is told so at once.
    server.eventually("there is room again", || {
        let mut wire = server.connect();
        let greeting = wire.read_exact(FULL.len());
        wire.reset();
        greeting == GREETING.as_bytes()[..FULL.len()]
    });
    let stopped = server.stop();
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    assert_eq!(server.stderr(), "", "none of them is unfinished");
}

#[test]
fn the_kernel_is_not_less_patient_than_we() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _in = runtime.enter();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for (patience, at_least) in [(1, 120), (600, 600)] {
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        stream.set_nonblocking(true).unwrap();
        let stream = tokio::net::TcpStream::from_std(stream).unwrap();
        socket::prepare(&stream, Duration::from_secs(patience));
        let given_up = socket2::SockRef::from(&stream).tcp_user_timeout().unwrap().unwrap();
        assert!(given_up >= Duration::from_secs(at_least), "{patience}: {given_up:?}");
    }
}

#[test]
fn without_descriptors_clients_wait_and_nothing_spins() {
    let server = serving("").limit("-n", 32).start();
    let mut alice = person(&server, "alice", "alone in lobby");
    let others: Vec<_> = (0..60).map(|_| server.connect()).collect();
    server.eventually("the descriptors are used up", || server.reading().fds >= 30);
    let before = server.reading().cpu;
    std::thread::sleep(Duration::from_secs(1));
    let busy = server.reading().cpu - before;
    server.check(busy <= Duration::from_millis(100), format!("at rest, used {busy:?} in a second"));
    alice.send("/who\n");
    alice.expect("* 1 in lobby: alice\n");
    drop(others);
    stranger(&server);
    server.check(server.stderr().contains("cannot accept a connection"), "it says so");
}

#[test]
fn of_many_connections_nothing_is_left() {
    let server = serving("").start();
    let mut alice = Lines::of(person(&server, "alice", "alone in lobby"));
    let mut all = |n: usize| {
        for nth in 0..n {
            let mut wire: Wire = server.connect();
            match nth % 5 {
                0 => wire.reset(),
                1 => wire.send("bob\nhello\n"),
                2 => wire.send("half a na"),
                3 => {
                    wire.send("carol\n/join rust\nhello\n/quit\n");
                    wire.read_to_end();
                }
                _ => {}
            }
        }
        server.eventually("alice is alone", || {
            alice.wire.send("/rooms\n/who\n");
            let heard = alice.until(|line| line.contains(" in lobby: "));
            let ends = heard.iter().rev().take(2).collect::<Vec<_>>();
            ends == ["* 1 in lobby: alice", "* rooms: lobby 1"]
        });
    };
    all(50);
    let rest = || proc::of(server.pid()).unwrap();
    let few = rest();
    all(500);
    server.eventually("no descriptor is left", || rest().fds <= few.fds);
    let grown = rest().rss.saturating_sub(few.rss);
    server.check(grown < 4 << 20, format!("memory within 4 MiB, grew by {grown}"));
}

#[test]
fn many_come_at_once() {
    let server = serving("").start();
    let mut wires: Vec<_> = (0..300).map(|_| server.connect()).collect();
    for wire in &mut wires {
        wire.set_deadline(DEADLINE);
        wire.expect(GREETING);
    }
}
