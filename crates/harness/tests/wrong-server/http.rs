//! The demo app, with a fault for each thing that a check looks at.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::request::{self, Asked};
use crate::{echo, wrong};

/// Held by a client from its first request to its last one.
static TURN: Mutex<()> = Mutex::new(());

pub(crate) fn serve(mut stream: TcpStream, crash: bool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut ahead = Vec::new();
    let mut turn = None;
    loop {
        if ahead.is_empty() {
            turn = None;
        }
        let (head, body) = match request::next(&mut stream, &mut ahead)? {
            Asked::Request { head, body } => (head, body),
            Asked::Over => break,
            Asked::Refused(status) => {
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                )?;
                break;
            }
        };
        if wrong("mute") {
            continue;
        }
        if wrong("no-turns") && turn.is_none() {
            turn = Some(TURN.lock().unwrap_or_else(PoisonError::into_inner));
        }
        if wrong("forgets-the-rest") {
            ahead.clear();
        }
        if wrong("gone-after-half-close") && stream.set_nonblocking(true).is_ok() {
            thread::sleep(Duration::from_millis(50));
            let over = ahead.is_empty() && stream.peek(&mut [0]).is_ok_and(|n| n == 0);
            stream.set_nonblocking(false)?;
            if over {
                return Ok(());
            }
        }
        let last = head.to_ascii_lowercase().contains("close\r\n")
            || head.contains(" HTTP/1.0")
            || wrong("one-request");
        reply(&mut stream, &head, &body, crash, last)?;
        if last && !wrong("answers-after-close") {
            break;
        }
    }
    // Closing with unread input sends RST, unless the end was announced before.
    if !wrong("closes-with-rst") {
        stream.shutdown(Shutdown::Write)?;
        echo::drain(stream);
    }
    Ok(())
}

fn reply(
    stream: &mut TcpStream,
    head: &str,
    body: &[u8],
    crash: bool,
    last: bool,
) -> io::Result<()> {
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (route, number) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    let number =
        if number.bytes().all(|byte| byte.is_ascii_digit()) { number.parse().ok() } else { None };
    let mut status = "200 OK";
    let mut more = String::new();
    let mut content = b"Hello, World!".to_vec();
    match (method, route, number) {
        ("GET" | "HEAD", "", _) => {}
        ("POST", "", _) => {
            content = if wrong("drops-the-body") { Vec::new() } else { body.to_vec() }
        }
        ("DELETE" | "PUT", _, _) => {
            status = "405 Method Not Allowed";
            let allow = if route.is_empty() { "GET, HEAD, POST" } else { "GET, HEAD" };
            more = if wrong("no-allow") { String::new() } else { format!("Allow: {allow}\r\n") };
        }
        (_, "bytes", Some(n)) if wrong("one-byte-less") => content = vec![b'x'; 1_usize.max(n) - 1],
        (_, "bytes", Some(n)) if wrong("holds-replies") => content = vec![b'x'; n.min(512 << 10)],
        (_, "bytes", Some(n)) => content = vec![b'x'; n],
        (_, "delay", Some(_)) if wrong("too-early") => {}
        (_, "delay", Some(n)) => thread::sleep(Duration::from_millis(n as u64)),
        (_, "spin", Some(_)) if wrong("too-early") => {}
        // As fast as the checks of this fault allow.
        (_, "spin", Some(n)) if wrong("no-turns") => spin(n / 10),
        (_, "spin", Some(n)) if wrong("spins-for-long") => spin(n * 20),
        (_, "spin", Some(n)) => spin(n),
        (_, "panic", _) if crash && wrong("crash-ends-all") => std::process::exit(101),
        (_, "panic", _) if crash => return Err(io::Error::other("panic")),
        (_, "abort", _) if crash && wrong("survives-abort") => {
            return Err(io::Error::other("abort"));
        }
        (_, "abort", _) if crash => std::process::abort(),
        _ if wrong("everything-is-there") => {}
        _ => status = "404 Not Found",
    }
    if wrong("wrong-text") {
        content = b"Hello, Wxrld!".to_vec();
    }
    let length = match content.len() {
        n if wrong("length-too-small") => n.saturating_sub(1),
        n if wrong("length-too-large") => n + 1,
        n => n,
    };
    if !wrong("no-date") {
        more += "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    }
    if wrong("two-lengths") {
        more += &format!("Content-Length: {length}\r\n");
    }
    if last {
        more += "Connection: close\r\n";
    }
    let end = if wrong("bare-lf") { "\n" } else { "\r\n" };
    let head = format!(
        "HTTP/1.1 {status}{end}{more}Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    );
    if wrong("two-writes") {
        stream.write_all(head.as_bytes())?;
        thread::sleep(Duration::from_millis(5));
        return stream.write_all(&content);
    }
    let content = if method == "HEAD" && !wrong("body-after-head") { &[][..] } else { &content };
    stream.write_all(&[head.as_bytes(), content].concat())
}

fn spin(microseconds: usize) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(microseconds as u64) {
        std::hint::spin_loop();
    }
}
