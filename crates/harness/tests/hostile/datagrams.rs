//! Over UDP.

use crate::DEADLINE;
use harness::hostile::{Datagrams, Habit};
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::time::Duration;

/// A client that takes datagrams from anybody, and does not wait for ever.
fn client() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

/// The next datagram, and whether it is from the server.
fn next(socket: &UdpSocket, server: &Datagrams) -> (Vec<u8>, bool) {
    let mut buffer = [0; 2048];
    let (n, from) = socket.recv_from(&mut buffer).unwrap();
    (buffer[..n].into(), from == server.addr())
}

#[test]
fn each_habit_is_as_it_says() {
    for (habit, answers) in [
        (Habit::Echo, &[("hello!", true)][..]),
        (Habit::Late(Duration::from_millis(10)), &[("hello!", true)]),
        (Habit::Never, &[]),
        (Habit::WrongPort, &[("hello!", false)]),
        (Habit::Truncated, &[("hel", true)]),
        (Habit::Twice, &[("hello!", true), ("hello!", true)]),
        (Habit::Empty, &[("", true)]),
        (Habit::EverySecond, &[("hello!", true)]),
    ] {
        let server = Datagrams::start(habit);
        let socket = client();
        socket.send_to(b"hello!", server.addr()).unwrap();
        for (bytes, from_server) in answers {
            assert_eq!(
                next(&socket, &server),
                (bytes.as_bytes().into(), *from_server),
                "{habit:?}"
            );
        }
        // Nothing further can be on its way when the server has seen the next one.
        socket.send_to(b"2", server.addr()).unwrap();
        harness::eventually(DEADLINE, "both have come", || server.received().len() == 2);
        assert_eq!(server.received(), [b"hello!".to_vec(), b"2".to_vec()]);
        if matches!(habit, Habit::Never | Habit::EverySecond) {
            socket.set_nonblocking(true).unwrap();
            let silence = socket.recv_from(&mut [0; 8]).map_err(|error| error.kind());
            assert_eq!(silence, Err(ErrorKind::WouldBlock), "{habit:?}");
        }
    }
}

#[test]
fn a_late_answer_is_not_early() {
    let time = Duration::from_millis(50);
    let server = Datagrams::start(Habit::Late(time));
    let (socket, start) = (client(), std::time::Instant::now());
    socket.send_to(b"x", server.addr()).unwrap();
    next(&socket, &server);
    assert!(start.elapsed() >= time);
}

#[test]
fn dropping_a_server_frees_its_port() {
    let server = Datagrams::start(Habit::Echo);
    let addr = server.addr();
    drop(server);
    harness::eventually(DEADLINE, "the port is free", || UdpSocket::bind(addr).is_ok());
}
