//! `--inetd`: below servers that are not ours.
#![cfg(target_os = "linux")]

mod support;

use harness::{DEADLINE, Launch, Program, holds_within};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use support::{OURS, ask_late, children, has_ended, is_installed, kill};

/// A server that does what inetd does: the connection is all three standard streams of the program that it starts.
const INETD: &str = r"
import socket, subprocess, sys
listener = socket.create_server(('127.0.0.1', 0))
print('listening on 127.0.0.1:%d' % listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    client.setblocking(False)
    subprocess.Popen(sys.argv[1:], stdin=client, stdout=client, stderr=client)
    client.close()
";

/// The server above, with our program below it.
fn python(flags: &[&str]) -> Option<Program> {
    let launch = Launch::new("python3").args(["-c", INETD, OURS, "--inetd"]).args(flags);
    is_installed("python3").then(|| launch.start())
}

#[test]
fn a_server_in_python_starts_us() {
    let Some(server) = python(&[]) else { return };
    let mut kept = server.connect();
    for _ in 0..3 {
        kept.get("/", 200);
        let mut client = server.connect();
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.expect_reply("GET", 200);
        client.expect_end();
    }
    kept.half_close();
    kept.expect_end();
}

#[test]
fn systemd_starts_us() {
    if !is_installed("systemd-socket-activate") {
        return;
    }
    // It takes no port 0, but a path; a connection is a connection.
    let path = std::env::temp_dir().join(format!("ch4-inetd-{}", std::process::id()));
    let listen = format!("--listen={}", path.display());
    let args = [&listen, "--accept", "--inetd", OURS, "--inetd", "--service=echo"];
    let server = Launch::new("systemd-socket-activate").args(args).begin();
    for text in ["one", "two"] {
        let mut client = None;
        server.eventually("systemd listens", || {
            client = UnixStream::connect(&path).ok();
            client.is_some()
        });
        let mut client = client.expect("it was connected");
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        client.write_all(text.as_bytes()).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut reply = String::new();
        client.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, text);
    }
    let _ = std::fs::remove_file(path);
}

#[test]
fn nothing_but_replies_reaches_the_client() {
    // A panic is worth a line on standard error; but that is the client here.
    let Some(server) = python(&["--allow-crash"]) else { return };
    let mut client = server.connect();
    client.get("/", 200);
    client.request("GET", "/panic");
    assert_eq!(client.read_to_end(), b"");
}

#[test]
fn a_signal_stops_the_one_conversation() {
    let Some(server) = python(&["--patience", "60"]) else { return };
    let others = children(&server);
    let mut late = server.connect();
    late.get("/", 200);
    let child = children(&server).difference(&others).copied().next().expect("a process for it");
    let mut other = server.connect();
    other.get("/", 200);
    ask_late(&mut late, 500);
    kill("TERM", child);
    late.expect_reply("GET", 200);
    late.expect_end();
    assert!(holds_within(DEADLINE, || has_ended(child)), "it ends with its conversation");
    other.get("/", 200);
}

#[test]
fn a_stdin_that_is_no_connection_is_an_error_of_one_line() {
    let listener = OwnedFd::from(TcpListener::bind("127.0.0.1:0").unwrap());
    let datagrams = OwnedFd::from(UdpSocket::bind("127.0.0.1:0").unwrap());
    let stdins = [
        ("nothing", Stdio::null()),
        ("a pipe", Stdio::piped()),
        ("a listener", listener.into()),
        ("a socket of datagrams", datagrams.into()),
    ];
    for (what, stdin) in stdins {
        let ended = Command::new(OURS).arg("--inetd").stdin(stdin).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{what}");
        assert_eq!(
            String::from_utf8_lossy(&ended.stderr),
            "error: cannot serve stdin: it is no connection (--inetd is for a server that starts this program with \
             one; try without it)\n",
            "{what}"
        );
        assert!(ended.stdout.is_empty(), "{what}");
    }
}

#[test]
fn the_help_tells_of_it() {
    let help = Launch::new(OURS).args(["--help"]).run().stdout;
    for flag in ["--inetd", "--max-children N", "--workers N"] {
        assert!(help.contains(flag), "{flag} is missing:\n{help}");
    }
}
