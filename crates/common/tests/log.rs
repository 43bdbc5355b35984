//! A line for a person neither holds up nor ends a server, whatever stdout and stderr are: each test starts this
//! program again as a child that logs, and gives it a pipe, a socket or a file of the test's choice.

use common::{Acceptor, Backoff, Connections, Incoming, log};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Only bounds a failure.
const DEADLINE: Duration = Duration::from_secs(60);

/// Lines that the child logs: together more than any pipe or socket holds.
const LINES: usize = 20_000;

/// What the child has to do. Without it, the test called `child` does nothing.
const TASK: &str = "COMMON_TESTS_LOG_TASK";

/// Not a test: the child's side.
#[test]
fn child() {
    let Ok(task) = std::env::var(TASK) else { return };
    match &*task {
        "out" => count_to(LINES, log::out),
        "err" => count_to(LINES, log::err),
        // Writes one line, waits until the parent has done something to the pipe, and goes on.
        "out, wait, out" => {
            log::out("ready");
            wait_for_parent();
            count_to(LINES, log::out);
        }
        "wait, out" => {
            log::err("ready");
            wait_for_parent();
            count_to(LINES, log::out);
        }
        "long" => log::err("x".repeat(100_000)),
        "failures" => {
            let start = Instant::now();
            for _ in 0..200 {
                let connections = Connections::<TcpStream>::at_most(1);
                let error = io::Error::from_raw_os_error(libc::EMFILE);
                Backoff::default().wait("accept a connection", &error, &connections);
            }
            log::err(format_args!("seconds: {}", start.elapsed().as_secs()));
        }
        "stop" => {
            let connections = Connections::at_most(1);
            assert!(Incoming::new(&Closing(connections.clone()), &connections).next().is_none());
        }
        _ => panic!("there is no task {task}"),
    }
    // What the test harness would say now might block, or fail.
    std::process::exit(0);
}

/// A listener that is shut down, because the server stops, while accept waits.
struct Closing(Connections);

impl Acceptor for Closing {
    type Stream = TcpStream;

    fn accept(&self) -> io::Result<TcpStream> {
        self.0.stop();
        Err(io::Error::from_raw_os_error(libc::EINVAL))
    }
}

fn count_to(n: usize, log: impl Fn(String)) {
    (0..n).for_each(|i| log(format!("line {i} of many")));
}

fn wait_for_parent() {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).unwrap();
}

/// Starts the child for `task`; what the test does not choose is a pipe.
fn start(task: &str, choose: impl FnOnce(&mut Command) -> &mut Command) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]).env(TASK, task);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    choose(&mut command);
    command.spawn().expect("this program can be started again")
}

/// The child must end by itself, and well.
#[track_caller]
fn ends_well(mut child: Child, what: &str) {
    let end = Instant::now() + DEADLINE;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!(
                    "with {what}, logging must not wait, and the child did not end in {DEADLINE:?}"
                );
            }
        }
    };
    assert_eq!(status.code(), Some(0), "with {what}, logging must not fail: {status}");
}

/// Reads up to the line "ready" of the child.
#[track_caller]
fn until_ready<R: Read + Send + 'static>(from: R) -> BufReader<R> {
    let (sender, ready) = mpsc::channel();
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = String::new();
        // The harness may have begun the line: `test child ... ready`.
        while !line.ends_with("ready\n") {
            line.clear();
            assert_ne!(
                from.read_line(&mut line).unwrap(),
                0,
                "the child ended before it was ready"
            );
        }
        sender.send(from)
    });
    ready.recv_timeout(DEADLINE).expect("the child says that it is ready")
}

/// The lines of `text` that the child logged: whole ones, in order, the first at the beginning.
#[track_caller]
fn lines_in_order(text: &str) -> usize {
    let logged: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("line ")).map(|l| l.1).collect();
    let numbers: Vec<usize> = logged
        .iter()
        .map(|line| {
            let number = line.strip_suffix(" of many").and_then(|number| number.parse().ok());
            number.unwrap_or_else(|| {
                panic!("a line is written whole or not at all, this was {line:?}")
            })
        })
        .collect();
    assert_eq!(numbers.first(), Some(&0), "the first line finds room");
    assert!(numbers.is_sorted(), "lines stand in the order in which they were logged");
    numbers.len()
}

#[test]
fn a_full_pipe_takes_what_it_can_and_the_rest_is_dropped() {
    for task in ["out", "err"] {
        let mut child = start(task, |command| command);
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        // Nobody reads until the child has ended.
        ends_well(child, &format!("a full pipe for {task}"));
        let mut text = String::new();
        let _ = match task {
            "out" => out.read_to_string(&mut text).unwrap(),
            _ => err.read_to_string(&mut text).unwrap(),
        };
        let lines = lines_in_order(&text);
        assert!((100..LINES).contains(&lines), "a pipe has room for some lines, it took {lines}");
    }
}

#[test]
fn a_full_socket_takes_what_it_can_and_the_rest_is_dropped() {
    for task in ["out", "err"] {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let child = start(task, |command| {
            let theirs = Stdio::from(OwnedFd::from(theirs));
            match task {
                "out" => command.stdout(theirs),
                _ => command.stderr(theirs),
            }
        });
        ends_well(child, &format!("a full socket for {task}"));
        let mut text = String::new();
        ours.read_to_string(&mut text).unwrap();
        let lines = lines_in_order(&text);
        assert!((10..LINES).contains(&lines), "a socket has room for some lines, it took {lines}");
    }
}

#[test]
fn a_pipe_that_is_full_from_the_start_harms_nothing() {
    let (reader, writer) = io::pipe().unwrap();
    let mut filler = File::options()
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(format!("/proc/self/fd/{}", writer.as_raw_fd()))
        .unwrap();
    while filler.write(b"full").is_ok() {}
    let child = start("err", |command| command.stderr(writer));
    ends_well(child, "a pipe that is full from the start");
    drop(reader);
}

#[test]
fn a_pipe_whose_reader_is_gone_harms_nothing() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    ends_well(start("err", |command| command.stderr(writer)), "a pipe without a reader");
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(ours);
    let theirs = OwnedFd::from(theirs);
    ends_well(start("err", |command| command.stderr(theirs)), "a socket without a peer");
}

#[test]
fn a_reader_that_leaves_between_two_lines_harms_nothing() {
    let mut child = start("out, wait, out", |command| command);
    drop(until_ready(child.stdout.take().unwrap()));
    child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    ends_well(child, "a stdout whose reader has left");

    let mut child = start("wait, out", |command| command);
    let err = until_ready(child.stderr.take().unwrap());
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    ends_well(child, "a stdout whose reader left before the first line");
    drop(err);
}

#[test]
fn a_full_disk_harms_nothing() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    ends_well(start("err", |command| command.stderr(full())), "a full disk");
}

#[test]
fn a_file_gets_every_line() {
    let path = std::env::temp_dir().join(format!("common-tests-log-{}", std::process::id()));
    let file = File::create(&path).unwrap();
    ends_well(start("err", |command| command.stderr(file)), "a file");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(lines_in_order(&text), LINES, "a file has room for every line");
}

#[test]
fn a_line_that_no_pipe_takes_in_one_piece_is_cut() {
    let mut child = start("long", |command| command);
    let mut err = child.stderr.take().unwrap();
    ends_well(child, "a long line");
    let mut text = String::new();
    err.read_to_string(&mut text).unwrap();
    assert_eq!((text.len(), text.trim_end()), (4096, &*"x".repeat(4095)));
}

#[test]
fn failures_that_come_and_go_are_reported_once_a_second() {
    let mut child = start("failures", |command| command);
    let mut err = child.stderr.take().unwrap();
    ends_well(child, "many failures");
    let mut text = String::new();
    err.read_to_string(&mut text).unwrap();
    let (warnings, seconds) =
        text.split_once("seconds: ").expect("the child says how long it took");
    let seconds: usize = seconds.trim().parse().unwrap();
    let warning =
        "warning: cannot accept a connection: too many open files (trying again, clients wait)";
    let other = warnings.lines().find(|line| *line != warning);
    assert_eq!(other, None, "nothing else is said");
    let (lines, most) = (warnings.lines().count(), seconds + 1);
    assert!((1..=most).contains(&lines), "200 failures in {seconds} seconds gave {lines} warnings");
}

#[test]
fn a_stop_is_no_failure_to_report() {
    let mut child = start("stop", |command| command);
    let mut err = child.stderr.take().unwrap();
    ends_well(child, "a stop");
    let mut text = String::new();
    err.read_to_string(&mut text).unwrap();
    assert_eq!(text, "", "accept fails because the server stops, and nothing is wrong");
}

#[test]
fn a_reason_is_the_systems_own_words() {
    for (errno, words) in [
        (libc::EADDRINUSE, "address already in use"),
        (libc::EMFILE, "too many open files"),
        (libc::EACCES, "permission denied"),
    ] {
        assert_eq!(log::reason(&io::Error::from_raw_os_error(errno)), words);
    }
    assert_eq!(log::reason(&io::Error::other("Not from the system")), "not from the system");
    assert_eq!(log::reason(&io::Error::other("")), "");
}
