//! Often said, and wrong. Each test is named for the truth, and its doc says what is often said.

use harness::hostile::{Script, Server, response};
use harness::{DEADLINE, Finished, Launch, eventually};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Two ends of one connection: the client's, and the server's.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server = listener.accept().unwrap().0;
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
    }
    (client, server)
}

/// This chapter's client.
fn client(args: &[&str]) -> Finished {
    Launch::new(env!("CARGO_BIN_EXE_ch1-raw-socket-client")).args(args).deadline(2 * DEADLINE).run()
}

/// Runs a Python program; `None`, and a word about it, where there is no Python.
fn python(program: &str, args: &[&str]) -> Option<Finished> {
    let found = std::process::Command::new("python3").args(["-c", ""]).output();
    if !found.is_ok_and(|end| end.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: there is no python3");
        return None;
    }
    Some(Launch::new("python3").args(["-c", program]).args(args).deadline(2 * DEADLINE).run())
}

/// Whether a read or a write was cut short by its timeout, or would have to wait.
fn would_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Bytes in which every position can be told from its neighbours.
fn pattern(length: u32) -> Vec<u8> {
    (0..length).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// Often said: the timeout of a socket controls the size of its packets, how long a transmission takes, and what is lost.
#[test]
fn a_timeout_bounds_how_long_one_call_waits_and_nothing_else() {
    let (mut client, mut server) = pair();
    let timeout = Duration::from_millis(30);
    client.set_read_timeout(Some(timeout)).unwrap();
    let start = Instant::now();
    // Each call waits so long by itself: three of them take three times as long.
    for _ in 0..3 {
        assert!(would_wait(client.read(&mut [0; 9]).unwrap_err().kind()));
    }
    assert!(start.elapsed() >= 3 * timeout);
    // The connection has not noticed. What comes now is whole, and as large as it likes, however often a call gives up.
    let sent = pattern(1_000_000);
    let received = thread::scope(|scope| {
        scope.spawn(|| {
            server.write_all(&sent).unwrap();
            server.shutdown(Shutdown::Write).unwrap();
        });
        let mut received = Vec::new();
        let mut buffer = [0; 10_000];
        loop {
            match client.read(&mut buffer) {
                Ok(0) => return received,
                Ok(n) => received.extend_from_slice(&buffer[..n]),
                Err(error) => assert!(would_wait(error.kind()), "{error}"),
            }
        }
    });
    assert!(received == sent);
}

/// Often said: a timeout of 0 means to wait for ever.
#[test]
fn a_timeout_of_zero_does_not_wait_and_none_waits_for_ever() {
    let (client, _server) = pair();
    let zero = client.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(zero.kind(), ErrorKind::InvalidInput, "std refuses what could be misread");
    let program = "
import socket, threading
a, b = socket.socketpair()
a.settimeout(0)
try: a.recv(1)
except BlockingIOError: print('0: does not wait')
a.settimeout(None)
threading.Timer(0.2, b.send, [b'x']).start()
print('None: waited for', a.recv(1))
print('there is no', [name for name in dir(socket) if 'LOSS' in name or name == 'SO_TIMEOUT'])
";
    if let Some(end) = python(program, &[]) {
        let lines = "0: does not wait\nNone: waited for b'x'\nthere is no []\n";
        assert_eq!(end.stdout, lines, "{end}");
    }
}

/// Often said: what is sent too fast is lost. TCP makes the sender wait instead: what its user sees of loss is delay.
#[test]
fn a_receiver_that_stops_reading_delays_and_loses_nothing() {
    let (client, mut server) = pair();
    let sent = pattern(20_000_000);
    thread::scope(|scope| {
        let sender = scope.spawn(|| {
            (&client).write_all(&sent).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
        });
        // As long as nobody reads, no buffer takes so much: the sender waits.
        let mut first = [0; 1];
        server.read_exact(&mut first).unwrap();
        assert!(!sender.is_finished());
        let mut received = first.to_vec();
        server.read_to_end(&mut received).unwrap();
        assert!(received == sent);
    });
}

/// Often said: lost data is cured by bigger packets, and a bigger buffer makes `recv` return everything.
#[test]
fn recv_returns_what_is_there_however_big_the_buffer() {
    let (mut client, mut server) = pair();
    let sent = pattern(2_000);
    client.write_all(&sent[..1_000]).unwrap();
    let mut buffer = vec![0; 1_000_000];
    // The other half is not sent yet, and the call does not wait for it.
    let n = server.read(&mut buffer).unwrap();
    assert!((1..=1_000).contains(&n), "{n}");
    client.write_all(&sent[1_000..]).unwrap();
    // Nothing was lost. It is the loop that gets it all.
    server.read_exact(&mut buffer[n..2_000]).unwrap();
    assert!(buffer[..2_000] == sent);
}

/// Often said: a port is a decimal number of ten digits.
#[test]
fn a_port_is_sixteen_bits() {
    assert_eq!((u16::MIN, u16::MAX), (0, 65_535));
    assert!("65535".parse::<u16>().is_ok() && "65536".parse::<u16>().is_err());
    let end = client(&["--send", "x", "127.0.0.1", "65535"]);
    assert_ne!(end.status.code(), Some(11), "a port, whoever listens there\n{end}");
    for port in ["65536", "1234567890"] {
        let end = client(&["--send", "x", "127.0.0.1", port]);
        assert_eq!(end.status.code(), Some(11), "{end}");
        assert!(end.stderr.contains("65535"), "{end}");
    }
}

/// Often said: an IPv6 address is sixteen hexadecimal digits.
#[test]
fn an_ipv6_address_is_128_bits_in_eight_groups() {
    assert_eq!((Ipv4Addr::BITS, Ipv6Addr::BITS), (32, 128));
    let full: Ipv6Addr = "2001:0db8:0000:0000:0000:0000:0000:0001".parse().unwrap();
    assert_eq!(full.segments(), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
    assert_eq!(full.to_string(), "2001:db8::1", "one run of zero groups may be left out");
    assert_eq!(format!("{:032x}", full.to_bits()).len(), 32, "32 hexadecimal digits");
    for no_address in ["20010db800000001", "2001:db8:0:0:1", "2001:db8::1::", "12345::1"] {
        assert!(no_address.parse::<Ipv6Addr>().is_err(), "{no_address}");
    }
}

/// Often said: `send` sends the bytes.
#[test]
fn send_may_take_only_a_part() {
    let (mut client, mut server) = pair();
    let bytes = pattern(100_000_000);
    client.set_nonblocking(true).unwrap();
    let n = client.write(&bytes).unwrap();
    assert!((1..bytes.len()).contains(&n), "one call took {n} bytes of {}", bytes.len());
    // Until the buffers are full. A loop goes on when there is room again.
    let full = std::iter::repeat_with(|| client.write(&bytes)).find_map(Result::err).unwrap();
    assert!(would_wait(full.kind()));
    server.read_exact(&mut vec![0; n]).unwrap();
}

/// Often said: `recv` returns the message that the other side has sent.
#[test]
fn two_sends_may_be_one_recv_and_one_send_may_be_many() {
    let (mut client, mut server) = pair();
    client.write_all(b"hello").unwrap();
    client.write_all(b"world").unwrap();
    eventually(DEADLINE, "both have come", || server.peek(&mut [0; 99]).unwrap() == 10);
    let mut buffer = [0; 99];
    assert_eq!(server.read(&mut buffer).unwrap(), 10);
    assert_eq!(&buffer[..10], b"helloworld", "nothing says where the one ended");
    client.write_all(b"helloworld").unwrap();
    let mut buffer = [0; 4];
    let mut lengths = Vec::new();
    while lengths.iter().sum::<usize>() < 10 {
        lengths.push(server.read(&mut buffer).unwrap());
    }
    assert!(lengths.len() >= 3, "{lengths:?}");
}

/// Often said: `print(s.recv(1024))` shows the response of an HTTP server.
#[test]
fn one_recv_is_not_an_http_response() {
    let reply = response("Hello, in pieces!");
    let server = Server::start(Script::split(&reply, 20));
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let n = stream.read(&mut [0; 1024]).unwrap();
    assert!(n < reply.len(), "one call got all of it");
    let (host, port) = (server.addr().ip().to_string(), server.addr().port().to_string());
    let end = client(&["--get", "/", &host, &port]);
    assert_eq!((end.status.code(), end.bytes), (Some(0), reply));
}

/// Often said: read until `recv` returns nothing. Without `Connection: close` that is when the server loses its patience.
#[test]
fn a_response_ends_where_http_says_and_not_where_the_connection_does() {
    let reply = response("Hello, keep-alive!");
    let server = Server::start(Script::keeps_open(&reply));
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut whole = vec![0; reply.len()];
    stream.read_exact(&mut whole).unwrap();
    assert_eq!(whole, reply);
    // Whoever reads on now waits, and nothing comes.
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(would_wait(stream.read(&mut [0]).unwrap_err().kind()));
    let (host, port) = (server.addr().ip().to_string(), server.addr().port().to_string());
    let end = client(&["--get", "/", &host, &port]);
    assert_eq!((end.status.code(), end.bytes), (Some(0), reply));
}

/// Often said: a TCP client creates a socket, binds it, listens, and accepts.
#[test]
fn a_client_that_listens_meets_nobody() {
    let server = Server::start(Script::replies("hello").at_once());
    let program = "
import socket, sys
port = int(sys.argv[1])
client = socket.socket()
try:
    client.bind(('127.0.0.1', port))
except OSError as error:
    print('the address is taken, by the server:', error.errno)
client.bind(('127.0.0.1', 0))
client.listen(1)
client.settimeout(0.2)
try:
    client.accept()
except socket.timeout:
    print('nobody came')
";
    let port = server.addr().port().to_string();
    let Some(end) = python(program, &[&port]) else { return };
    assert!(
        end.stdout.starts_with("the address is taken") && end.stdout.ends_with("nobody came\n"),
        "{end}"
    );
    assert_eq!(server.seen().len(), 0, "the server has met nobody either");
    // What makes a client is connect(2).
    let end = client(&["127.0.0.1", &port]);
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
    assert_eq!(server.seen().len(), 1);
}

/// Often said: the connection is made when the server accepts.
#[test]
fn the_handshake_happens_without_accept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // No accept so far: the kernel answers, keeps the connection in its backlog, and what comes in its buffer.
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.write_all(b"are you there?").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut question = String::new();
    listener.accept().unwrap().0.read_to_string(&mut question).unwrap();
    assert_eq!(question, "are you there?");
}

/// Often said: connect, send, receive, and that is all. How it ends is said too, and in three ways.
#[test]
fn a_close_is_end_of_file_a_half_close_too_and_a_reset_is_an_error() {
    let mut byte = [0];
    // A half-close: this side has said all, and still hears.
    let (mut client, mut server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut byte).unwrap(), 0);
    server.write_all(b"!").unwrap();
    client.read_exact(&mut byte).unwrap();
    // A close.
    drop(client);
    let (client, mut server) = pair();
    drop(client);
    assert_eq!(server.read(&mut byte).unwrap(), 0);
    // A close with unread input: the other side learns that not all was read.
    let (client, mut server) = pair();
    server.write_all(b"unread").unwrap();
    eventually(DEADLINE, "it has come", || client.peek(&mut [0; 9]).unwrap() == 6);
    drop(client);
    assert_eq!(server.read(&mut byte).unwrap_err().kind(), ErrorKind::ConnectionReset);
}
