//! What every program of the course promises, and this one, too.

use crate::support::{CHAT, person, serving};
use harness::{Finished, Launch, Stdout};
use std::net::TcpListener;

#[track_caller]
fn fails(finished: &Finished, code: i32, start: &str) {
    assert_eq!(finished.status.code(), Some(code), "{finished}");
    assert!(
        finished.stderr.starts_with(start) && finished.stderr.lines().count() == 1,
        "{finished}"
    );
    assert_eq!(finished.stdout, "", "{finished}");
}

#[test]
fn it_says_where_it_listens_and_what_to_try() {
    let server = serving("").start();
    let addr = server.addr();
    assert_eq!(server.stdout_line(1), format!("try: nc 127.0.0.1 {}", addr.port()));
    if TcpListener::bind("[::1]:0").is_ok() {
        let server = Launch::new(CHAT).args(["--addr", "[::1]:0"]).start();
        assert_eq!(server.stdout_line(1), format!("try: nc ::1 {}", server.addr().port()));
        person(&server, "alice", "alone in lobby");
    }
}

#[test]
fn wrong_arguments_are_one_line() {
    for (args, said) in [
        (&["--nonsense"][..], "error: invalid option '--nonsense' (see --help)\n"),
        (&["lobby"], "error: "),
        (&["--addr"], "error: "),
        (&["--addr", "8080"], "error: --addr takes HOST:PORT"),
        (&["--patience", "0"], "error: --patience takes a whole number from 1 to 1000000, not '0'"),
        (&["--max-clients", "0"], "error: --max-clients takes a whole number from 1 to 100000"),
        (&["--outbox", "8"], "error: --outbox takes a whole number from 16 to 65536"),
        (&["--outbox", "\u{1b}[2J"], "error: --outbox takes"),
    ] {
        let run = Launch::new(CHAT).args(args).env("RUST_BACKTRACE", "1").run();
        fails(&run, 2, said);
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
}

#[test]
fn what_it_cannot_do_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let run = Launch::new(CHAT).args(["--addr", &addr]).run();
    fails(
        &run,
        1,
        &format!("error: cannot listen on {addr}: address already in use (try --addr 127.0.0.1:0)"),
    );
    let run = Launch::new(CHAT).args(["--addr", "192.0.2.1:0"]).run();
    fails(&run, 1, "error: cannot listen on 192.0.2.1:0: ");
    let run = serving("").limit("-n", 6).run();
    fails(&run, 1, "error: cannot ");
}

#[test]
fn help_names_the_flags_and_the_limits() {
    let help = Launch::new(CHAT).args(["--help"]).run();
    assert_eq!((help.status.code(), help.stderr.as_str()), (Some(0), ""), "{help}");
    for name in [
        "--addr",
        "127.0.0.1:8080",
        "--max-clients",
        "[1000]",
        "--outbox",
        "[256]",
        "--patience",
        "[30]",
        "--help",
        "/join ROOM",
        "/leave",
        "/rooms",
        "/who",
        "/nick NAME",
        "/quit",
        "//TEXT",
        "1024 bytes",
        "20 letters",
        "16 KiB/s",
        "64 KiB",
        "SIGTERM",
    ] {
        assert!(help.stdout.contains(name), "--help names {name}\n{help}");
    }
    assert!(help.stdout.lines().all(|line| line.len() <= 130), "{help}");
}

#[test]
fn a_stdout_that_is_no_good_harms_nothing() {
    for stdout in [Stdout::Closed, Stdout::ReaderGone, Stdout::Full, Stdout::NoSpace] {
        let mut server = serving("").stdout(stdout).start();
        let mut alice = person(&server, "alice", "alone in lobby");
        let mut bob = person(&server, "bob", "in lobby with alice");
        bob.send("hello\n");
        alice.expect("* bob joined\nbob: hello\n");
        assert_eq!(server.stop().status.code(), Some(0), "{stdout:?}");
    }
}

#[test]
fn silent_people_need_no_threads() {
    let server = serving("").start();
    let cores = std::thread::available_parallelism().unwrap().get();
    let people: Vec<_> = (0..200).map(|_| server.connect()).collect();
    server.eventually("all are in", || server.reading().fds >= people.len());
    let threads = server.reading().threads;
    server
        .check(threads <= cores + 1, format!("a thread for each core and one more, got {threads}"));
}
