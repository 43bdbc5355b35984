//! Over TCP.

use crate::{DEADLINE, connect};
use harness::eventually;
use harness::hostile::{End, Full, Script, Server, Step, Until, response};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv6Addr, Shutdown, TcpStream};
use std::time::Duration;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Asks, and reads to the end: what came, and the error that it ended by.
fn ask(server: &Server) -> (Vec<u8>, Option<ErrorKind>) {
    let mut stream = connect(server.addr());
    stream.write_all(REQUEST).unwrap();
    let mut reply = Vec::new();
    let end = stream.read_to_end(&mut reply);
    (reply, end.err().map(|error| error.kind()))
}

#[test]
fn a_server_that_behaves_replies_and_closes() {
    let server = Server::start(Script::replies("hello"));
    assert_eq!(ask(&server), (b"hello".into(), None));
    let seen = server.first();
    assert_eq!((&seen.received[..], seen.total, seen.sent), (REQUEST, REQUEST.len() as u64, 5));
    assert_eq!(seen.end, Some(End::Eof));
    assert_eq!(ask(&server), (b"hello".into(), None), "it serves more than one");
}

#[test]
fn an_echo_returns_all_of_it() {
    let server = Server::start(Script::echo());
    let mut stream = connect(server.addr());
    let sent: Vec<u8> = (0..1_000_000_u32).map(|i| i as u8).collect();
    let received = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut all = Vec::new();
            (&stream).read_to_end(&mut all).map(|_| all)
        });
        (&stream).write_all(&sent).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        reader.join().unwrap().unwrap()
    });
    assert!(received == sent);
    stream.flush().unwrap();
    assert_eq!(server.first().total, 1_000_000);
}

#[test]
fn a_split_reply_comes_in_pieces_of_that_length() {
    for (cut, wanted) in [(1, &[1; 10][..]), (2, &[2; 5]), (7, &[7, 3])] {
        // A kernel that is late to deliver may join two pieces, but not for ever.
        eventually(DEADLINE, "each piece comes alone", || pieces(cut) == wanted);
    }
}

/// How many bytes each read gets of a reply that is ten bytes long.
fn pieces(cut: usize) -> Vec<usize> {
    let server = Server::start(Script::split("0123456789", cut));
    let mut stream = connect(server.addr());
    stream.write_all(REQUEST).unwrap();
    let read = |_| stream.read(&mut [0; 64]).unwrap();
    let lengths: Vec<usize> = std::iter::repeat(()).map(read).take_while(|&n| n > 0).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 10);
    lengths
}

#[test]
fn a_slow_reply_takes_its_time() {
    let pause = Duration::from_millis(20);
    let server = Server::start(Script::slow("0123456789", 1, pause));
    let start = std::time::Instant::now();
    assert_eq!(ask(&server).0, b"0123456789");
    assert!(start.elapsed() >= pause * 9, "{:?}", start.elapsed());
}

#[test]
fn half_a_reply_is_followed_by_a_reset_or_by_the_end() {
    let server = Server::start(Script::reset_after_half("0123456789"));
    assert_eq!(ask(&server), (b"01234".into(), Some(ErrorKind::ConnectionReset)));
    let server = Server::start(Script::close_after_half("0123456789"));
    assert_eq!(ask(&server), (b"01234".into(), None));
}

#[test]
fn a_server_that_never_answers_takes_everything() {
    let server = Server::start(Script::never_answers());
    let mut stream = connect(server.addr());
    stream.write_all(&vec![0; 10_000_000]).unwrap();
    eventually(DEADLINE, "it has read all", || server.seen()[0].total == 10_000_000);
    assert_eq!(server.seen()[0].received.len(), 1 << 20, "it keeps the first mebibyte");
    stream.set_nonblocking(true).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_server_that_never_reads_lets_the_buffers_fill() {
    let server = Server::start(Script::never_reads());
    let mut stream = connect(server.addr());
    stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let error = stream.write_all(&vec![0; 100_000_000]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    assert_eq!(server.seen()[0].total, 0);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "a full backlog refuses elsewhere")]
fn a_full_server_lets_nobody_in() {
    let full = Full::start();
    let error = TcpStream::connect_timeout(&full.addr(), Duration::from_millis(200)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[test]
fn an_endless_reply_has_no_end() {
    for script in [Script::endless_reply("HTTP/1.1 200 OK\r\n\r\n"), Script::endless_head()] {
        let server = Server::start(script);
        let mut stream = connect(server.addr());
        stream.write_all(REQUEST).unwrap();
        let mut start = [0; 17];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK\r\n");
        std::io::copy(&mut (&stream).take(30_000_000), &mut std::io::sink()).unwrap();
        drop(stream);
        // Our leaving ends it: with unread input, by a reset.
        assert!(matches!(server.first().end, Some(End::Failed(_))));
    }
}

#[test]
fn garbage_is_no_http() {
    let (reply, end) = ask(&Server::start(Script::garbage()));
    assert!(end.is_none() && !reply.starts_with(b"HTTP/") && str::from_utf8(&reply).is_err());
}

#[test]
fn an_answer_to_an_unread_request_ends_in_a_reset() {
    let server = Server::start(Script::answers_unread("hello"));
    assert_eq!(ask(&server), (b"hello".into(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(server.first().total, 1);
}

#[test]
fn a_reply_can_leave_the_connection_open() {
    let server = Server::start(Script::keeps_open(response("hi")));
    let mut stream = connect(server.addr());
    stream.write_all(REQUEST).unwrap();
    let mut reply = vec![0; response("hi").len()];
    stream.read_exact(&mut reply).unwrap();
    assert!(reply.ends_with(b"Content-Length: 2\r\n\r\nhi"));
    stream.set_nonblocking(true).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn each_connection_can_have_a_script_of_its_own() {
    let server = Server::in_turn(vec![Script::replies("one"), Script::replies("more")]);
    let replies: Vec<_> = (0..3).map(|_| ask(&server).0).collect();
    assert_eq!(replies, [&b"one"[..], b"more", b"more"]);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_kept_connection_ends_at_the_second_request() {
    let (first, second) = (response("a"), response("bc"));
    for reset in [false, true] {
        let script = Script::answers_each([&first, &second]).then(Step::Read(Until::Head));
        let script = if reset { script.then(Step::Reset) } else { script };
        let server = Server::start(script);
        let mut stream = connect(server.addr());
        for reply in [&first, &second] {
            stream.write_all(REQUEST).unwrap();
            let mut got = vec![0; reply.len()];
            stream.read_exact(&mut got).unwrap();
            assert_eq!(&got, reply);
        }
        stream.write_all(REQUEST).unwrap();
        let end = stream.read(&mut [0]).map_err(|error| error.kind());
        assert_eq!(end, if reset { Err(ErrorKind::ConnectionReset) } else { Ok(0) });
    }
}

#[test]
fn a_script_can_wait_for_other_things_than_a_head() {
    for (script, question) in [
        (Script::replies("yes").after(Until::Line), "well?\n"),
        (Script::replies("yes").after(Until::Bytes(3)), "abc"),
        (Script::replies("yes").at_once(), ""),
    ] {
        let server = Server::start(script);
        let mut stream = connect(server.addr());
        stream.write_all(question.as_bytes()).unwrap();
        let mut reply = [0; 3];
        stream.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"yes");
    }
    let server = Server::start(Script::new([Step::Read(Until::End), Step::Write(b"bye".into())]));
    let mut stream = connect(server.addr());
    stream.write_all(b"all of it").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert_eq!((&*reply, &server.first().received[..]), ("bye", &b"all of it"[..]));
}

#[test]
fn dropping_a_server_ends_its_connections() {
    for script in [Script::never_answers(), Script::never_reads(), Script::echo()] {
        let server = Server::start(script);
        let mut stream = connect(server.addr());
        eventually(DEADLINE, "it is accepted", || server.seen().len() == 1);
        let addr = server.addr();
        drop(server);
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
        eventually(DEADLINE, "the port is closed", || TcpStream::connect(addr).is_err());
    }
}

#[test]
fn a_server_can_listen_on_ipv6() {
    let Ok(server) = Server::start_on(Ipv6Addr::LOCALHOST, Script::split("hello", 2)) else {
        let _ = writeln!(std::io::stderr(), "skipped: this machine has no ::1");
        return;
    };
    assert!(server.addr().is_ipv6());
    assert_eq!(ask(&server), (b"hello".into(), None));
}
