//! Often said, and wrong. Each test is named for the truth, and its doc says what is often said.

use super::{WAYS, client, example, python};
use harness::hostile::{Script, Server, response};
use harness::site::{Answer, Site};
use std::time::{Duration, Instant};

const BODY: &str = "as long as it takes";

/// Often said: `recv(1024)` returns the response.
#[test]
fn one_recv_gets_what_has_come_so_far() {
    // The server sends the response in two pieces, the second when the first was taken.
    let reply = response(BODY);
    let half = reply.len() - BODY.len();
    let split = || Server::start(Script::split(&reply, half));

    let server = split();
    let end = example("one_recv", &[&server.addr().to_string()]);
    assert_eq!(end.bytes, &reply[..half], "a head without a body\n{end}");

    let program = "
import socket, sys
host, port = sys.argv[1].split(':')
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((host, int(port)))
s.send(b'GET / HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n')
sys.stdout.buffer.write(s.recv(1024))
";
    let server = split();
    if let Some(end) = python(program, &[&server.addr().to_string()]) {
        assert_eq!(end.bytes, &reply[..half], "{end}");
    }
    for way in WAYS {
        let server = split();
        let end = client(way).args([format!("http://{}/", server.addr())]).run();
        assert_eq!(end.stdout, BODY, "{end}");
    }
}

/// Often said: then call `recv` until it returns nothing.
#[test]
fn a_loop_until_the_end_waits_for_an_end_that_does_not_come() {
    let program = "
import socket, sys
host, port = sys.argv[1].split(':')
s = socket.create_connection((host, int(port)), timeout=1)
s.sendall(b'GET / HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n')
try:
    while s.recv(1024):
        pass
    print('the end')
except socket.timeout:
    print('still waiting')
";
    // HTTP/1.1 keeps the connection, unless somebody says `Connection: close`.
    let server = Server::start(Script::keeps_open(response(BODY)));
    if let Some(end) = python(program, &[&server.addr().to_string()]) {
        assert_eq!(end.stdout, "still waiting\n", "{end}");
    }
    for way in WAYS {
        let server = Server::start(Script::keeps_open(response(BODY)));
        let end = client(way).args([format!("http://{}/", server.addr())]).run();
        assert_eq!(end.stdout, BODY, "the length says where it ends\n{end}");
    }
}

/// Often said: a timeout of a second ends a request after a second.
#[test]
fn a_timeout_for_silence_does_not_bound_the_whole() {
    // Ten pieces and a rest of 300 ms after each: it takes three seconds, and no wait for a piece is that long.
    let reply = response("0123456789");
    let drips = || {
        let cut = reply.len().div_ceil(10);
        Server::start(Script::slow(&reply, cut, Duration::from_millis(300)))
    };
    let program = "
import sys, urllib.request
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
print(urllib.request.urlopen(sys.argv[1], timeout=2).read().decode())
";
    let server = drips();
    let begun = Instant::now();
    if let Some(end) = python(program, &[&format!("http://{}/", server.addr())])
        // On a machine that is busy enough, a rest may be longer than the timeout.
        && end.status.success()
    {
        assert_eq!(end.stdout, "0123456789\n", "{end}");
        assert!(begun.elapsed() > Duration::from_secs(2), "{end}");
    }
    for way in WAYS {
        let server = drips();
        let url = format!("http://{}/", server.addr());
        let end = client(way).args(["--read-timeout", "40", "--max-time", "0.5", &url]).run();
        assert_eq!(end.status.code(), Some(28), "--max-time ends it\n{end}");
        let end = client(way).args(["--read-timeout", "40", &url]).run();
        assert_eq!(end.stdout, "0123456789", "{end}");
    }
}

/// Often said: if it fails, try again.
#[test]
fn an_order_is_not_sent_twice() {
    for way in WAYS {
        let site = Site::start(|request| match &*request.target {
            "/busy" => Answer::new(503).field("Retry-After", "0"),
            // It was read, and nobody knows whether anything was done about it.
            _ => Answer::raw(""),
        });
        for path in ["/busy", "/broken"] {
            let url = site.url(path);
            for (method, times) in [("GET", 3), ("PUT", 3), ("POST", 1), ("PATCH", 1)] {
                let before = site.requests().len();
                let args = ["--retry", "2", "-X", method, "-d", "x", &url];
                let end = client(way).args(args).run();
                assert_eq!(site.requests().len() - before, times, "{method} {path}\n{end}");
            }
        }
    }
}

/// Often said: `Content-Length` is the length of the text.
#[test]
fn the_length_is_that_of_what_is_sent() {
    // 1,000 times the letter a.
    const GZIP: [u8; 29] = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x4b, 0x4c, 0x1c, 5, 0xa3, 0x60, 0x14, 0x0c, 0x77, 0,
        0, 3, 0xda, 0x38, 0x9a, 0xe8, 3, 0, 0,
    ];
    let site = Site::start(|_| Answer::new(200).field("Content-Encoding", "gzip").body(&GZIP[..]));
    let (by_library, by_hand) =
        (client(&[&site.url("/")]).run(), client(&["--by-hand", &site.url("/")]).run());
    assert_eq!(by_hand.bytes, GZIP, "what was sent: 29 bytes\n{by_hand}");
    assert_eq!(by_library.stdout, "a".repeat(1000), "what it means: 1,000\n{by_library}");
}
