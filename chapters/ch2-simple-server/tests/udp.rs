//! The datagram server from outside: what it answers, what it does not, and how it ends.
#![cfg(target_os = "linux")]

mod tools;

use harness::{DEADLINE, Program, Signal};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;
use tools::{ours, python, skip, tool};

/// The largest datagrams: 65,535 bytes less the UDP header of 8, and over IPv4 less its header of 20 as well.
const LARGEST_V4: usize = 65_507;
const LARGEST_V6: usize = 65_527;

fn client_at(ip: impl Into<IpAddr>, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((ip.into(), port))?;
    socket.set_read_timeout(Some(DEADLINE))?;
    Ok(socket)
}

fn client() -> UdpSocket {
    client_at(Ipv4Addr::LOCALHOST, 0).unwrap()
}

/// The next datagram, which must come from the server.
#[track_caller]
fn receive(client: &UdpSocket, server: &Program) -> Vec<u8> {
    let mut buffer = vec![0; 70_000];
    match client.recv_from(&mut buffer) {
        Ok((n, from)) => {
            server.check(from == server.addr(), format!("an answer from the server, not {from}"));
            buffer.truncate(n);
            buffer
        }
        Err(error) => server.fail(format!("no answer: {error}")),
    }
}

/// One datagram, and its answer.
#[track_caller]
fn ask(client: &UdpSocket, server: &Program, bytes: &[u8]) -> Vec<u8> {
    client.send_to(bytes, server.addr()).unwrap();
    receive(client, server)
}

/// Nothing has come. The server answers in order, so it is enough to have an answer to what was sent later.
#[track_caller]
fn was_not_answered(client: &UdpSocket, server: &Program) {
    ask(&self::client(), server, b"later");
    client.set_nonblocking(true).unwrap();
    let got = client.recv_from(&mut [0; 16]);
    server.check(got.is_err(), format!("no answer, got {got:?}"));
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn it_says_where_it_is_and_what_to_try() {
    let server = ours("--udp").start();
    let addr = server.addr();
    let tried = format!("try: nc -u {} {}", addr.ip(), addr.port());
    assert_eq!(server.stdout_line(1), tried);
}

#[test]
fn each_datagram_comes_back_whole() {
    let (server, client) = (ours("--udp").start(), client());
    for length in [1, 0, 2, 1472, 1473, LARGEST_V4, 8] {
        assert!(ask(&client, &server, &pattern(length)) == pattern(length), "{length} bytes");
    }
}

#[test]
fn over_ipv6_too() {
    let Ok(client) = client_at(Ipv6Addr::LOCALHOST, 0) else {
        return skip("this machine has no ::1");
    };
    let server = ours("--udp --addr [::1]:0").start();
    for length in [0, 1, LARGEST_V4, LARGEST_V6] {
        let answer = ask(&client, &server, &pattern(length));
        assert!(answer == pattern(length), "{length} bytes, {} came back", answer.len());
    }
}

#[test]
fn nobody_is_served_first() {
    let server = ours("--udp").start();
    let clients: Vec<_> = (0..10).map(|number| (number, client())).collect();
    for round in 0..3 {
        for (number, client) in &clients {
            client.send_to(&[round, *number], server.addr()).unwrap();
        }
    }
    for (number, client) in clients.iter().rev() {
        for round in 0..3 {
            assert_eq!(receive(client, &server), [round, *number]);
        }
    }
}

#[test]
fn what_does_not_fit_is_cut_off_and_the_next_one_is_whole() {
    let (server, client) = (ours("--udp --buffer 8").start(), client());
    client.send_to(b"the first datagram", server.addr()).unwrap();
    client.send_to(b"second", server.addr()).unwrap();
    assert_eq!(receive(&client, &server), b"the firs");
    assert_eq!(receive(&client, &server), b"second");
}

#[test]
fn an_answer_is_never_larger_than_its_request() {
    for flags in ["--udp", "--udp --buffer 1", "--udp --buffer 100"] {
        let (server, client) = (ours(flags).start(), client());
        for length in [0, 1, 2, 99, 100, 101, 3000] {
            let answer = ask(&client, &server, &pattern(length));
            assert!(answer.len() <= length, "{} bytes for {length} ({flags})", answer.len());
        }
        // And it is one.
        was_not_answered(&client, &server);
    }
}

#[test]
fn a_service_of_the_system_is_not_answered() {
    let server = ours("--udp").start();
    let free = |port: &u16| client_at(Ipv4Addr::LOCALHOST, *port).ok();
    let Some(service) = (1..1024).rev().collect::<Vec<_>>().iter().find_map(free) else {
        return skip("a port below 1024 takes a right that this user has not");
    };
    service.send_to(b"are you there?", server.addr()).unwrap();
    was_not_answered(&service, &server);
}

#[test]
fn it_does_not_talk_to_itself() {
    let server = ours("--udp").start();
    let SocketAddr::V4(addr) = server.addr() else { panic!("it should listen on 127.0.0.1") };
    let Ok(forger) = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP)) else {
        return skip("a datagram in another's name takes CAP_NET_RAW");
    };
    forger.set_header_included_v4(true).unwrap();
    // The IP header without options, whose length and checksum the kernel fills in; then the UDP header, whose
    // checksum may be left out: from the server, to the server.
    let mut datagram = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0];
    datagram.extend([addr.ip().octets(), addr.ip().octets()].concat());
    datagram.extend([addr.port().to_be_bytes(), addr.port().to_be_bytes()].concat());
    datagram.extend([0, 12, 0, 0]);
    datagram.extend(b"echo");
    let before = server.reading();
    for _ in 0..10 {
        forger.send_to(&datagram, &server.addr().into()).unwrap();
    }
    assert_eq!(ask(&client(), &server, b"later"), b"later");
    std::thread::sleep(Duration::from_millis(300));
    let after = server.reading();
    let (woken, busy) = (after.voluntary - before.voluntary, after.cpu - before.cpu);
    server.check(busy < Duration::from_millis(100), format!("it rests, got {busy:?} of work"));
    server.check(woken < 100, format!("it rests, but it was woken {woken} times"));
}

#[test]
fn at_a_stop_what_had_arrived_is_answered() {
    for signal in [Signal::Terminate, Signal::Interrupt] {
        let (mut server, client) = (ours("--udp").start(), client());
        assert_eq!(ask(&client, &server, b"before"), b"before");
        server.signal(Signal::Suspend);
        for number in 0..20 {
            client.send_to(&[number], server.addr()).unwrap();
        }
        server.signal(signal);
        let stopped = server.stop_by(Signal::Resume);
        server.check(stopped.status.success(), format!("exit 0, got {}", stopped.status));
        for number in 0..20 {
            assert_eq!(receive(&client, &server), [number]);
        }
        assert_eq!(server.stderr(), "");
    }
}

#[test]
fn an_idle_server_stops_at_once_and_two_signals_do_no_harm() {
    let mut server = ours("--udp").start();
    let stopped = server.stop();
    assert!(stopped.status.success() && stopped.took < Duration::from_secs(5), "{stopped:?}");

    // Both find it suspended. Either it has stopped before the second one is seen, or that one ends it.
    let mut server = ours("--udp").start();
    server.signal(Signal::Suspend);
    server.signal(Signal::Terminate);
    server.signal(Signal::Interrupt);
    let status = server.stop_by(Signal::Resume).status;
    let ended = status.success() || status.signal().is_some();
    server.check(ended, format!("exit 0, or an end by a signal, got {status}"));
    assert_eq!(server.stderr(), "");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for flags in [
        "--udp --service http",
        "--service hello --udp",
        "--udp --model iterative",
        "--model iterative --udp",
        "--udp --buffer 0",
        "--udp --buffer 70000",
        "--udp --buffer eight",
        "--udp --buffer",
        "--udp=yes",
    ] {
        let end = ours(flags).run();
        assert_eq!(end.status.code(), Some(2), "{end}");
        let one_line = end.stderr.lines().count() == 1 && end.stderr.starts_with("error: ");
        assert!(
            one_line && end.stderr.ends_with("(see --help)\n") && end.stdout.is_empty(),
            "{end}"
        );
    }
    // The echo is what it serves, so there is no harm in saying so.
    assert_eq!(ask(&client(), &ours("--udp --service echo").start(), b"hello"), b"hello");
}

#[test]
fn a_port_in_use_is_one_line() {
    let taken = client();
    let addr = taken.local_addr().unwrap();
    let end = ours("--udp --addr").args([addr.to_string()]).run();
    let line = format!(
        "error: cannot listen on {addr}: address already in use (try --addr 127.0.0.1:0)\n"
    );
    assert_eq!((end.status.code(), &*end.stderr, &*end.stdout), (Some(1), &*line, ""));
}

/// The host and the port of the server, as arguments.
fn place(server: &Program) -> [String; 2] {
    [server.addr().ip().to_string(), server.addr().port().to_string()]
}

#[test]
fn netcat_gets_its_echo() {
    let Some(nc) = tool("nc", &["-h"]) else { return };
    let server = ours("--udp").start();
    // nc never hears of an end: there is none. So it is we who end it.
    let client = nc.args(["-u"]).args(place(&server)).stdin("hello\n").begin();
    client.expect_stdout("hello\n");
}

#[test]
fn a_client_in_python_gets_its_echo() {
    const CLIENT: &str = r"
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(15)
for text in (b'hello', b'', b'x' * 65507):
    sock.sendto(text, (sys.argv[1], int(sys.argv[2])))
    data, addr = sock.recvfrom(65536)
    print(data == text, addr == (sys.argv[1], int(sys.argv[2])))
";
    let Some(launch) = python(CLIENT) else { return };
    let server = ours("--udp").start();
    let end = launch.args(place(&server)).run();
    assert_eq!(end.stdout, "True True\n".repeat(3), "{end}");
}

#[test]
fn the_client_of_chapter_1_gets_its_echo() {
    let server = ours("--udp --buffer 8").start();
    let client =
        harness::Launch::new(harness::build("ch1-raw-socket-client", "ch1-raw-socket-client"));
    let end = client.args(["--udp"]).args(place(&server)).stdin("one\na longer line\n\nend").run();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "one\na longer\nend"), "{end}");
}
