//! The table of failures: each cause has its own exit code, and one line that says what was tried and what to try.

use crate::run::{CLIENT, TempFile, client, fails, mounted, networked, prints, skip, to};
use harness::Stdout;
use harness::hostile::{Datagrams, Full, Habit, Script, Server};
use socket2::{Domain, Socket, Type};
use std::net::{SocketAddr, TcpListener};

/// A port of 127.0.0.1 on which nobody listens, and on which nobody can while this is alive.
fn closed_port(kind: Type) -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, kind, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    if kind == Type::DGRAM {
        // A bound socket takes datagrams from anybody; one that is connected, from its peer alone.
        socket.connect(&SocketAddr::from(([127, 0, 0, 1], 9)).into()).unwrap();
    }
    let addr = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, addr)
}

#[test]
fn code_1_a_file_that_cannot_be_read() {
    let server = Server::start(Script::echo());
    let end = to(server.addr(), &["--file", "/no/such/file"]).run();
    fails(&end, 1, &["/no/such/file", "no such file"]);
    let end = to(server.addr(), &["--file", "/"]).run();
    fails(&end, 1, &["directory"]);
}

#[test]
fn code_1_an_output_that_cannot_be_written() {
    for (stdout, reason) in [(Stdout::ReaderGone, "broken pipe"), (Stdout::NoSpace, "no space")] {
        let server = Server::start(Script::replies("hello").at_once());
        let end = to(server.addr(), &["--send", "x"]).stdout(stdout).run();
        fails(&end, 1, &[reason]);
    }
}

#[test]
fn code_1_a_system_without_descriptors() {
    // Three are the standard streams, and one more is needed to load the program: it can open the file or the socket.
    let file = TempFile::new("hello");
    let server = Server::start(Script::echo());
    let end = to(server.addr(), &["--file", file.path()]).limit("-n", 4).run();
    fails(&end, 1, &["too many open files"]);
}

#[test]
fn code_3_a_name_that_nobody_knows() {
    // The answer must not depend on a server of names, so here there is none.
    let nsswitch = TempFile::new("hosts: files\n");
    let name = "no-such-host.invalid";
    let Some(launch) = mounted(&[("/etc/nsswitch.conf", &nsswitch)], &[CLIENT, name, "80"]) else {
        return;
    };
    fails(
        &launch.run(),
        3,
        &["cannot find the address of no-such-host.invalid: name or service not known"],
    );
}

#[test]
fn code_3_or_5_a_server_of_names_that_never_answers() {
    let resolv = TempFile::new("nameserver 127.0.0.1\noptions timeout:30 attempts:5\n");
    // In a network of its own the loopback is down: nobody is asked, or nobody answers, which is all we need.
    let args = [CLIENT, "--connect-timeout", "0.3", "slow.example", "80"];
    let silent = "import os, socket, sys\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nu.bind(('127.0.0.1', 53))\nos.set_inheritable(u.fileno(), True)\nos.execv(sys.argv[1], sys.argv[1:])";
    let within =
        ["unshare", "-n", "sh", "-c", r#"ip link set lo up && exec python3 -c "$@""#, "sh", silent];
    let command = [&within[..], &args].concat();
    let ready = [&within[..], &["/bin/true"]].concat();
    let Some(launch) = mounted(&[("/etc/resolv.conf", &resolv)], &ready) else { return };
    if !launch.run().status.success() {
        return skip("unshare, ip or python3 cannot make a network with a silent server of names");
    }
    let Some(launch) = mounted(&[("/etc/resolv.conf", &resolv)], &command) else { return };
    let end = launch.run();
    let code = end.status.code().unwrap_or(-1);
    assert!([3, 5].contains(&code), "{end}");
    fails(&end, code, &["slow.example"]);
    // The resolver itself gives up after minutes. The client has not waited for it.
}

#[test]
fn code_3_a_name_that_nobody_can_be_asked_for() {
    // Nobody listens where the server of names should be.
    let (resolv, nsswitch) =
        (TempFile::new("nameserver 127.0.0.1\n"), TempFile::new("hosts: dns\n"));
    let over = [("/etc/resolv.conf", &resolv), ("/etc/nsswitch.conf", &nsswitch)];
    let within = ["unshare", "-n", "sh", "-c", r#"ip link set lo up && exec "$@""#, "sh"];
    let Some(launch) = mounted(&over, &[&within[..], &["true"]].concat()) else { return };
    if !launch.run().status.success() {
        return skip("unshare and ip may not make a network of their own here");
    }
    let command = [&within[..], &[CLIENT, "some.example", "80"]].concat();
    let Some(launch) = mounted(&over, &command) else { return };
    fails(&launch.run(), 3, &["temporary failure", "the name server does not answer"]);
}

#[test]
fn code_5_or_7_says_what_the_kernel_did() {
    const PREPARE: &str = "ip route add 10.9.0.0/24 dev lo; ip route add blackhole 10.8.0.0/24; \
        echo 1 >/proc/sys/net/ipv4/tcp_syn_retries";
    let ask = |host: &str| {
        let args = [CLIENT, "--connect-timeout", "25", "--send", "x", host, "80"];
        networked(PREPARE, &args).map(|launch| launch.run())
    };
    // The kernel gives up first, and it is its time that is told.
    let Some(end) = ask("10.9.0.7") else { return };
    fails(&end, 5, &["timed out after "]);
    assert!(!end.stderr.contains("after 25 s"), "{end}");
    let Some(end) = ask("10.8.0.7") else { return };
    fails(&end, 7, &["10.8.0.7"]);
}

#[test]
fn code_4_a_port_on_which_nobody_listens() {
    let (_socket, addr) = closed_port(Type::STREAM);
    let end = to(addr, &["--send", "x"]).run();
    fails(&end, 4, &[&format!("cannot connect to {addr}: connection refused (")]);
    let end = to(addr, &["--get", "/"]).run();
    fails(&end, 4, &["refused"]);
    let (_socket, addr) = closed_port(Type::DGRAM);
    // Over UDP the refusal is a message by ICMP, which some systems do not send.
    let end = to(addr, &["--udp", "--send", "x", "--read-timeout", "5"]).run();
    let code = if cfg!(target_os = "linux") { 4 } else { end.status.code().unwrap() };
    fails(&end, code, &[&addr.to_string()]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn code_5_a_server_that_has_no_room() {
    let full = Full::start();
    let end = to(full.addr(), &["--connect-timeout", "0.3", "--send", "x"]).run();
    fails(&end, 5, &[&format!("cannot connect to {}", full.addr()), "timed out"]);
    assert!(end.took.as_secs_f64() >= 0.3);
}

#[test]
fn code_6_a_server_that_is_silent() {
    let server = Server::start(Script::never_answers());
    for input in [["--send", "x"], ["--get", "/"]] {
        let end = to(server.addr(), &["--read-timeout", "0.3", input[0], input[1]]).run();
        fails(&end, 6, &[&server.addr().to_string()]);
        assert!(end.took.as_secs_f64() >= 0.3);
    }
    let server = Datagrams::start(Habit::Never);
    let end = to(server.addr(), &["--udp", "--read-timeout", "0.3", "--send", "x"]).run();
    fails(&end, 6, &["no reply", " of 1 "]);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "other systems have other words")]
fn code_7_an_address_to_which_no_way_leads() {
    // TCP has no broadcast and no multicast: the kernel refuses without a packet.
    let mut addresses = vec!["255.255.255.255", "224.0.0.1"];
    addresses.extend(TcpListener::bind("[::1]:0").map(|_| "ff02::1%1"));
    for address in addresses {
        let end = client(&["--send", "x", address, "80"]).run();
        fails(&end, 7, &[address.trim_end_matches("%1"), "unreachable"]);
    }
    // UDP has broadcast, and wants to be asked for it.
    let end = client(&["--udp", "--send", "x", "255.255.255.255", "80"]).run();
    fails(&end, 7, &["255.255.255.255"]);
}

#[test]
fn code_8_a_server_that_resets() {
    for input in [["--send", r"x\r\n\r\n"], ["--get", "/"]] {
        let server = Server::start(Script::reset_after_half("HTTP/1.1 200 OK\r\n\r\n"));
        let end = to(server.addr(), &input).run();
        fails(&end, 8, &[&server.addr().to_string(), "reset"]);
        assert_eq!(end.stdout, "HTTP/1.1 ", "what came is printed");
    }
}

#[test]
fn code_9_a_server_that_closes_too_early() {
    let server = Server::start(Script::close_after_half(harness::hostile::response("hello")));
    let end = to(server.addr(), &["--get", "/"]).run();
    fails(&end, 9, &[&server.addr().to_string()]);
    assert!(end.stdout.starts_with("HTTP/1.1 200 OK\r\n"), "what came is printed\n{end}");
}

#[test]
fn code_12_a_reply_that_is_too_long() {
    let server = Server::start(Script::replies(vec![b'x'; 2000]).at_once());
    let end = to(server.addr(), &["--send", "x", "--max-reply", "1999"]).run();
    fails(&end, 12, &["1,999", "--max-reply"]);
    assert!(end.bytes.len() <= 1999);
    let end = to(server.addr(), &["--send", "x", "--max-reply", "2000"]).run();
    prints(&end, vec![b'x'; 2000]);
}

#[test]
fn code_13_a_reply_that_is_no_http() {
    let server = Server::start(Script::garbage());
    let end = to(server.addr(), &["--get", "/"]).run();
    fails(&end, 13, &[&server.addr().to_string()]);
}
