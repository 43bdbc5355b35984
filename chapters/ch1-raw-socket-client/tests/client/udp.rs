//! One line, one datagram; and none of the promises of TCP.

use crate::run::{CLIENT, TempFile, client, fails, pattern, prints, skip, succeeds, to};
use harness::hostile::{Datagrams, Habit};
use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

/// The longest datagram over IPv4: 65,535 bytes less the headers of IP and UDP.
const LONGEST: usize = 65_507;

fn udp(server: SocketAddr, args: &[&str]) -> harness::Launch {
    to(server, &[&["--udp"], args].concat())
}

#[test]
fn each_line_is_a_datagram_with_its_ending() {
    let server = Datagrams::start(Habit::Echo);
    prints(&udp(server.addr(), &[]).stdin("one\ntwo\r\n\nlast").run(), "one\ntwo\r\n\nlast");
    let received = server.received();
    assert_eq!(received, [&b"one\n"[..], b"two\r\n", b"\n", b"last"]);
}

#[test]
fn a_text_or_a_file_is_one_datagram() {
    let server = Datagrams::start(Habit::Echo);
    prints(&udp(server.addr(), &["--send", r"a\nb\n\xff"]).run(), b"a\nb\n\xff");
    let file = TempFile::new(pattern(LONGEST));
    prints(&udp(server.addr(), &["--file", file.path()]).run(), pattern(LONGEST));
    let received = server.received();
    assert_eq!(received.len(), 2, "two datagrams came");
    assert_eq!(received[1].len(), LONGEST);
}

#[test]
fn an_answer_comes_before_the_input_ends() {
    let server = Datagrams::start(Habit::Echo);
    let mut client = udp(server.addr(), &[]).open_stdin().begin();
    client.write("one\n");
    client.expect_stdout("one\n");
    client.write("two\n");
    client.expect_stdout("one\ntwo\n");
    client.end_stdin();
    prints(&client.finish(), "one\ntwo\n");
}

#[test]
fn no_input_is_no_datagram() {
    let server = Datagrams::start(Habit::Echo);
    prints(&udp(server.addr(), &[]).stdin("").run(), "");
}

#[test]
fn what_does_not_come_is_missed_by_number() {
    let server = Datagrams::start(Habit::Never);
    let end = udp(server.addr(), &["--read-timeout", "0.3"]).stdin("one\ntwo\nthree\n").run();
    fails(&end, 6, &["no reply", "3 of 3"]);
    let server = Datagrams::start(Habit::EverySecond);
    let end = udp(server.addr(), &["--read-timeout", "0.5"]).stdin("one\ntwo\nthree\n").run();
    fails(&end, 6, &["no reply", " of 3"]);
}

#[test]
fn what_comes_late_comes() {
    let server = Datagrams::start(Habit::Late(Duration::from_millis(300)));
    prints(&udp(server.addr(), &["--send", "late"]).run(), "late");
}

#[test]
fn an_answer_from_another_port_is_none() {
    let server = Datagrams::start(Habit::WrongPort);
    let end = udp(server.addr(), &["--read-timeout", "0.5", "--send", "x"]).run();
    fails(&end, 6, &["no reply", "1 of 1"]);
    assert_eq!(end.stdout, "");
}

#[test]
fn a_shorter_answer_is_an_answer() {
    let server = Datagrams::start(Habit::Truncated);
    prints(&udp(server.addr(), &["--send", "abcdef"]).run(), "abc");
    let server = Datagrams::start(Habit::Empty);
    prints(&udp(server.addr(), &["--send", "abcdef"]).run(), "");
}

#[test]
fn an_answer_too_many_is_not_waited_for() {
    let server = Datagrams::start(Habit::Twice);
    let end = udp(server.addr(), &["--send", "again"]).run();
    succeeds(&end);
    assert!(["again", "againagain"].contains(&&*end.stdout), "{end}");
}

#[test]
fn what_no_datagram_can_hold_is_refused() {
    let server = Datagrams::start(Habit::Echo);
    let line = [&vec![b'x'; LONGEST][..], b"\n"].concat();
    let end = udp(server.addr(), &[]).stdin(line).run();
    let code = end.status.code().unwrap_or(-1);
    assert!([1, 2].contains(&code), "{end}");
    fails(&end, code, &["65,507"]);
    // A line without an end is not read to the end either.
    let end = udp(server.addr(), &[]).stdin(vec![b'x'; 60_000_000]).run();
    fails(&end, code, &["65,507"]);
    let file = TempFile::new(vec![0; LONGEST + 1]);
    let end = udp(server.addr(), &["--file", file.path()]).run();
    fails(&end, code, &["65,507"]);
    assert_eq!(server.received().len(), 0);
}

#[test]
fn verbose_names_datagrams() {
    let server = Datagrams::start(Habit::Echo);
    let end = udp(server.addr(), &["--verbose", "--send", "hello"]).run();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
    assert!(
        end.stderr.contains("sent 5 of 5 bytes") && end.stderr.contains("received 5 bytes"),
        "{end}"
    );
    assert!(!end.stderr.contains("connect"), "nothing is connected\n{end}");
}

#[test]
fn datagrams_go_over_ipv6() {
    let Ok(server) = Datagrams::start_on(Ipv6Addr::LOCALHOST, Habit::Echo) else {
        return skip("this machine has no ::1");
    };
    let port = server.addr().port().to_string();
    for host in ["::1", "[::1]"] {
        prints(&client(&["--udp", "--send", "six", host, &port]).run(), "six");
    }
}

#[test]
fn a_line_that_is_too_long_does_not_lose_the_answer_to_the_one_before() {
    let server = Datagrams::start(Habit::Late(Duration::from_millis(300)));
    let lines = [b"one\n", &vec![b'x'; LONGEST + 1][..]].concat();
    let end = udp(server.addr(), &[]).stdin(lines).run();
    fails(&end, 1, &["65,507"]);
    assert_eq!(end.stdout, "one\n", "{end}");
}

#[test]
fn an_empty_answer_leaves_no_line_open() {
    let server = Datagrams::start(Habit::Empty);
    let (host, port) = (server.addr().ip().to_string(), server.addr().port().to_string());
    let script = r#"exec "$0" "$@" 2>&1"#;
    let flags = ["--udp", "--verbose", "--max-time", "0.5", "--read-timeout", "0.3"];
    let args = [&["-c", script, CLIENT], &flags[..], &[&host, &port]].concat();
    // The second reply is empty, too, and something is told behind it.
    let end = harness::Launch::new("sh").args(args).stdin("one\ntwo\n").run();
    assert!(end.stdout.contains("received 0 bytes") && !end.stdout.contains("\n\n"), "{end}");
}
