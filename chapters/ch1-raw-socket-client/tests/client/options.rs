//! Raw options: what was asked, and what the kernel made of it.

use crate::run::{fails_at_length, is_sober, to};
use harness::Finished;
use harness::hostile::{Datagrams, End, Habit, Script, Server, response};
use std::io::ErrorKind;

fn ask(option: &str) -> Finished {
    let server = Server::start(Script::echo());
    let end = to(server.addr(), &["--option", option, "--send", "hello"]).run();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
    is_sober(&end);
    end
}

#[test]
fn each_option_is_reported_in_one_line() {
    for (option, shows) in [
        ("SO_RCVTIMEO=15000", &["SO_RCVTIMEO", "15,000|15000"][..]),
        ("SO_SNDTIMEO=15000", &["SO_SNDTIMEO", "15,000|15000"]),
        ("TCP_NODELAY=1", &["TCP_NODELAY", "1"]),
        ("TCP_NODELAY=0", &["TCP_NODELAY", "0"]),
        ("SO_LINGER=off", &["SO_LINGER", "off"]),
        ("SO_LINGER=3", &["SO_LINGER", "3"]),
        ("SO_KEEPALIVE=1", &["SO_KEEPALIVE", "1"]),
        ("IP_TTL=7", &["IP_TTL", "7"]),
    ] {
        let end = ask(option);
        assert_eq!(end.stderr.lines().count(), 1, "one line\n{end}");
        for text in shows {
            assert!(text.split('|').any(|form| end.stderr.contains(form)), "{text}\n{end}");
        }
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "Linux doubles")]
fn the_kernel_doubles_a_buffer() {
    for name in ["SO_RCVBUF", "SO_SNDBUF"] {
        let end = ask(&format!("{name}=10000"));
        let line = end.stderr.replace(',', "");
        assert!(line.contains("10000") && line.contains("20000"), "asked and got\n{end}");
        assert!(line.contains("doubl"), "and why\n{end}");
        // More than the machine allows is cut down, and less than the least is raised.
        let end = ask(&format!("{name}=2000000000"));
        assert!(end.stderr.contains(name), "{end}");
        let end = ask(&format!("{name}=1"));
        assert!(end.stderr.contains(name), "{end}");
    }
}

#[test]
fn options_add_up() {
    let server = Server::start(Script::echo());
    let args = ["--option", "TCP_NODELAY=1", "--option", "SO_KEEPALIVE=1", "--send", "x"];
    let end = to(server.addr(), &args).run();
    assert_eq!((end.status.code(), end.stderr.lines().count()), (Some(0), 2), "{end}");
}

#[test]
fn a_receive_timeout_in_the_kernel_takes_the_place_of_ours() {
    let server = Server::start(Script::never_answers());
    let args = ["--read-timeout", "1000", "--option", "SO_RCVTIMEO=300", "--send", "x"];
    let end = to(server.addr(), &args).run();
    fails_at_length(&end, 6, &[]);
    assert!(end.took.as_secs_f64() >= 0.3);
}

#[test]
fn lingering_for_no_time_is_a_reset() {
    let server = Server::start(Script::keeps_open(response("bye")));
    let end = to(server.addr(), &["--option", "SO_LINGER=0", "--get", "/"]).run();
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert_eq!(server.first().end, Some(End::Failed(ErrorKind::ConnectionReset)));
    let server = Server::start(Script::keeps_open(response("bye")));
    let end = to(server.addr(), &["--get", "/"]).run();
    assert_eq!(end.status.code(), Some(0), "{end}");
    assert_eq!(server.first().end, Some(End::Eof), "without it, the end is an end");
}

#[test]
fn no_receive_timeout_outlasts_the_time_for_everything() {
    for timeout in ["SO_RCVTIMEO=0", "SO_RCVTIMEO=300000"] {
        let server = Server::start(Script::never_answers());
        let args = ["--option", timeout, "--max-time", "0.5", "--send", "x"];
        fails_at_length(&to(server.addr(), &args).run(), 6, &["0.5 s in all", "nothing came"]);
    }
}

#[test]
fn a_receive_timeout_does_not_fail_when_every_datagram_is_answered() {
    let server = Datagrams::start(Habit::Echo);
    for timeout in ["SO_RCVTIMEO=15000", "SO_RCVTIMEO=0"] {
        for _ in 0..10 {
            let end = to(server.addr(), &["--udp", "--option", timeout, "--send", "x"]).run();
            assert_eq!((end.status.code(), &*end.stdout), (Some(0), "x"), "{end}");
            assert!(end.took.as_secs_f64() < 12.0, "{end}");
        }
    }
    // Nobody owes an answer while a person thinks.
    let args = ["--udp", "--option", "SO_RCVTIMEO=3000"];
    let mut client = to(server.addr(), &args).open_stdin().begin();
    client.write("one\n");
    client.expect_stdout("one\n");
    std::thread::sleep(std::time::Duration::from_millis(3300));
    client.write("two\n");
    client.expect_stdout("one\ntwo\n");
    client.end_stdin();
    assert_eq!(client.finish().status.code(), Some(0));
}
