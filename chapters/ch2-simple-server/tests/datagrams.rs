//! What the kernel does with datagrams: tests that the lesson names.
#![cfg(target_os = "linux")]

use harness::DEADLINE;
use socket2::SockRef;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

#[test]
fn what_finds_no_room_is_lost_and_nobody_is_told() {
    const SENT: u32 = 1000;
    let (receiver, sender) = (socket(), socket());
    SockRef::from(&receiver).set_recv_buffer_size(8192).unwrap();
    for number in 0..SENT {
        sender.send_to(&number.to_be_bytes(), receiver.local_addr().unwrap()).unwrap();
    }
    receiver.set_nonblocking(true).unwrap();
    let mut number = [0; 4];
    let kept = std::iter::from_fn(|| receiver.recv(&mut number).ok()).count();
    assert!((1..SENT as usize).contains(&kept), "{kept} of {SENT} were still there");
    assert!(sender.take_error().unwrap().is_none(), "the sender heard of nothing");
}

#[test]
fn only_a_connected_socket_hears_that_nobody_is_there() {
    // While this socket has the port at 127.0.0.1, nobody gets it by chance at 127.0.0.2.
    let keeper = socket();
    let nobody = (Ipv4Addr::new(127, 0, 0, 2), keeper.local_addr().unwrap().port());

    let deaf = socket();
    for _ in 0..3 {
        assert_eq!(deaf.send_to(b"?", nobody).unwrap(), 1, "sending is all that it promises");
    }
    let connected = socket();
    connected.connect(nobody).unwrap();
    assert_eq!(connected.send(b"?").unwrap(), 1, "so far nothing is known");
    // The answer was an ICMP message, and it is told at the next call.
    assert_eq!(connected.recv(&mut [0; 8]).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn an_empty_datagram_is_no_end() {
    let (receiver, sender) = (socket(), socket());
    for text in ["", "and on"] {
        sender.send_to(text.as_bytes(), receiver.local_addr().unwrap()).unwrap();
    }
    let mut buffer = [0; 16];
    assert_eq!(receiver.recv(&mut buffer).unwrap(), 0);
    assert_eq!(receiver.recv(&mut buffer).unwrap(), 6);
}
