//! Fairness: one client that sends many requests at once does not keep the server from looking after the others.

mod support;

use http1::limits::{BATCH, OUTBOX};
use http1::{App, Limits, Reply, Request, Server};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session, Want};
use std::cell::Cell;
use std::time::{Duration, Instant};
use support::{crlf, every_pace, mirror, seconds, start, wall, wire};

const REQUESTS: usize = 100;
const MOST: usize = BATCH as usize;

/// An application that counts how often it is called.
struct Counting<'a> {
    calls: &'a Cell<usize>,
}

impl App for Counting<'_> {
    fn answer(&self, request: &Request<'_>) -> Reply {
        self.calls.set(self.calls.get() + 1);
        mirror(request)
    }
}

/// A server that is asked after every input how often the application was called for it.
struct Watched<'a> {
    server: Server<Counting<'a>>,
    calls: &'a Cell<usize>,
    most: usize,
}

impl<'a> Watched<'a> {
    fn new(calls: &'a Cell<usize>, start: Instant) -> Self {
        calls.set(0);
        let server = Server::new(Counting { calls }, Limits::default(), start, wall());
        Self { server, calls, most: 0 }
    }
}

impl Session for Watched<'_> {
    fn want(&self) -> Want<'_> {
        self.server.want()
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        let before = self.calls.get();
        self.server.handle(input, now);
        let calls = self.calls.get() - before;
        assert!(calls <= MOST, "one input called the application {calls} times");
        self.most = self.most.max(calls);
    }
}

/// The nth of many requests: with a body now and then, and two of them answered later.
fn request(n: usize) -> String {
    match n {
        20 | 32 => format!("GET /delay/{n} HTTP/1.1↵Host: a↵↵"),
        _ if n % 7 == 3 => format!("POST /{n} HTTP/1.1↵Host: a↵Content-Length: 2↵↵hi"),
        _ if n % 7 == 5 => {
            format!("↵PUT /{n} HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵2↵hi↵0↵↵")
        }
        _ => format!("GET /{n} HTTP/1.1↵Host: a↵↵"),
    }
}

fn outline(n: usize) -> String {
    match n {
        20 | 32 => format!("200 GET /delay/{n}"),
        _ if n % 7 == 3 => format!("200 POST /{n} with hi"),
        _ if n % 7 == 5 => format!("200 PUT /{n} with hi"),
        _ => format!("200 GET /{n}"),
    }
}

#[test]
fn at_any_pace_all_is_answered_in_order_a_batch_at_a_time() {
    let start = start();
    let asked = crlf(&(0..REQUESTS).map(request).collect::<String>());
    let expected = (0..REQUESTS).map(outline).collect::<Vec<_>>().join("\n");
    let calls = Cell::new(0);
    let mut server = Watched::new(&calls, start);
    let whole = simulate(&mut server, &[Step::Send(&asked)], &Pace::whole(), start);
    assert_eq!(wire::outline(&whole.bytes), expected);
    assert_eq!((server.most, calls.get()), (MOST, REQUESTS));
    assert_eq!(whole.end, End::Closed { after: seconds(10) + Duration::from_millis(20 + 32) });

    let cut = (1..=asked.len()).map(|n| Pace::chunks(n, usize::MAX));
    let cut = cut.chain((1..1500).map(|n| Pace::chunks(usize::MAX, n)));
    for pace in cut.chain(every_pace(asked.len())) {
        let mut server = Watched::new(&calls, start);
        let heard = simulate(&mut server, &[Step::Send(&asked)], &pace, start);
        assert!(heard.bytes == whole.bytes, "other bytes at {pace:?}");
        assert_eq!((heard.end, calls.get()), (whole.end, REQUESTS), "at {pace:?}");
    }
}

#[test]
fn the_next_batch_follows_when_the_one_before_is_sent() {
    let start = start();
    let calls = Cell::new(0);
    let mut server = Watched::new(&calls, start);
    let get = |n| format!("GET /{n} HTTP/1.1↵Host: a↵↵");
    let asked = crlf(&(0..REQUESTS).map(get).collect::<String>());
    server.handle(Input::Received(&asked), start);
    let mut answered = 0;
    // A batch is one write, and its last byte brings the next one.
    for batch in [MOST, MOST, MOST, MOST, MOST, MOST, REQUESTS % MOST] {
        answered += batch;
        let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
        let (n, replies) = (bytes.len(), wire::replies(bytes).unwrap());
        assert_eq!((calls.get(), replies.len()), (answered, batch));
        server.handle(Input::Wrote(n - 1), start);
        let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
        assert_eq!(bytes.len(), 1);
        assert_eq!(calls.get(), answered);
        server.handle(Input::Wrote(1), start);
    }
    assert_eq!(answered, REQUESTS);
    assert_eq!(server.want(), Want::Read { until: Some(start + seconds(10)) });
    // A whole batch that is the last leaves nothing behind either.
    server.handle(Input::Received(&crlf(&get(0).repeat(MOST))), start);
    let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
    let n = bytes.len();
    server.handle(Input::Wrote(n), start);
    assert_eq!(server.want(), Want::Read { until: Some(start + seconds(10)) });
    assert_eq!((calls.get(), server.server.held()), (REQUESTS + MOST, 0));
}

#[test]
fn a_refusal_and_a_close_wait_their_turn() {
    let start = start();
    let calls = Cell::new(0);
    let many = "GET / HTTP/1.1↵Host: a↵↵".repeat(2 * MOST);
    for (last, said) in [
        ("GET / HTTP/1.1↵↵", "400 HTTP/1.1 demands a Host header, close"),
        ("GET / HTTP/1.1↵Host: a↵Connection: close↵↵", "200 GET /, close"),
    ] {
        let asked = crlf(&format!("{many}{last}{many}"));
        let expected = "200 GET /\n".repeat(2 * MOST) + said;
        for pace in every_pace(asked.len()) {
            let mut server = Watched::new(&calls, start);
            let heard = simulate(&mut server, &[Step::Send(&asked)], &pace, start);
            assert_eq!(wire::outline(&heard.bytes), expected, "at {pace:?}");
            assert_eq!(heard.end, End::Closed { after: Duration::ZERO });
        }
    }
}

#[test]
fn long_replies_fill_the_outbox_before_the_batch_is_full() {
    let start = start();
    let calls = Cell::new(0);
    let app = |_: &Request<'_>| {
        calls.set(calls.get() + 1);
        Reply::text("").with("X-Long", "v".repeat(OUTBOX / 4))
    };
    let mut server = Server::new(app, Limits::default(), start, wall());
    let get = crlf("GET / HTTP/1.1↵Host: a↵↵");
    server.handle(Input::Received(&get.repeat(9)), start);
    for answered in [4, 8, 9] {
        assert_eq!(calls.get(), answered);
        let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
        let n = bytes.len();
        server.handle(Input::Wrote(n), start);
    }
    assert!(matches!(server.want(), Want::Read { .. }));
}
