//! The application behind `--service http`: each route asks one question of the server that runs it.

use http1::{App, Body, Reply, Request, Status};
use std::time::{Duration, Instant};

/// The longest `/delay`, in milliseconds.
pub const LONGEST_DELAY: u64 = 60_000;
/// The longest `/spin`, in microseconds.
pub const LONGEST_SPIN: u64 = 1_000_000;
/// The longest `/bytes`.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// What `/bytes` is made of: a reader that loses or swaps a byte can see it.
static ALPHABET: [u8; 26 * 1024] = {
    let mut letters = [0; 26 * 1024];
    let mut at = 0;
    while at < letters.len() {
        letters[at] = b'a' + (at % 26) as u8;
        at += 1;
    }
    letters
};

/// The methods of RFC 9110 section 9.3 and of RFC 5789, without CONNECT, which is for proxies.
const KNOWN_METHODS: [&str; 8] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"];

/// The demo application.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demo {
    /// May a request bring its handler, or the whole process, down (`/panic`, `/abort`)?
    pub allow_crash: bool,
}

impl App for Demo {
    fn answer(&self, request: &Request<'_>) -> Reply {
        if !KNOWN_METHODS.contains(&request.method) {
            return Reply::explain(Status::NOT_IMPLEMENTED, "this method is not known here");
        }
        let path = match request.path {
            // About the server as a whole (RFC 9112 section 3.2.4): what holds for it, holds for its root.
            "*" => "",
            path => path.strip_prefix('/').unwrap_or(path),
        };
        let (route, argument) = match path.split_once('/') {
            Some((route, argument)) => (route, Some(argument)),
            None => (path, None),
        };
        let allowed = match (route, argument) {
            ("", None) => &["GET", "HEAD", "POST", "OPTIONS"][..],
            ("delay" | "spin" | "bytes", Some(_)) => &["GET", "HEAD", "OPTIONS"],
            ("panic" | "abort", None) if self.allow_crash => &["GET", "HEAD", "OPTIONS"],
            ("panic" | "abort", None) => {
                return Reply::explain(Status::NOT_FOUND, "start the server with --allow-crash");
            }
            _ => return Reply::explain(Status::NOT_FOUND, "there is nothing at this path"),
        };
        if !allowed.contains(&request.method) {
            let allowed = allowed.join(", ");
            let why = format!("this path answers {allowed}");
            return Reply::explain(Status::METHOD_NOT_ALLOWED, &why).with("Allow", allowed);
        }
        if request.method == "OPTIONS" {
            let nothing = Reply::new(Status::NO_CONTENT, "", Body::Static(b""));
            return nothing.with("Allow", allowed.join(", "));
        }
        match (route, argument) {
            ("delay", Some(text)) => number(text, LONGEST_DELAY, |milliseconds| {
                Reply::text("done waiting\n").after(Duration::from_millis(milliseconds))
            }),
            ("spin", Some(text)) => number(text, LONGEST_SPIN, |microseconds| {
                spin(Duration::from_micros(microseconds));
                Reply::text("done computing\n")
            }),
            ("bytes", Some(text)) => number(text, MOST_BYTES, |len| {
                let body = Body::Cycle { pattern: &ALPHABET, len };
                Reply::new(Status::OK, "application/octet-stream", body)
            }),
            ("panic", None) => panic!("a client asked for /panic"),
            ("abort", None) => std::process::abort(),
            _ if request.method == "POST" => {
                let body = Body::Owned(request.body.to_vec());
                Reply::new(Status::OK, "application/octet-stream", body)
            }
            _ => Reply::text("Hello, World!"),
        }
    }
}

/// Answers with a number from the path, or says which numbers there are.
fn number(text: &str, most: u64, reply: impl FnOnce(u64) -> Reply) -> Reply {
    match text.parse() {
        Ok(n) if n <= most && text.bytes().all(|byte| byte.is_ascii_digit()) => reply(n),
        _ => Reply::explain(
            Status::BAD_REQUEST,
            &format!("the path must end in a whole number from 0 to {most}"),
        ),
    }
}

/// Keeps a core busy: what any computation looks like to the clients that wait for it.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}
