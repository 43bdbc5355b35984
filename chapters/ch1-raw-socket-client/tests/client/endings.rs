//! Who ended first, and was everything taken that we had to send? Success means that it was.

use crate::run::{CLIENT, TempFile, fails, is_sober, pattern, prints, skip, to};
use harness::Launch;
use harness::hostile::{Script, Server, Step, Until};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

#[test]
fn what_is_sent_to_a_server_that_has_closed_is_not_taken() {
    let server = Server::start(Script::new([Step::Close]));
    for round in 0..40 {
        let launch = match round % 2 {
            0 => to(server.addr(), &["--send", "hello"]),
            _ => to(server.addr(), &[]).stdin("hello\n".repeat(10)),
        };
        let end = launch.run();
        // A reset, if our bytes were there when it closed; a mere end, if they came later.
        let code = end.status.code().unwrap_or(-1);
        assert!([8, 9].contains(&code), "{end}");
        fails(&end, code, &[&server.addr().to_string()]);
    }
}

#[test]
fn an_upload_that_is_cut_off_is_a_failure_however_late_the_rest_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = to(listener.local_addr().unwrap(), &[]).open_stdin().begin();
    client.write(vec![b'x'; 1000]);
    let mut stream = listener.accept().unwrap().0;
    stream.read_exact(&mut [0; 1000]).unwrap();
    drop(stream);
    // Now it has nothing to do but to wait for its input.
    thread::sleep(Duration::from_millis(600));
    client.write(vec![b'x'; 100_000]);
    client.end_stdin();
    let end = client.finish();
    let code = end.status.code().unwrap_or(-1);
    assert!([8, 9].contains(&code), "{end}");
    fails(&end, code, &["cannot send everything"]);
}

#[test]
fn an_input_that_ends_after_the_server_without_more_is_a_success() {
    let server = Server::start(Script::replies("bye\n").after(Until::Line));
    let mut client = to(server.addr(), &[]).open_stdin().begin();
    client.write("hello\n");
    client.expect_stdout("bye\n");
    thread::sleep(Duration::from_millis(400));
    client.end_stdin();
    prints(&client.finish(), "bye\n");
}

#[test]
fn an_input_that_does_not_end_after_the_server_is_given_up() {
    let server = Server::start(Script::replies("bye\n").after(Until::Line));
    let mut client = to(server.addr(), &["--read-timeout", "0.5"]).open_stdin().begin();
    client.write("hello\n");
    let end = client.finish();
    fails(&end, 9, &["our input has not", "--read-timeout"]);
    assert_eq!(end.stdout, "bye\n", "{end}");
}

#[test]
fn a_person_at_a_terminal_is_not_waited_for() {
    let has_script = Command::new("script").arg("--version").stdin(Stdio::null()).output();
    if !has_script.is_ok_and(|output| output.status.success()) {
        return skip("there is no script(1) to make a terminal");
    }
    let server = Server::start(Script::replies("bye").at_once());
    let (host, port) = (server.addr().ip(), server.addr().port());
    let command = format!("exec '{CLIENT}' {host} {port}");
    let terminal = Launch::new("script").args(["-qec", &command, "/dev/null"]).open_stdin();
    let client = terminal.deadline(Duration::from_secs(40)).begin();
    client.expect_stdout("bye");
    let end = client.finish();
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert!(end.took.as_secs_f64() < 9.0, "it waited for somebody to type\n{end}");
}

/// A server with a small receive buffer.
fn small() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(65_536).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(1).unwrap();
    let addr = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, addr)
}

#[test]
fn a_server_that_takes_a_little_all_the_time_is_not_given_up() {
    let file = TempFile::new(pattern(1_500_000));
    let (listener, addr) = small();
    let client = to(addr, &["--read-timeout", "2", "--file", file.path()]).begin();
    let mut stream = listener.accept().unwrap().0;
    let (mut buffer, mut received) = (vec![0; 40_000], 0);
    loop {
        let n = stream.read(&mut buffer).unwrap();
        if n == 0 {
            break;
        }
        received += n;
        // Slow enough that our send buffer empties by a third, or altogether, in more than the timeout.
        thread::sleep(Duration::from_millis(100));
    }
    stream.write_all(b"thanks").unwrap();
    drop(stream);
    prints(&client.finish(), "thanks");
    assert_eq!(received, 1_500_000);
}

#[test]
fn a_server_that_takes_nothing_is_given_up_when_we_say() {
    let file = TempFile::new(vec![0; 30_000_000]);
    let server = Server::start(Script::never_reads());
    let end = to(server.addr(), &["--read-timeout", "5", "--file", file.path()]).run();
    fails(&end, 6, &["timed out after 5 s", "takes nothing"]);
    assert!((5.0..10.0).contains(&end.took.as_secs_f64()), "after {:?}\n{end}", end.took);
}

#[test]
fn what_a_server_that_has_ended_does_not_take_is_not_sent() {
    let file = TempFile::new(vec![0; 300_000]);
    let (listener, addr) = small();
    let client = to(addr, &["--read-timeout", "1", "--file", file.path()]).begin();
    let stream = listener.accept().unwrap().0;
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let end = client.finish();
    fails(&end, 6, &["takes nothing"]);
}

#[test]
fn silence_after_much_may_mean_that_it_is_still_read() {
    let file = TempFile::new(vec![0; 1_000_000]);
    let server = Server::start(Script::never_answers());
    let end = to(server.addr(), &["--read-timeout", "0.5", "--file", file.path()]).run();
    fails(&end, 6, &["silence", "buffer"]);
}

#[test]
fn an_input_that_fails_is_told_at_once() {
    let drip = Step::Pieces { bytes: vec![b'x'; 1_000_000], cut: 1, pause: Duration::ZERO };
    let server = Server::start(Script::new([drip]));
    let (host, port) = (server.addr().ip().to_string(), server.addr().port().to_string());
    let script = r#"exec "$0" "$@" </"#;
    let end =
        Launch::new("sh").args(["-c", script, CLIENT, "--max-time", "20", &host, &port]).run();
    fails(&end, 1, &["cannot read the input", "directory"]);
}

/// A named pipe into which nobody writes.
fn named_pipe() -> Option<TempFile> {
    let pipe = TempFile::new("");
    std::fs::remove_file(pipe.path()).unwrap();
    if !Command::new("mkfifo").arg(pipe.path()).status().is_ok_and(|status| status.success()) {
        skip("mkfifo cannot make a named pipe here");
        return None;
    }
    Some(pipe)
}

#[test]
fn a_named_pipe_without_a_writer_holds_nobody_up() {
    let Some(pipe) = named_pipe() else { return };
    let server = Server::start(Script::replies("hello\n").at_once());
    let args = ["--max-time", "1", "--file", pipe.path()];
    let end = to(server.addr(), &args).run();
    fails(&end, 6, &["--max-time"]);
    assert_eq!(end.stdout, "hello\n", "what came is printed\n{end}");
    let end = to(server.addr(), &[&["--udp"], &args[..]].concat()).run();
    fails(&end, 1, &["--max-time"]);
    // With a writer, it is a file like any other.
    let server = Server::start(Script::echo());
    let client = to(server.addr(), &["--file", pipe.path()]).begin();
    std::fs::write(pipe.path(), "through the pipe").unwrap();
    prints(&client.finish(), "through the pipe");
}

#[test]
fn files_that_do_not_wait_are_waited_for() {
    let reply = pattern(3_000_000);
    let server = Server::start(Script::replies(&reply).after(Until::Line));
    let (ours, theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let stdin = theirs.try_clone().unwrap();
    let mut client = Command::new(CLIENT)
        .args([server.addr().ip().to_string(), server.addr().port().to_string()])
        .stdin(Stdio::from(OwnedFd::from(stdin)))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .spawn()
        .unwrap();
    // It asks for input before there is any, and prints more than fits.
    thread::sleep(Duration::from_millis(200));
    (&ours).write_all(b"now\n").unwrap();
    ours.shutdown(std::net::Shutdown::Write).unwrap();
    thread::sleep(Duration::from_millis(200));
    let mut printed = Vec::new();
    (&ours).read_to_end(&mut printed).unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(0));
    assert!(printed == reply, "{} bytes came", printed.len());
}

#[test]
fn a_server_that_is_reset_after_a_pause_is_sober() {
    // All is taken, and then the connection breaks: that is a reset, and no success.
    let server = Server::start(Script::new([Step::Read(Until::End), Step::Reset]));
    let end = to(server.addr(), &["--send", "hello"]).run();
    fails(&end, 8, &["reset"]);
    is_sober(&end);
}
