//! The client meets servers that no client should trust: the right code and message, in bounded time and memory.
//!
//! The bound of time is that of every run; the bound of memory, and that nothing panics, is checked in every run.

use crate::run::{TempFile, fails, is_sober, pattern, prints, to};
use harness::hostile::{Script, Server, Step, Until, response};
use std::time::Duration;

/// A request as text, for the conversations without HTTP.
const TEXT: [&str; 2] = ["--send", r"GET / HTTP/1.1\r\n\r\n"];
const GET: [&str; 2] = ["--get", "/"];

#[test]
fn a_reply_in_single_bytes_is_one_reply() {
    let reply = response("hello, pieces");
    for cut in [1, 7, 50] {
        let server = Server::start(Script::split(&reply, cut));
        prints(&to(server.addr(), &GET).run(), &reply);
        prints(&to(server.addr(), &TEXT).run(), &reply);
    }
}

#[test]
fn a_chunked_reply_is_whole_wherever_it_is_cut() {
    let reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nA: b\r\n\r\n";
    for cut in [1, 3] {
        let pieces = Step::Pieces { bytes: reply.into(), cut, pause: Duration::ZERO };
        let server = Server::start(Script::new([Step::Read(Until::Head), pieces, Step::Listen]));
        prints(&to(server.addr(), &GET).run(), reply);
    }
}

#[test]
fn a_slow_reply_is_waited_for() {
    let server = Server::start(Script::slow(response("slow"), 8, Duration::from_millis(50)));
    prints(&to(server.addr(), &GET).run(), response("slow"));
}

#[test]
fn a_reply_that_stands_still_is_given_up() {
    let server = Server::start(Script::slow(response("slow"), 9, Duration::MAX));
    let end = to(server.addr(), &["--read-timeout", "0.3", "--get", "/"]).run();
    fails(&end, 6, &[&server.addr().to_string()]);
    // The time begins with the end of the input.
    let mut client = to(server.addr(), &["--read-timeout", "0.3"]).open_stdin().begin();
    client.write("GET / HTTP/1.1\r\n\r\n");
    client.expect_stdout("HTTP/1.1 ");
    client.end_stdin();
    let end = client.finish();
    fails(&end, 6, &[&server.addr().to_string()]);
    assert_eq!(end.stdout, "HTTP/1.1 ", "what came is printed\n{end}");
}

#[test]
fn a_drip_without_end_is_given_up_when_the_time_is_over() {
    let drip =
        || Step::Pieces { bytes: vec![b'x'; 100_000], cut: 1, pause: Duration::from_millis(5) };
    for (head, input) in [("", TEXT), ("HTTP/1.1 200 OK\r\n\r\n", GET)] {
        let server =
            Server::start(Script::new([Step::Read(Until::Head), Step::Write(head.into()), drip()]));
        let end = to(server.addr(), &["--max-time", "1", input[0], input[1]]).run();
        fails(&end, 6, &["--max-time"]);
        assert!(end.took.as_secs_f64() >= 1.0);
    }
}

#[test]
fn a_reset_in_the_middle_is_a_reset() {
    for input in [GET, TEXT] {
        let server = Server::start(Script::reset_after_half(response("hello, reset")));
        let end = to(server.addr(), &input).run();
        fails(&end, 8, &[&server.addr().to_string(), "reset"]);
        assert_eq!(end.bytes, response("hello, reset")[..response("hello, reset").len() / 2]);
    }
}

#[test]
fn a_close_in_the_middle_is_an_end_only_where_the_end_is_the_frame() {
    let reply = response("hello, close");
    let half = &reply[..reply.len() / 2];
    let server = Server::start(Script::close_after_half(&reply));
    let end = to(server.addr(), &GET).run();
    fails(&end, 9, &[&server.addr().to_string()]);
    assert_eq!(end.bytes, half);
    prints(&to(server.addr(), &TEXT).run(), half);
}

#[test]
fn a_close_without_a_word_is_an_empty_reply_and_no_http_reply() {
    let server = Server::start(Script::replies(""));
    fails(&to(server.addr(), &GET).run(), 9, &[]);
    prints(&to(server.addr(), &TEXT).run(), "");
}

#[test]
fn a_declared_length_is_not_believed() {
    let lie = "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nshort";
    let server = Server::start(Script::replies(lie));
    fails(&to(server.addr(), &GET).run(), 9, &[]);
    let lie = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7ffffffffffffff\r\nshort";
    let server = Server::start(Script::replies(lie));
    fails(&to(server.addr(), &GET).run(), 9, &[]);
}

#[test]
fn a_server_that_never_reads_is_given_up() {
    let file = TempFile::new(vec![0; 30_000_000]);
    let server = Server::start(Script::never_reads());
    let end = to(server.addr(), &["--read-timeout", "0.5", "--file", file.path()]).run();
    fails(&end, 6, &[&server.addr().to_string()]);
}

#[test]
fn an_endless_reply_is_cut() {
    const MOST: usize = 30_000_000;
    for (head, input) in [
        ("", TEXT),
        ("HTTP/1.1 200 OK\r\n\r\n", GET),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n", GET),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7ffffffffffffff\r\n", GET),
    ] {
        let server = Server::start(Script::endless_reply(head));
        let most = MOST.to_string();
        let launch = to(server.addr(), &["--max-reply", &most, input[0], input[1]]);
        let end = launch.keep(2 * MOST).run();
        fails(&end, 12, &["30,000,000", "--max-reply"]);
        assert!(end.bytes.starts_with(head.as_bytes()));
        assert!(end.bytes.len() <= MOST, "{} bytes came", end.bytes.len());
    }
}

#[test]
fn a_reply_that_is_whole_ends_even_if_the_server_talks_on() {
    let server =
        Server::start(Script::endless_reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"));
    let end = to(server.addr(), &GET).run();
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert!(end.stdout.contains("\r\n\r\nxxxxxxxxxx"), "{end}");
}

#[test]
fn an_endless_head_is_cut() {
    let server = Server::start(Script::endless_head());
    fails(&to(server.addr(), &GET).run(), 12, &[&server.addr().to_string()]);
    let line = Script::new([
        Step::Read(Until::Head),
        Step::Write(b"HTTP/1.1 200 ".into()),
        Step::Endless(vec![b'x'; 9999]),
    ]);
    let server = Server::start(line);
    fails(&to(server.addr(), &GET).run(), 12, &[]);
    // Interim replies are heads, too.
    let interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(100);
    let server = Server::start(Script::new([Step::Read(Until::Head), Step::Endless(interim)]));
    fails(&to(server.addr(), &GET).run(), 12, &[]);
}

#[test]
fn garbage_is_no_http_reply_but_it_is_a_reply() {
    let server = Server::start(Script::garbage());
    fails(&to(server.addr(), &GET).run(), 13, &[&server.addr().to_string()]);
    prints(&to(server.addr(), &TEXT).run(), b"\x00\xff\x1b[31m rubbish\r\n\r\n\x80more of it\n");
    // What is not HTTP in other ways.
    for reply in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ] {
        let server = Server::start(Script::replies(reply));
        fails(&to(server.addr(), &GET).run(), 13, &[]);
    }
}

#[test]
fn an_answer_to_an_unread_request_is_read_before_the_failure() {
    let reply = response("too early");
    // The reply is whole, so what happens to the connection does not matter.
    let server = Server::start(Script::answers_unread(&reply));
    prints(&to(server.addr(), &GET).run(), &reply);
    // Here nothing says that it is whole but the end, and that is a reset.
    let file = TempFile::new(pattern(20_000_000));
    let server = Server::start(Script::answers_unread(&reply));
    let end = to(server.addr(), &["--file", file.path()]).run();
    let code = end.status.code().unwrap_or(-1);
    assert!([8, 9].contains(&code), "{end}");
    fails(&end, code, &[&server.addr().to_string()]);
    assert_eq!(end.bytes, reply, "what it answered is printed first\n{end}");
}

#[test]
fn a_server_that_ends_its_side_and_reads_on_gets_all_of_it() {
    let file = TempFile::new(pattern(3_000_000));
    let server = Server::start(Script::replies("I have heard enough\n").at_once());
    prints(&to(server.addr(), &["--file", file.path()]).run(), "I have heard enough\n");
    assert_eq!(server.first().total, 3_000_000);
}

#[test]
fn keep_alive_is_not_waited_for() {
    let server = Server::start(Script::keeps_open(response("kept")));
    // Were it waited for, this would end by the read timeout, as a failure.
    prints(&to(server.addr(), &GET).run(), response("kept"));
    let none = "HTTP/1.1 204 No Content\r\n\r\n";
    let server = Server::start(Script::keeps_open(none));
    prints(&to(server.addr(), &GET).run(), none);
    let interim =
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(Script::keeps_open(interim));
    prints(&to(server.addr(), &GET).run(), interim);
}

#[test]
fn a_body_without_a_length_ends_with_the_connection() {
    let reply = [b"HTTP/1.0 200 OK\r\n\r\n", &pattern(300_000)[..]].concat();
    let server = Server::start(Script::replies(&reply));
    prints(&to(server.addr(), &GET).run(), &reply);
}

#[test]
fn an_endless_file_ends_when_the_time_is_over() {
    let server = Server::start(Script::never_answers());
    let end = to(server.addr(), &["--max-time", "1", "--file", "/dev/zero"]).run();
    fails(&end, 6, &["--max-time"]);
}

#[test]
fn an_endless_input_ends_with_the_server() {
    // A reader of stdin that waits for its end would collect it all.
    let server = Server::start(Script::replies("no\n").at_once());
    let shell = r#"yes | "$0" "$@""#;
    let addr = server.addr();
    let (host, port) = (addr.ip().to_string(), addr.port().to_string());
    let binary = env!("CARGO_BIN_EXE_ch1-raw-socket-client");
    let launch = harness::Launch::new("sh").args(["-c", shell, binary, &host, &port]);
    let client = launch.begin();
    client.expect_stdout("no\n");
    // The server goes, and with it the connection.
    drop(server);
    let end = client.finish();
    assert!([Some(0), Some(8), Some(9)].contains(&end.status.code()), "{end}");
    is_sober(&end);
}
