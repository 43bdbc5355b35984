//! Clients that nobody here wrote, or that a reader of tutorials would write, one after another.
#![cfg(target_os = "linux")]

mod tools;

use harness::{Launch, Program, build};
use tools::{ours, python, tool};

/// The host and the port of the server, as arguments.
fn place(server: &Program) -> [String; 2] {
    [server.addr().ip().to_string(), server.addr().port().to_string()]
}

/// The client of chapter 1, with flags as one would type them.
fn chapter_1(server: &Program, flags: &str) -> Launch {
    Launch::new(build("ch1-raw-socket-client", "ch1-raw-socket-client"))
        .args(flags.split_whitespace())
        .args(place(server))
}

#[test]
fn netcat() {
    // -N: end our side when stdin ends. Another nc than OpenBSD's has another way to say so.
    let Some(nc) = tool("nc", &["-h"]) else { return };
    let ends =
        |server: &Program| nc.clone().args(["-N"]).args(place(server)).stdin("one\ntwo\n").run();
    let server = ours("--service hello").start();
    let end = ends(&server);
    if end.stderr.contains("invalid option") {
        return tools::skip("this nc has no option -N");
    }
    assert_eq!(end.stdout, "Hello, world!", "{end}");
    assert_eq!(ends(&server).stdout, "Hello, world!", "and again");
    let server = ours("--service echo").start();
    assert_eq!(ends(&server).stdout, "one\ntwo\n");
    assert_eq!(ends(&server).stdout, "one\ntwo\n", "and again");
}

#[test]
fn curl() {
    let Some(curl) = tool("curl", &["--version"]) else { return };
    let server = ours("").start();
    let url = format!("http://{}", server.addr());
    let get = |path: &str| curl.clone().args(["-sS", "-m", "15", &format!("{url}{path}")]).run();
    for _ in 0..3 {
        assert_eq!(get("/").stdout, "Hello, World!");
        assert_eq!(get("/bytes/100000").bytes.len(), 100_000);
    }
}

#[test]
fn a_tutorials_client_in_python() {
    // It reads a greeting with one recv, and only then sends: to a server that has closed already.
    const CLIENT: &str = r"
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.settimeout(15)
sock.connect((sys.argv[1], int(sys.argv[2])))
print(sock.recv(1024).decode())
sock.send(b'Hello, server!')
sock.close()
";
    let Some(client) = python(CLIENT) else { return };
    let server = ours("--service hello").start();
    for _ in 0..3 {
        let end = client.clone().args(place(&server)).run();
        assert!(end.status.success(), "{end}");
        assert_eq!(end.stdout, "Hello, world!\n", "{end}");
    }
    assert_eq!(server.stderr(), "");
}

#[test]
fn a_client_in_python_that_does_it_right() {
    const CLIENT: &str = r"
import socket, sys
text = b'0123456789abcdef' * 4096
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=15) as sock:
    for start in range(0, len(text), 1000):
        sock.sendall(text[start:start + 1000])
    sock.shutdown(socket.SHUT_WR)
    received = b''.join(iter(lambda: sock.recv(4096), b''))
print(received == text)
";
    let Some(client) = python(CLIENT) else { return };
    let server = ours("--service echo").start();
    for _ in 0..3 {
        let end = client.clone().args(place(&server)).run();
        assert_eq!(end.stdout, "True\n", "{end}");
    }
}

#[test]
fn the_client_of_chapter_1_with_each_service() {
    let server = ours("--service hello").start();
    for input in ["", "I read before I speak\n"] {
        let end = chapter_1(&server, "").stdin(input).run();
        assert_eq!((end.status.code(), &*end.stdout), (Some(0), "Hello, world!"), "{end}");
    }

    let server = ours("--service echo").start();
    let long = "a line of some length\n".repeat(50_000);
    for input in ["", "one\n", "no line ending", &long] {
        let end = chapter_1(&server, "").keep(2 << 20).stdin(input).run();
        assert!(end.status.success() && end.stdout == input, "{} bytes: {end}", input.len());
    }

    let server = ours("").start();
    let end = chapter_1(&server, "--get /bytes/26").run();
    assert!(end.status.success(), "{end}");
    assert!(end.stdout.ends_with("\r\n\r\nabcdefghijklmnopqrstuvwxyz"), "{end}");
}

#[test]
fn the_client_of_chapter_1_waits_its_turn() {
    let server = ours("--service echo").start();
    let mut first = server.connect();
    let second = chapter_1(&server, "--verbose").stdin("second\n").begin();
    // Nobody has accepted it, and yet it is connected, and its bytes are on our side.
    second.eventually("it has sent", || second.stderr().contains("sent 7 of 7 bytes"));
    first.send("first");
    first.expect("first");
    assert_eq!(second.stdout(), "");
    drop(first);
    let end = second.finish();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "second\n"), "{end}");
}
