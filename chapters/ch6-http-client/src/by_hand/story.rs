//! What `--trace` tells on standard error: `>` what goes out, `<` what comes in, `*` what it means and when it was.

use super::connect::Connection;
use super::meaning;
use crate::failure::Failure;
use crate::response::Head;
use common::log::one_line;
use http1::framing::Framing;
use http1::{Call, Response};
use session::Input;
use std::fmt::Display;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Pieces of a body that are told one by one; after that, only their sum.
const PIECES: u32 = 20;

/// The story of one request, told while it happens if somebody wants to hear it.
#[derive(Debug)]
pub struct Story {
    is_told: bool,
    /// What is sent, until it is.
    request: Vec<u8>,
    sent: usize,
    begun: Instant,
    resolve: Option<Duration>,
    connect: Option<Duration>,
    first_byte: Option<Duration>,
    received: u64,
    pieces: u32,
}

impl Story {
    /// A story, told or not.
    pub fn new(is_told: bool) -> Self {
        Self {
            is_told,
            request: Vec::new(),
            sent: 0,
            begun: Instant::now(),
            resolve: None,
            connect: None,
            first_byte: None,
            received: 0,
            pieces: 0,
        }
    }

    /// Has nothing come from the server yet?
    pub fn is_silent(&self) -> bool {
        self.first_byte.is_none()
    }

    /// Says something about it.
    pub fn note(&self, what: impl Display) {
        self.line('*', what);
    }

    /// Begins a new line where the body did not end its last one: both may be on the same screen.
    pub fn end_line(&self, has_open_line: bool) {
        if self.is_told && has_open_line {
            let _ = writeln!(std::io::stderr().lock());
        }
    }

    fn line(&self, mark: char, what: impl Display) {
        if self.is_told {
            // There is nobody left to tell if this fails.
            let _ = writeln!(std::io::stderr().lock(), "{mark} {}", one_line(&what.to_string()));
        }
    }

    /// The name was looked up.
    pub fn resolved(&mut self, host: &str, addrs: &[SocketAddr], took: Duration) {
        self.resolve = Some(took);
        let ips: Vec<_> = addrs.iter().map(|addr| addr.ip().to_string()).collect();
        self.line('*', format_args!("{host} is {} ({})", ips.join(", "), ms(took)));
    }

    /// A new connection is there.
    pub fn connected(&mut self, stream: &TcpStream, addr: SocketAddr, took: Duration) {
        self.connect = Some(took);
        let from = stream.local_addr().map_or_else(|_| "?".into(), |addr| addr.to_string());
        self.line('*', format_args!("connected from {from} to {addr} ({})", ms(took)));
    }

    /// The connection is that of the request before.
    pub fn reused(&self, connection: &Connection) {
        self.line('*', format_args!("the connection to {} is still open", connection.addr));
    }

    /// The request is ready.
    pub fn begins(&mut self, call: &Call, now: Instant) {
        (self.sent, self.begun) = (0, now);
        if self.is_told {
            self.request = call.encode();
        }
        (self.first_byte, self.received, self.pieces) = (None, 0, 0);
    }

    /// What the driver reports.
    pub fn hears(&mut self, input: &Input<'_>, now: Instant) {
        match input {
            Input::Wrote(n) => {
                self.sent += n;
                if self.is_told && self.sent == self.request.len() {
                    self.tell_request();
                }
            }
            Input::Received(bytes) => {
                let since = now - self.begun;
                let is_first = self.first_byte.is_none();
                self.first_byte.get_or_insert(since);
                self.received += bytes.len() as u64;
                self.pieces += 1;
                if is_first {
                    self.line(
                        '*',
                        format_args!("the first {} bytes came after {}", bytes.len(), ms(since)),
                    );
                } else if self.pieces <= PIECES {
                    self.line('*', format_args!("{} bytes more after {}", bytes.len(), ms(since)));
                } else if self.pieces == PIECES + 1 {
                    self.note("and so on");
                }
            }
            Input::Eof => self.note("the server has ended its side"),
            Input::Tick => {}
        }
    }

    fn tell_request(&mut self) {
        let request = std::mem::take(&mut self.request);
        let end = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(request.len());
        let (head, body) = request.split_at(request.len().min(end + 4));
        self.tell_head('>', &head[..end], meaning::of_request);
        self.line('*', format_args!("sent: {} bytes, the empty line ends the head", head.len()));
        if !body.is_empty() {
            self.line('>', format_args!("[{} bytes of body]", body.len()));
        }
    }

    fn tell_head(&self, mark: char, head: &[u8], meaning: impl Fn(&str) -> Option<&'static str>) {
        for line in String::from_utf8_lossy(head).split("\r\n") {
            // A secret is not for whoever looks over the shoulder, or reads the log.
            let name = line.split_once(':').map_or("", |(name, _)| name);
            let hidden = format!("{name}: …");
            let shown = if is_secret(name) { &hidden } else { line };
            self.line(mark, shown);
            if let Some(meaning) = meaning(name) {
                self.line('*', format_args!("  {meaning}"));
            }
        }
        self.line(mark, "");
    }

    /// The head of a response, as the library shows it.
    pub fn head_of_library(&self, head: &Head) {
        let lines = head.lines();
        self.tell_head('<', lines.trim_ascii_end(), |_| None);
    }

    /// The head of the response is there.
    pub fn head(&self, response: &Response, framing: Framing) {
        let head = response.head();
        self.tell_head('<', &head[..head.len() - 4], meaning::of_response);
        self.note(match (framing, response.status.0) {
            (Framing::Length(0), 204 | 304) => {
                "there is no body: this status never has one".to_owned()
            }
            (Framing::Length(0), _) => "there is no body".into(),
            (Framing::Length(length), _) => format!("the body ends after {length} bytes"),
            (Framing::Chunked, _) => "the body ends with a chunk of length 0".into(),
            (Framing::UntilClose, _) => {
                "nothing says where the body ends, so it ends with the connection".to_owned()
            }
        });
    }

    /// It is over.
    pub fn done(&self, done: &Result<(), Failure>, is_reusable: bool, has_open_line: bool) {
        self.end_line(has_open_line);
        let after = match (done, is_reusable) {
            (Err(_), _) => "it failed",
            (Ok(()), true) => "the response is whole, and the connection can serve again",
            (Ok(()), false) => "the response is whole, and the connection ends",
        };
        self.note(after);
        let or_none = |time: Option<Duration>| time.map_or_else(|| "–".into(), ms);
        self.line(
            '*',
            format_args!(
                "look-up {}, connect {}, first byte {}, last byte {}; {} bytes in {} read{}",
                or_none(self.resolve),
                or_none(self.connect),
                or_none(self.first_byte),
                ms(self.begun.elapsed()),
                self.received,
                self.pieces,
                if self.pieces == 1 { "" } else { "s" }
            ),
        );
    }
}

/// Does a field of this name say who somebody is?
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];
    SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// Milliseconds for a person.
pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}
