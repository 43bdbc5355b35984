//! What is often said about servers, and wrong: the tests that the lesson names.
#![cfg(target_os = "linux")]

mod tools;

use harness::{DEADLINE, Program, Wire, holds_within};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;
use tools::{ours, python};

/// Long enough to see that nothing comes.
const A_WHILE: Duration = Duration::from_millis(300);

/// A socket at an address of loopback, with or without `SO_REUSEADDR`.
fn bound(port: u16, reuse: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(reuse)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    Ok(socket)
}

fn address(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, DEADLINE)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok(stream)
}

/// Reads until the end, whatever kind of end it is.
fn rest(mut stream: &TcpStream) -> (Vec<u8>, io::Result<usize>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    (bytes, end)
}

#[test]
fn the_second_client_waits_for_the_first() {
    let server = ours("--service echo").start();
    let (mut first, mut second, mut third) = (server.connect(), server.connect(), server.connect());
    third.send("third");
    second.send("second");
    second.expect_silence(A_WHILE);
    // The first one is served all the while, although it spoke last.
    first.send("first");
    first.expect("first");
    second.expect_silence(A_WHILE);
    drop(first);
    second.expect("second");
    third.expect_silence(A_WHILE);
    drop(second);
    third.expect("third");
}

#[test]
fn a_listener_overwritten_by_its_client_serves_once() {
    const SERVER: &str = r"
import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(('127.0.0.1', 0))
sock.listen(5)
print('listening on %s:%d' % sock.getsockname(), flush=True)
while True:
    sock, addr = sock.accept()
    sock.send(b'Hello, World!')
";
    let Some(launch) = python(SERVER) else { return };
    let mut server = launch.start();
    let mut first = server.connect();
    first.expect("Hello, World!");
    first.expect_end();
    // accept(2) of a connection is EINVAL: the socket that listened is gone, and this one never will.
    assert!(holds_within(DEADLINE, || server.has_ended()), "the second accept ends the server");
    server.eventually("it says why", || server.stderr().contains("Invalid argument"));
}

#[test]
fn without_its_listener_nobody_who_waits_is_served() {
    // A second socket keeps the port for us, so that whoever answers there later is no stranger.
    let keeper = bound(0, true).unwrap();
    let listener = bound(address(&keeper).port(), true).unwrap();
    listener.listen(5).unwrap();
    let addr = address(&listener);
    let first = connect(addr).unwrap();
    let waiting = [connect(addr).unwrap(), connect(addr).unwrap()];
    let (connection, _) = TcpListener::from(listener).accept().unwrap();

    // The listener was dropped in the line above. Who waited is reset, and who comes is refused.
    for client in waiting {
        assert_eq!(rest(&client).1.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
    assert_eq!(connect(addr).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    // The connection is another socket, and lives on.
    (&connection).write_all(b"Hello, world!").unwrap();
    drop(connection);
    assert_eq!(rest(&first).0, b"Hello, world!");
}

#[test]
fn the_backlog_is_the_length_of_a_queue() {
    let listener = bound(0, false).unwrap();
    listener.listen(5).unwrap();
    let addr = SockAddr::from(address(&listener));
    let mut clients: Vec<_> = (0..6).map(|_| connect(address(&listener)).unwrap()).collect();

    // The seventh is neither refused nor connected. Its SYN is dropped, and it tries again.
    let seventh = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = seventh.connect_timeout(&addr, A_WHILE).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(seventh.peer_addr().is_err() && seventh.take_error().unwrap().is_none());
    let mut served = vec![listener.accept().unwrap().0];
    assert!(holds_within(DEADLINE, || seventh.peer_addr().is_ok()), "one out, one in");

    // Who was accepted does not count: 20 are served at the same time.
    while served.len() < 20 {
        served.push(listener.accept().unwrap().0);
        clients.push(connect(address(&listener)).unwrap());
    }
    assert!(served.iter().all(|connection| connection.send(b"x").is_ok()));
}

#[test]
fn the_kernel_caps_the_backlog() {
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    let listener = bound(0, false).unwrap();
    listener.listen(i32::MAX).unwrap();
    let port = address(&listener).port();
    let Some(ss) = tools::tool("ss", &["-V"]) else { return };
    let shown = ss.args(["-Hltn".to_owned(), format!("sport = :{port}")]).run();
    // State, length of the accept queue, its limit, address.
    assert_eq!(shown.stdout.split_whitespace().nth(2), Some(most.trim()), "{shown}");
}

#[test]
fn two_sends_come_as_one_and_one_as_two() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = connect(listener.local_addr().unwrap()).unwrap();
    let (mut connection, _) = listener.accept().unwrap();
    let mut buffer = [0; 1024];

    client.write_all(b"one").unwrap();
    client.write_all(b"two").unwrap();
    let both = || connection.peek(&mut [0; 16]).is_ok_and(|n| n == 6);
    assert!(holds_within(DEADLINE, both), "both have come");
    assert_eq!(connection.read(&mut buffer).unwrap(), 6, "two sends, one read");

    client.write_all(&[b'x'; 1500]).unwrap();
    assert!(connection.read(&mut buffer).unwrap() < 1500, "one send, more reads than one");
}

#[test]
fn however_it_is_cut_the_echo_is_the_same() {
    let text: Vec<u8> = (0..=255).collect();
    let server = ours("--service echo").start();
    for size in [1, 2, 3, 7, 64, 100, 255, 256] {
        let mut client = server.connect();
        client.send_pieces(&text, size);
        client.half_close();
        client.expect(&text);
        client.expect_end();
    }
}

#[test]
fn a_handler_without_do_get_answers_501() {
    const SERVER: &str = r"
from http.server import HTTPServer, BaseHTTPRequestHandler
server = HTTPServer(('127.0.0.1', 0), BaseHTTPRequestHandler)
print('listening on 127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
";
    let Some(launch) = python(SERVER) else { return };
    let server = launch.start();
    for request in ["GET / HTTP/1.0\r\n\r\n", "POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n"] {
        let mut client = server.connect();
        client.send(request);
        let reply = client.read_to_end();
        client
            .check(reply.starts_with(b"HTTP/1.0 501 Unsupported method"), "501, whatever is asked");
    }
}

/// A port of loopback on which a server listened until now, and ended a connection first: that one is in TIME_WAIT,
/// for a minute on Linux.
fn just_used(reuse: bool) -> u16 {
    let listener = bound(0, reuse).unwrap();
    listener.listen(5).unwrap();
    let client = connect(address(&listener)).unwrap();
    let (connection, _) = listener.accept().unwrap();
    connection.shutdown(Shutdown::Both).unwrap();
    assert_eq!(rest(&client).0, b"");
    let port = address(&listener).port();
    // A process that another test starts now has a copy of every descriptor until its `exec`: on Linux a close alone
    // would not end the listening at once.
    let _ = listener.shutdown(Shutdown::Both);
    port
}

#[test]
fn a_port_just_used_can_be_bound_again() {
    let kind = |result: io::Result<Socket>| result.map(drop).map_err(|error| error.kind());
    let in_use = Err(io::ErrorKind::AddrInUse);
    assert_eq!(kind(bound(just_used(false), false)), in_use, "without SO_REUSEADDR");
    // It takes both: the connection in TIME_WAIT has the option from the listener that it came from.
    assert_eq!(kind(bound(just_used(true), false)), in_use, "the later one without it");
    assert_eq!(kind(bound(just_used(false), true)), in_use, "the former one without it");
    let port = just_used(true);
    let again = bound(port, true).unwrap();
    again.listen(5).unwrap();
    // What it does not allow, on Linux, is a second listener.
    assert_eq!(kind(bound(port, true)), in_use, "two listeners on one port");
    drop(again);

    // And so do our servers: `hello` ends each connection first.
    let mut server = ours("--service hello").start();
    server.connect().expect("Hello, world!");
    assert!(server.stop().status.success());
    let addr = server.addr().to_string();
    let server = ours("--service hello --addr").args([addr]).start();
    server.connect().expect("Hello, world!");
}

#[test]
fn a_failing_handler_ends_no_server() {
    let server = ours("--allow-crash").start();
    let mut failing = server.connect();
    let mut waiting = server.connect();
    waiting.request("GET", "/");
    failing.request("GET", "/panic");
    failing.expect_end();
    waiting.expect_reply("GET", 200);
    let line = "warning: a handler panicked (a client asked for /panic); its connection is closed";
    server.eventually("it is reported in one line", || server.stderr().trim_end() == line);

    // A client that breaks its connection is no reason to end either.
    drop(waiting);
    server.connect().reset();
    server.connect().get("/", 200);
}

/// Whether the server can be reached at this address of this machine.
fn answers(server: &Program, host: Ipv4Addr) -> bool {
    let Ok(mut client) = Wire::try_connect((host, server.addr().port()).into(), DEADLINE) else {
        return false;
    };
    client.expect("Hello, world!");
    true
}

#[test]
fn one_address_or_all_of_them() {
    // All of 127.0.0.0/8 is this machine, so two addresses are at hand.
    let (one, other) = (Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2));
    let server = ours("--service hello").start();
    assert!(answers(&server, one) && !answers(&server, other), "127.0.0.1 is one address");
    let server = ours("--service hello --addr 0.0.0.0:0").start();
    assert!(answers(&server, one) && answers(&server, other), "0.0.0.0 is all of them");
}
