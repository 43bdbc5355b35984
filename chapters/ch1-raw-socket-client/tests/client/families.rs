//! IPv4, IPv6, and names that have both.
//!
//! What a name means is a line in `/etc/hosts`, so the client gets a hosts file of its own.

use crate::run::{CLIENT, TempFile, client, fails, is_sober, mounted, networked, prints, skip, to};
use harness::Finished;
use harness::hostile::{Datagrams, Full, Habit, Script, Server};
use socket2::{Domain, Socket, Type};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

const HOSTS: &str = "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 many.test\n127.0.0.2 many.test\n127.0.0.3 many.test\n::1 many.test\n\
    ::1 six.test\n127.0.0.1 four.test\n127.0.0.1 twice.test\n127.0.0.1 twice.test\n";

/// A server on a port of one family, whose port in the other one nobody else can take, and refuses.
fn on(ip: IpAddr) -> Option<(Server, Socket)> {
    let other = if ip.is_ipv4() { V6 } else { V4 };
    for _ in 0..100 {
        let Ok(listener) = TcpListener::bind((ip, 0)) else { break };
        let port = listener.local_addr().unwrap().port();
        if let Ok(closed) = closed_at((other, port).into()) {
            return Some((Server::serve(listener, Script::echo()).unwrap(), closed));
        }
    }
    skip("this machine has no ::1");
    None
}

/// A port on which nobody listens, nor can.
fn closed_at(addr: SocketAddr) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&addr.into())?;
    Ok(socket)
}

/// The client in a world where the names of `HOSTS` are known.
fn named(args: &[&str]) -> Option<Finished> {
    let (hosts, nsswitch) = (TempFile::new(HOSTS), TempFile::new("hosts: files\n"));
    let over = [("/etc/hosts", &hosts), ("/etc/nsswitch.conf", &nsswitch)];
    Some(mounted(&over, &[&[CLIENT], args].concat())?.run())
}

/// The addresses that a story says were tried, in order.
fn tried(end: &Finished) -> Vec<String> {
    let tries = end.stderr.lines().filter_map(|line| line.split("connecting to ").nth(1));
    tries.map(|addr| addr.trim_end_matches([' ', '.', '…']).to_owned()).collect()
}

#[test]
fn localhost_is_found_on_either_family() {
    for ip in [V6, V4] {
        let Some((server, _closed)) = on(ip) else { return };
        let port = server.addr().port().to_string();
        let Some(end) = named(&["--send", "hello", "localhost", &port]) else { return };
        prints(&end, "hello");
        // It was found by trying.
        let Some(end) = named(&["--verbose", "--send", "hello", "localhost", &port]) else {
            return;
        };
        assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
        is_sober(&end);
        assert!(end.stderr.contains("127.0.0.1") && end.stderr.contains("::1"), "{end}");
        assert_eq!(end.stderr.contains("refused"), ip == V4, "IPv6 is tried first\n{end}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere a refusal over UDP may not be told")]
fn localhost_is_found_on_either_family_over_udp() {
    for (ip, other) in [(V6, V4), (V4, V6)] {
        let server = (0..100).find_map(|_| {
            let server = Datagrams::start_on(ip, Habit::Echo).ok()?;
            // A socket that is connected takes nothing from anybody else: the port is closed, and taken.
            let closed = UdpSocket::bind((other, server.addr().port())).ok()?;
            closed.connect((other, 9)).ok()?;
            Some((server, closed))
        });
        let Some((server, _closed)) = server else { return skip("this machine has no ::1") };
        let port = server.addr().port().to_string();
        let Some(end) = named(&["--udp", "--send", "hello", "localhost", &port]) else { return };
        prints(&end, "hello");
    }
}

#[test]
fn a_name_of_one_family_is_found_there_alone() {
    let Some((server, _closed)) = on(V6) else { return };
    let port = server.addr().port().to_string();
    let Some(end) = named(&["--send", "x", "six.test", &port]) else { return };
    prints(&end, "x");
    let Some(end) = named(&["--send", "x", "four.test", &port]) else { return };
    fails(&end, 4, &["127.0.0.1", "refused"]);
}

#[test]
fn families_take_turns_and_every_address_is_tried() {
    // Nobody listens at any of them.
    let closed = (0..100).find_map(|_| {
        let six = closed_at((V6, 0).into()).ok()?;
        let port = six.local_addr().ok()?.as_socket()?.port();
        Some((six, closed_at((Ipv4Addr::UNSPECIFIED, port).into()).ok()?, port.to_string()))
    });
    let Some((_six, _four, port)) = closed else { return skip("this machine has no ::1") };
    let Some(end) = named(&["--verbose", "--send", "x", "many.test", &port]) else { return };
    assert_eq!(end.status.code(), Some(4), "{end}");
    is_sober(&end);
    let tried = tried(&end);
    assert_eq!(tried.len(), 4, "four addresses\n{end}");
    assert!(tried[0].contains("::1") && !tried[1].contains("::1"), "families take turns\n{end}");
    assert!(
        end.stderr.lines().any(|line| line.starts_with("error: ") && line.contains('4')),
        "{end}"
    );
    let Some(end) = named(&["--verbose", "--send", "x", "twice.test", &port]) else { return };
    assert_eq!(self::tried(&end).len(), 1, "the same address is tried once\n{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn an_address_that_never_answers_is_left_for_the_next_one() {
    let full = (0..100).find_map(|_| {
        let listener = TcpListener::bind((V4, 0)).ok()?;
        let full = Full::start_on((V6, listener.local_addr().ok()?.port())).ok()?;
        Some((Server::serve(listener, Script::echo()).ok()?, full))
    });
    let Some((server, _full)) = full else { return skip("this machine has no ::1") };
    let port = server.addr().port().to_string();
    // The good address must not fall to the same timeout on a slow machine, so it is a long one.
    let args = ["--verbose", "--connect-timeout", "3", "--send", "hello", "localhost", &port];
    let Some(end) = named(&args) else { return };
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
    assert!(end.stderr.contains("timed out"), "{end}");
}

#[test]
fn an_ipv6_address_may_stand_in_brackets_and_have_a_zone() {
    let Some((server, _closed)) = on(V6) else { return };
    let port = server.addr().port().to_string();
    for host in ["::1", "[::1]", "0:0:0:0:0:0:0:1", "::0001", "::1%1", "[::1%1]"] {
        prints(&client(&["--send", "six", host, &port]).run(), "six");
    }
    let end = client(&["--send", "x", "::1%no-such-zone", &port]).run();
    let code = end.status.code().unwrap_or(-1);
    assert!([7, 10].contains(&code), "{end}");
    fails(&end, code, &["no-such-zone"]);
    // A zone may have a name, where the address needs one. There is no such machine in this one.
    if std::path::Path::new("/sys/class/net/lo").exists() {
        for host in ["fe80::1%lo", "[fe80::1%lo]"] {
            fails(&client(&["--send", "x", host, &port]).run(), 7, &["fe80::1%"]);
        }
    }
}

#[test]
fn a_request_to_an_ipv6_address_names_it_in_brackets() {
    let reply = harness::hostile::response("six");
    let Ok(server) = Server::start_on(Ipv6Addr::LOCALHOST, Script::replies(&reply)) else {
        return skip("this machine has no ::1");
    };
    prints(&to(server.addr(), &["--get", "/"]).run(), &reply);
    // A zone is of this machine alone, and no business of the server (RFC 6874 section 4).
    let port = server.addr().port().to_string();
    prints(&client(&["--get", "/", "::1%1", &port]).run(), &reply);
    let host = format!("\r\nHost: [::1]:{port}\r\n");
    for seen in server.seen() {
        let request = String::from_utf8(seen.received).unwrap();
        assert!(request.contains(&host), "{request}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere it may be switched off")]
fn an_ipv4_address_may_be_written_as_ipv6() {
    let server = Server::start(Script::echo());
    let port = server.addr().port().to_string();
    prints(&client(&["--send", "mapped", "::ffff:127.0.0.1", &port]).run(), "mapped");
}

#[test]
fn nobody_connects_to_themselves() {
    // One port is free for clients, and the client asks for that very port: its own packets come back to it.
    const ONE_PORT: &str = "echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range";
    for host in ["127.0.0.1", "0.0.0.0", "::", "::1", "127.0.0.2"] {
        for more in [&[][..], &["--udp"]] {
            let args = [&[CLIENT, "--send", "x", host, "40000"], more].concat();
            let Some(launch) = networked(ONE_PORT, &args) else { return };
            let end = launch.run();
            // Where IPv6 is switched off, no way leads there. UDP may start from an address of its own.
            let code = end.status.code().unwrap_or(-1);
            assert!(code == 4 || (code == 7 && host.contains(':')), "{end}");
            fails(&end, code, &[":40000"]);
        }
    }
    let Some(launch) = networked(ONE_PORT, &[CLIENT, "--probe", "--count", "1", "0.0.0.0:40000"])
    else {
        return;
    };
    let end = launch.run();
    assert_eq!(end.status.code(), Some(14), "{end}");
    assert!(end.stdout.contains(" down  connection refused"), "{end}");
}

#[test]
fn an_address_that_is_unreachable_over_udp_is_left_for_the_next_one() {
    let server = Datagrams::start(Habit::Echo);
    let port = server.addr().port().to_string();
    // The message of a router, which only strace(1) brings here.
    let strace = ["strace", "-f", "-o", "/dev/null", "-e"];
    let inject = ["inject=recvfrom:error=EHOSTUNREACH:when=1"];
    let hosts = TempFile::new("127.0.0.2 two.test\n127.0.0.1 two.test\n");
    let nsswitch = TempFile::new("hosts: files\n");
    let over = [("/etc/hosts", &hosts), ("/etc/nsswitch.conf", &nsswitch)];
    let mounted = |command: &[&str]| mounted(&over, &[&strace[..], &inject, command].concat());
    let Some(launch) = mounted(&["true"]) else { return };
    if !launch.run().status.success() {
        return skip("there is no strace, or it may not trace");
    }
    let Some(launch) = mounted(&[CLIENT, "--udp", "--verbose", "--send", "x", "two.test", &port])
    else {
        return;
    };
    let end = launch.run();
    // It may be the good address that is called unreachable: then nobody is at the other one.
    assert!(end.stderr.contains(" failed: no route to host"), "{end}");
    assert_eq!(end.stderr.matches("sending from").count(), 2, "{end}");
}
