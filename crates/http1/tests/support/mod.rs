//! What the tests of this crate share: a server to talk to, every way to cut a conversation, and an eye of its own
//! for replies.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod check;
pub(crate) mod exchange;
pub(crate) mod wire;

use http1::{Body, Limits, Reply, Request, Server, Status, Version};
use session::Session;
use session::simulate::{End, Heard, Pace, Step, simulate};
use std::time::{Duration, Instant, SystemTime};

/// An origin of virtual time. Nothing depends on when it is.
#[expect(clippy::disallowed_methods, reason = "virtual time needs an origin")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

/// What the wall clock reads at the start: the date of RFC 9110's examples, and a fraction of a second.
pub(crate) fn wall() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_500)
}

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// What [`mirror`] repeats for `/bytes/N`.
pub(crate) const PATTERN: &[u8] = b"0123456789abcdefghijklm";

/// An application that says what it was asked. Every reply tells the request's method.
pub(crate) fn mirror(request: &Request<'_>) -> Reply {
    let number = |prefix| request.path.strip_prefix(prefix)?.parse::<u64>().ok();
    let code = number("/status/").filter(|code| (200..600).contains(code));
    let delay = number("/delay/").filter(|millis| *millis <= 3_600_000);
    let reply = if let Some(len) = number("/bytes/") {
        Reply::new(Status::OK, "text/plain", Body::Cycle { pattern: PATTERN, len })
    } else if let Some(code) = code {
        Reply::new(Status(code as u16), "text/plain", Body::Static(b"is this here?"))
    } else if request.path == "/echo" {
        Reply::new(Status::OK, "text/plain", Body::Owned(request.body.to_vec()))
    } else {
        let mut text = format!("{} {}", request.method, request.path);
        text += &request.query.map(|query| format!("?{query}")).unwrap_or_default();
        text += if request.version == Version::Http10 { " HTTP/1.0" } else { "" };
        if !request.body.is_empty() {
            text += &format!(" with {}", String::from_utf8_lossy(request.body));
        }
        Reply::new(Status::OK, "text/plain", Body::Owned(text.into_bytes()))
    };
    let reply = reply.with("X-Method", request.method);
    reply.after(Duration::from_millis(delay.unwrap_or(0)))
}

/// A server session in front of [`mirror`].
pub(crate) fn server(limits: Limits, start: Instant) -> impl Session {
    Watched { server: Server::new(mirror, limits, start, wall()), limits, longest_read: 0 }
}

/// A server whose memory is looked at after every input: see `http1::limits` for what it may hold.
struct Watched<A> {
    server: Server<A>,
    limits: Limits,
    longest_read: usize,
}

impl<A: http1::App> Session for Watched<A> {
    fn want(&self) -> session::Want<'_> {
        self.server.want()
    }

    fn handle(&mut self, input: session::Input<'_>, now: Instant) {
        if let session::Input::Received(bytes) = input {
            self.longest_read = self.longest_read.max(bytes.len());
        }
        self.server.handle(input, now);
        let head = self.limits.request_line + self.limits.field_block;
        let doubled = head + self.longest_read + http1::limits::OUTBOX + 1024;
        let (held, most) = (self.server.held(), 2 * doubled + self.limits.body as usize);
        assert!(held <= most, "holds {held} bytes, more than {most}");
    }
}

/// Ways to cut a conversation whose longer direction has so many bytes: every size from one byte up, for reads, for
/// writes and for both, with early ticks now and then. Of a very long one, the sizes that differ most.
pub(crate) fn every_pace(longest: usize) -> Vec<Pace> {
    const WHOLE: usize = usize::MAX;
    let (sizes, odd): (Vec<usize>, _) = match longest {
        0..=1500 => ((1..=longest).collect(), 1),
        1501..=100_000 => (vec![7, 256, 1023, 4096, 16 * 1024, longest / 2, longest - 1], 1),
        _ => (vec![1023, 4096, 65_535, longest / 2, longest - 1], 500),
    };
    let pace = |reads, writes, ticks: &[bool]| Pace {
        reads: vec![reads],
        writes: vec![writes],
        ticks: ticks.to_vec(),
    };
    let several = |sizes: &[usize]| sizes.iter().map(|size| size * odd).collect();
    let (reads, writes) = (several(&[1, 2, 3, 5, 8]), several(&[13, 1, 4]));
    let mut paces =
        vec![Pace { reads, writes, ticks: vec![true, false] }, pace(WHOLE, WHOLE, &[true])];
    for n in sizes {
        paces.push(pace(n, WHOLE, &[false]));
        paces.push(pace(WHOLE, n, &[true, false, false]));
        paces.push(pace(n, n, &[true]));
    }
    paces
}

/// Plays a script against [`mirror`] at every pace. Asserts that the bytes, the moments of their end and the end are
/// the same, that the replies parse strictly, and that they read as `outline` does (see [`wire::outline`]).
#[track_caller]
pub(crate) fn talk(script: &[Step<'_>], limits: Limits, outline: &str) -> Heard {
    let start = start();
    let whole = simulate(&mut server(limits, start), script, &Pace::whole(), start);
    let said = wire::outline(&whole.bytes);
    assert_eq!(said, outline, "\nwas said, and this was expected, to\n{}", shown(script));
    let sent = script.iter().map(|step| match step {
        Step::Send(bytes) => bytes.len(),
        _ => 0,
    });
    for pace in every_pace(sent.sum::<usize>().max(whole.bytes.len())) {
        let heard = simulate(&mut server(limits, start), script, &pace, start);
        if heard.bytes != whole.bytes || heard.end != whole.end {
            let (said, at) = (wire::outline(&heard.bytes), (heard.end, whole.end));
            panic!("at {pace:?}:\n{said}\ninstead of\n{outline}\n{at:?}, to\n{}", shown(script));
        }
    }
    whole
}

/// A script, for a person: the beginning of it.
fn shown(script: &[Step<'_>]) -> String {
    let steps = script.iter().map(|step| match step {
        Step::Send(bytes) => format!("send {:?}\n", String::from_utf8_lossy(bytes)),
        step => format!("{step:?}\n"),
    });
    steps.collect::<String>().chars().take(1000).collect()
}

/// The bytes of `text`, where `↵` stands for CR LF.
pub(crate) fn crlf(text: &str) -> Vec<u8> {
    text.replace('↵', "\r\n").into_bytes()
}

/// Sends `input` (where `↵` stands for CR LF) at once, then nothing. The server must say what `outline` says and close: at once where the last
/// reply says so, else when its patience has passed.
#[track_caller]
pub(crate) fn ask(input: &str, outline: &str) {
    let limits = Limits::default();
    let heard = talk(&[Step::Send(&crlf(input))], limits, outline);
    let at_once = outline.ends_with(", close") && !outline.contains("408");
    let after = if at_once { Duration::ZERO } else { limits.patience };
    assert_eq!(heard.end, End::Closed { after }, "the end of\n{outline}");
}

/// Sends `input` (where `↵` stands for CR LF) and end-of-file. The server must say what `outline` says and close at once.
#[track_caller]
pub(crate) fn ask_and_end(input: &str, outline: &str) {
    let input = crlf(input);
    let heard = talk(&[Step::Send(&input), Step::HalfClose], Limits::default(), outline);
    assert_eq!(heard.end, End::Closed { after: Duration::ZERO }, "the end of\n{outline}");
}
