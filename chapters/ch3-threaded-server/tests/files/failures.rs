//! What the client says of servers that are absent, silent, rude or wrong, and of its own arguments.

use crate::support::{DEADLINE, FILES, Scratch, client, fails, sha256};
use harness::Launch;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A server that answers every command line with these bytes, and then does this with the connection.
pub(crate) fn answering(answer: Vec<u8>, then: fn(TcpStream)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    // The thread ends with the test process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = Vec::new();
            let mut byte = [0];
            while byte != *b"\n" && matches!(stream.read(&mut byte), Ok(1)) {
                line.push(byte[0]);
            }
            let _ = stream.write_all(&answer);
            then(stream);
        }
    });
    addr
}

/// An address at which nobody listens. A port that is free for a moment may be another test's a moment later; this one
/// no server takes.
fn nobody() -> SocketAddr {
    ([127, 0, 0, 99], 1).into()
}

/// Keeps the connection open until the client ends.
pub(crate) fn hold(mut stream: TcpStream) {
    thread::spawn(move || while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {});
}

#[test]
fn each_failure_has_its_line_and_its_exit_code() {
    let here = Scratch::new();
    let wrong = format!("ok 3\nabcsha256 {}\n", sha256(b"abd"));
    let cases: [(SocketAddr, i32, &str); 11] = [
        (nobody(), 4, "connection refused (nobody listens on this port: is the server started?)"),
        (answering(b"".to_vec(), hold), 6, "the server does not answer"),
        (answering(b"ok 10\n123".to_vec(), hold), 6, "the server does not answer"),
        (answering(b"".to_vec(), drop), 9, "the server closed before its answer was whole"),
        (
            answering(b"ok 10\n123".to_vec(), drop),
            9,
            "the server closed before its answer was whole",
        ),
        (
            answering(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), drop),
            13,
            "'HTTP/1.1 400 Bad Request'",
        ),
        (answering(vec![b'x'; 100_000], hold), 13, "this is no answer of a file server"),
        (answering(b"ok -1\n".to_vec(), hold), 13, "this is no answer"),
        (
            answering(b"error bad-name no \x1b[31mcolour\n".to_vec(), hold),
            23,
            "no \\u{1b}[31mcolour (bad-name)",
        ),
        (
            answering(b"error strange and new\n".to_vec(), hold),
            1,
            "the server says: strange and new",
        ),
        (answering(wrong.into_bytes(), hold), 29, "(mismatch)"),
    ];
    for (addr, code, words) in cases {
        // Only who must be silent is waited for briefly: on a busy machine an answer takes its time.
        let patience = if code == 6 { "1" } else { "15" };
        let args = ["a", "--retries", "0", "--patience", patience];
        let run = client(&here, "get", addr).args(args).run();
        fails(&run, code, &["cannot get a: ", words]);
        let _ = std::fs::remove_file(here.at(".a.files-part"));
        assert_eq!(here.names(), [""; 0]);
    }
}

#[test]
fn a_server_of_no_known_name_is_said() {
    let run =
        Launch::new(FILES).args(["list", "no-such-host.invalid:80"]).deadline(DEADLINE * 2).run();
    fails(&run, 3, &["cannot find the address of no-such-host.invalid:80"]);
}

#[test]
fn a_server_that_refuses_while_it_takes_is_heard() {
    // It says so in the middle, and reads on: the client looks while it sends.
    let here = Scratch::new();
    here.write("a", &vec![7; 30_000_000]);
    let addr = answering(b"ok 0\nerror no-space the disk is full\n".to_vec(), hold);
    let run = client(&here, "put", addr).args(["a", "--retries", "0"]).run();
    fails(&run, 27, &["cannot put a: the disk is full (no-space)"]);
    // And one that reads nothing more, so that the client must look while it waits.
    let addr = answering(b"ok 0\nerror no-space the disk is full\n".to_vec(), |stream| {
        thread::spawn(move || {
            // Waits for the client's end without reading what it sends.
            while stream.take_error().is_ok_and(|error| error.is_none()) && !gone(&stream) {
                thread::yield_now();
            }
        });
    });
    let run = client(&here, "put", addr).args(["a", "--retries", "0"]).run();
    fails(&run, 27, &["cannot put a: the disk is full (no-space)"]);
}

/// Has the peer closed? A write shows it sooner or later.
fn gone(mut stream: &TcpStream) -> bool {
    thread::sleep(std::time::Duration::from_millis(20));
    stream.write_all(b"x").is_err()
}

#[test]
fn what_is_wrong_here_is_said() {
    let here = Scratch::new();
    std::fs::create_dir(here.at("folder")).unwrap();
    let run = |command, args: &[&str]| client(&here, command, nobody()).args(args).run();
    fails(
        &run("put", &["nothing"]),
        1,
        &["cannot put nothing: cannot read nothing here: no such file"],
    );
    fails(
        &run("put", &["folder"]),
        21,
        &["cannot read folder here: it is no regular file (not-a-file)"],
    );
    fails(&run("put", &[".."]), 23, &["it has no name"]);
    fails(&run("get", &["folder"]), 21, &["cannot write folder here: it is a folder (not-a-file)"]);
    fails(&run("get", &["a", "b", "-o", "c"]), 22, &["c is no folder here"]);
}

#[test]
fn usage_errors_say_what_is_right() {
    let cases: [(&[&str], &str); 22] = [
        (&[], "say serve, get, put or list"),
        (&["fetch"], "the commands are serve, get, put and list, not 'fetch'"),
        (&["serve"], "serve which folder?"),
        (&["serve", "a", "b"], "one folder is served at a time"),
        (
            &["serve", "a", "--max-file", "0"],
            "--max-file takes bytes, such as 1000000, 500M or 16G, not '0'",
        ),
        (&["serve", "a", "--max-file", "99999999T"], "--max-file takes"),
        (&["serve", "a", "--max-connections", "0"], "--max-connections takes"),
        (&["serve", "a", "--addr", "x"], "--addr takes HOST:PORT"),
        (&["serve", "a", "--patience", "0"], "--patience takes a whole number from 1 to"),
        (&["get"], "get needs the address of the server, HOST:PORT"),
        (&["get", "127.0.0.1", "a"], "HOST:PORT, such as 127.0.0.1:8080, not '127.0.0.1'"),
        (&["get", "127.0.0.1:99999", "a"], "HOST:PORT"),
        (&["get", "127.0.0.1:1"], "get which files?"),
        (&["get", "127.0.0.1:1", "a", "--sync"], "'--sync'"),
        (&["put", "127.0.0.1:1", "a", "b", "--as", "c"], "--as is for one file"),
        (&["put", "127.0.0.1:1", "a", "--as", ""], "--as needs a name"),
        (&["put", "127.0.0.1:1", "p/n", "q/n"], "two of the files would be called n; put them"),
        (
            &["get", "127.0.0.1:1", "p/n", "m", "q/n"],
            "two of the files would be called n; get them",
        ),
        (&["get", "127.0.0.1:1", "a", "a"], "two of the files would be called a"),
        (&["get", "127.0.0.1:1", "a", "-o", ""], "-o needs the name of a file or a folder"),
        (&["get", "127.0.0.1:1", "a", "-o", "-"], "say -o FILE, then cat FILE"),
        (&["list", "127.0.0.1:1", "a", "b"], "one folder is listed at a time"),
    ];
    for (args, words) in cases {
        let run = Launch::new(FILES).args(args).deadline(DEADLINE).run();
        fails(&run, 2, &[words, "(see --help)"]);
    }
    let run = Launch::new(FILES).args(["serve", "/no/such/folder"]).deadline(DEADLINE).run();
    fails(&run, 1, &["cannot serve /no/such/folder: no such file or directory"]);
    let run = Launch::new(FILES).args(["serve", FILES]).deadline(DEADLINE).run();
    fails(&run, 1, &["not a directory"]);
}
