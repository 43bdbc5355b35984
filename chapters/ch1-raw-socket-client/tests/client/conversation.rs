//! What is sent, what comes back, and when.

use crate::run::{TempFile, client, fails, fails_at_length, is_sober, pattern, prints, to};
use harness::hostile::{End, Script, Server, Step, Until, response};
use harness::{Running, Signal};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::time::Duration;

#[test]
fn a_reply_is_printed_as_it_comes() {
    let server = Server::start(Script::echo());
    let mut client = to(server.addr(), &[]).open_stdin().begin();
    client.write("one\n");
    client.expect_stdout("one\n");
    client.write("two\n");
    client.expect_stdout("one\ntwo\n");
    // Not even a line has to be whole to be printed.
    client.write("and a half");
    client.end_stdin();
    prints(&client.finish(), "one\ntwo\nand a half");
}

#[test]
fn a_piece_of_a_line_is_printed_too() {
    let server = Server::start(Script::new([Step::Write(b"login: ".into()), Step::Listen]));
    let mut client = to(server.addr(), &[]).open_stdin().begin();
    client.expect_stdout("login: ");
    client.write("me\n");
    drop(server);
    client.end_stdin();
    is_sober(&client.finish());
}

#[test]
fn a_person_who_thinks_is_no_silent_server() {
    let server = Server::start(Script::echo());
    let mut client = to(server.addr(), &["--read-timeout", "0.1"]).open_stdin().begin();
    client.write("first\n");
    client.expect_stdout("first\n");
    // Longer than the timeout. That it is so long is no condition of success.
    std::thread::sleep(Duration::from_millis(400));
    client.write("second\n");
    client.expect_stdout("first\nsecond\n");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
fn a_client_that_was_suspended_goes_on() {
    let server = Server::start(Script::echo());
    let mut client = to(server.addr(), &[]).open_stdin().begin();
    client.write("first\n");
    client.expect_stdout("first\n");
    for _ in 0..3 {
        suspend_and_resume(&client);
    }
    client.write("second\n");
    client.expect_stdout("first\nsecond\n");
    client.end_stdin();
    prints(&client.finish(), "first\nsecond\n");
}

/// A call with a timeout is interrupted when its process goes on, though no signal was handled (signal(7)).
fn suspend_and_resume(client: &Running) {
    client.signal(Signal::Suspend);
    client.eventually("it stands still", || {
        harness::proc::state(client.pid()).is_ok_and(|state| state == 'T')
    });
    client.signal(Signal::Resume);
}

#[test]
fn the_input_ends_in_a_half_close() {
    for (args, stdin, wanted) in [
        (&["--send", "all of it"][..], "", "all of it"),
        (&[], "two\nlines", "two\nlines"),
        (&[], "", ""),
        (&["--send", ""], "", ""),
    ] {
        let server = Server::start(Script::new([
            Step::Read(Until::End),
            Step::Write(b"I read to the end".into()),
        ]));
        prints(&to(server.addr(), args).stdin(stdin).run(), "I read to the end");
        let seen = server.first();
        assert_eq!((&*seen.received, seen.end), (wanted.as_bytes(), Some(End::Eof)));
    }
}

#[test]
fn a_request_does_not_end_in_a_half_close() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = to(listener.local_addr().unwrap(), &["--get", "/path?query"]).begin();
    let mut stream = listener.accept().unwrap().0;
    stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.starts_with("GET /path?query HTTP/1.1\r\n"), "{request}");
    let host = format!("\r\nHost: {}\r\n", listener.local_addr().unwrap());
    assert!(request.contains(&host) && request.contains("\r\nConnection: close\r\n"), "{request}");
    // A half-close would be read as an end here, and silence is not.
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let silence = stream.read(&mut [0]).unwrap_err();
    assert!(matches!(silence.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
    stream.write_all(&response("ok")).unwrap();
    prints(&client.finish(), response("ok"));
}

#[test]
fn twenty_megabytes_come_back_from_an_echo() {
    let bytes = pattern(20_000_000);
    let file = TempFile::new(&bytes);
    let server = Server::start(Script::echo());
    prints(&to(server.addr(), &["--file", file.path()]).keep(1 << 25).run(), &bytes);
    prints(&to(server.addr(), &[]).stdin(bytes.clone()).keep(1 << 25).run(), &bytes);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
fn a_send_that_takes_a_part_is_followed_by_the_rest() {
    let bytes = pattern(8_000_000);
    let file = TempFile::new(&bytes);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let small = ["--option", "SO_SNDBUF=4096", "--verbose", "--file", file.path()];
    let args = [&["--read-timeout", "100", "--max-time", "100"], &small[..]].concat();
    let client = to(listener.local_addr().unwrap(), &args).begin();
    let mut stream = listener.accept().unwrap().0;
    // Nobody reads, so `send` must wait. When it is interrupted, it returns what it has taken so far.
    client.eventually("a send has taken a part", || {
        suspend_and_resume(&client);
        client.stderr().lines().filter_map(sent).any(|(part, whole)| part < whole)
    });
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert!(received == bytes, "{} bytes came", received.len());
    stream.write_all(b"thanks").unwrap();
    drop(stream);
    let end = client.finish();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "thanks"), "{end}");
    assert!(end.stderr.contains("half-closed"), "{end}");
}

/// The numbers of `sent 37 of 37 bytes`.
fn sent(line: &str) -> Option<(u64, u64)> {
    let (part, rest) = line.split_once("sent ")?.1.split_once(" of ")?;
    let number = |text: &str| text.replace(',', "").parse().ok();
    Some((number(part)?, number(rest.split(' ').next()?)?))
}

#[test]
fn escapes_stand_for_bytes() {
    for (text, bytes) in [
        (r"a\r\nb", &b"a\r\nb"[..]),
        (r"\t\\\0", b"\t\\\0"),
        (r"\x00\x7f\x80\xfF", b"\x00\x7f\x80\xff"),
        (r"\\n", b"\\n"),
        ("caf\u{e9}", "caf\u{e9}".as_bytes()),
        ("plain", b"plain"),
    ] {
        let server = Server::start(Script::echo());
        prints(&to(server.addr(), &["--send", text]).run(), bytes);
    }
}

#[test]
fn any_bytes_go_through() {
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    let file = TempFile::new(&bytes);
    let server = Server::start(Script::echo());
    prints(&to(server.addr(), &["--file", file.path()]).run(), &bytes);
    prints(&to(server.addr(), &[]).stdin(bytes.clone()).run(), &bytes);
    let empty = TempFile::new("");
    prints(&to(server.addr(), &["--file", empty.path()]).run(), "");
}

#[test]
fn verbose_tells_the_story_in_order() {
    let request = r"this request has thirty-seven letters";
    let server = Server::start(Script::replies(vec![b'x'; 1024]).after(Until::End));
    let addr = server.addr();
    let end =
        client(&["--verbose", "--send", request, "localhost", &addr.port().to_string()]).run();
    assert_eq!((end.status.code(), end.bytes.len()), (Some(0), 1024), "{end}");
    is_sober(&end);
    let mut rest = &*end.stderr;
    for step in [
        "resolved localhost to ",
        "127.0.0.1",
        "connecting to 127.0.0.1",
        "connected in ",
        " from 127.0.0.1:",
        &format!(" to {addr}"),
        "sent 37 of 37 bytes",
        "half-closed",
        "received 1,024 bytes",
        "end of file",
    ] {
        let Some(at) = rest.find(step) else { panic!("then it should say {step:?}\n{end}") };
        rest = &rest[at..];
    }
}

#[test]
fn verbose_tells_how_it_failed() {
    let server = Server::start(Script::reset_after_half("12345678"));
    let end = to(server.addr(), &["--verbose", "--send", r"x\r\n\r\n"]).run();
    fails_at_length(&end, 8, &["reset"]);
    let story = end.stderr.lines().filter(|line| !line.starts_with("error: "));
    assert!(story.clone().any(|line| line.contains("received 4 bytes")), "{end}");
    assert!(story.clone().any(|line| line.contains("reset")), "{end}");
    drop(server);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let end = to(addr, &["--verbose", "--send", "x"]).run();
    if end.status.code() == Some(4) {
        assert!(
            end.stderr.lines().any(|line| line.contains("refused") && !line.starts_with("error")),
            "{end}"
        );
    }
}

#[test]
fn without_verbose_nothing_is_told() {
    let server = Server::start(Script::replies("quiet").after(Until::End));
    prints(&to(server.addr(), &["--send", "x"]).run(), "quiet");
    fails(&to(server.addr(), &["--max-reply", "1", "--send", "x"]).run(), 12, &[]);
}
