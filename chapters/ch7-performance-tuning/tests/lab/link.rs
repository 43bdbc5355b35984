//! `lab link` before a server.

use super::lab;
use harness::{Finished, Signal};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// A server that sends back what its one client sent.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        std::io::copy(&mut &stream, &mut &stream)
    });
    addr.to_string()
}

#[test]
fn bytes_come_late_and_whole() {
    let args = ["link", "--to", &echo(), "--rate", "10M", "--delay", "40ms"];
    let mut link = lab(&args).start();
    let mut stream = TcpStream::connect(link.addr()).unwrap();
    stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    let begin = Instant::now();
    stream.write_all(b"hello").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    assert_eq!(back, b"hello");
    assert!(begin.elapsed() >= Duration::from_millis(80), "two flights of 40 ms");
    let stopped = link.stop();
    assert!(stopped.status.success(), "{stopped:?}");
}

#[test]
fn a_stop_cuts_what_is_under_way() {
    for signal in [Signal::Terminate, Signal::Interrupt] {
        let mut link = lab(&["link", "--to", &echo(), "--delay", "10s"]).start();
        let mut stream = TcpStream::connect(link.addr()).unwrap();
        stream.write_all(b"hello").unwrap();
        let stopped = link.stop_by(signal);
        assert!(stopped.status.success(), "{stopped:?}");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert_eq!(rest, b"");
    }
}

#[test]
fn a_port_that_is_taken_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let end: Finished = lab(&["link", "--addr", &at]).run();
    assert_eq!(end.status.code(), Some(1), "{end}");
    let says =
        format!("error: cannot listen on {at}: address already in use (try --addr 127.0.0.1:0)\n");
    assert_eq!(end.stderr, says, "{end}");
}
