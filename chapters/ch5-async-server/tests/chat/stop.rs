//! SIGTERM and SIGINT.

use crate::support::{GREETING, person, serving, stranger, three};
use harness::{Program, Signal, Stopped, Wire, holds_within};
use socket2::SockRef;
use std::net::TcpStream;
use std::time::{Duration, Instant};

const STOPS: &str = "* the server stops\n";

#[track_caller]
fn ended_well(server: &Program, stopped: &Stopped) {
    server.check(stopped.status.code() == Some(0), format!("exit 0, got {}", stopped.status));
    let within = Duration::from_secs(5);
    server.check(stopped.took < within, format!("within {within:?}, took {:?}", stopped.took));
    server.check(!server.stderr().contains("panicked"), "no panic");
}

#[test]
fn everybody_is_told() {
    for signal in [Signal::Terminate, Signal::Interrupt] {
        let mut server = serving("").start();
        let everybody = three(&server);
        let nameless = stranger(&server);
        let stopped = server.stop_by(signal);
        ended_well(&server, &stopped);
        for mut wire in everybody.into_iter().chain([nameless]) {
            wire.expect(STOPS);
            wire.expect_end();
        }
        assert_eq!(server.stderr(), "");
    }
}

#[test]
fn what_had_arrived_is_still_said() {
    let mut server = serving("").start();
    let [mut alice, mut bob, mut carol] = three(&server);
    // While it stands still, both arrive: the lines, and then the signal.
    server.signal(Signal::Suspend);
    server.eventually("it stands still", || harness::proc::state(server.pid()).unwrap() == 'T');
    let mut late = server.connect();
    alice.send("last words\nnot a li");
    bob.send("mine, too\n");
    server.signal(Signal::Terminate);
    server.signal(Signal::Resume);
    let stopped = server.wait(Instant::now(), "after SIGTERM");
    ended_well(&server, &stopped);
    alice.expect("bob: mine, too\n* the server stops\n");
    alice.expect_end();
    bob.expect("alice: last words\n* the server stops\n");
    bob.expect_end();
    let heard = String::from_utf8(carol.read_to_end()).unwrap();
    let lines = ["alice: last words\n", "bob: mine, too\n"];
    assert!(lines.iter().all(|line| heard.contains(line)) && heard.ends_with(STOPS), "{heard}");
    late.expect_gone();
}

#[test]
fn silent_and_chatty_clients_hold_up_nothing() {
    let mut server = serving("").start();
    let mut silent: Vec<_> = (0..50).map(|_| stranger(&server)).collect();
    let mut alice = person(&server, "alice", "alone in lobby");
    let mut chatty = person(&server, "chatty", "in lobby with alice");
    alice.expect("* chatty joined\n");
    let stream = chatty.stream().try_clone().unwrap();
    let talk = std::thread::spawn(move || {
        use std::io::Write;
        while (&stream).write_all(b"and another thing\n").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    alice.expect("chatty: and another thing\n");
    let stopped = server.stop();
    ended_well(&server, &stopped);
    talk.join().unwrap();
    let heard = String::from_utf8(alice.read_to_end()).unwrap();
    assert!(heard.ends_with(STOPS), "{heard}");
    for wire in &mut silent {
        wire.expect(STOPS);
        wire.expect_end();
    }
    chatty.expect_gone();
}

/// Somebody who reads nothing, and for whom there is more than the kernel takes.
fn stuck(server: &Program) -> (Wire, Wire) {
    let mut talker = person(server, "talker", "alone in lobby");
    let stuck = person(server, "stuck", "in lobby with talker");
    SockRef::from(stuck.stream()).set_recv_buffer_size(4096).unwrap();
    talker.expect("* stuck joined\n");
    for nth in 0..6 {
        // Each says less than a burst, and all of them together more than the buffers of two sockets hold.
        let mut wire = server.connect();
        wire.send(format!("talker{nth}\n{}/quit\n", format!("{}\n", "x".repeat(1000)).repeat(55)));
        wire.expect(GREETING);
        wire.expect(format!(
            "* you are talker{nth}, in lobby with talker, stuck; /help lists the commands\n"
        ));
        wire.expect("* good-bye\n");
        talker.expect(format!("* talker{nth} joined\n"));
        talker.expect(format!("talker{nth}: {}\n", "x".repeat(1000)).repeat(55));
        talker.expect(format!("* talker{nth} left\n"));
    }
    (talker, stuck)
}

#[test]
fn who_never_reads_does_not_hold_it_up() {
    let mut server = serving("").start();
    let (mut talker, _stuck) = stuck(&server);
    let stopped = server.stop();
    ended_well(&server, &stopped);
    talker.expect(STOPS);
    talker.expect_end();
    let line = "warning: stopped with 1 conversation unfinished\n";
    server.eventually("one line about it", || server.stderr() == line);
}

#[test]
fn the_second_signal_does_not_wait() {
    let mut server = serving("").start();
    let (mut talker, _stuck) = stuck(&server);
    server.signal(Signal::Terminate);
    talker.expect(STOPS);
    let refused =
        holds_within(Duration::from_secs(3), || TcpStream::connect(server.addr()).is_err());
    server.check(refused, "nobody is let in any more");
    let stopped = server.stop();
    server.check(stopped.status.code().is_none(), format!("by the signal, got {}", stopped.status));
    server
        .check(stopped.took < Duration::from_secs(2), format!("at once, took {:?}", stopped.took));
}
