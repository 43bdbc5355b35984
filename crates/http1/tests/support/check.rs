//! What must hold for any bytes whatever. The tests of `any_bytes.rs` and the fuzz targets share these checks.

use super::{seconds, server, start, wire};
use http1::client::{Call, Client};
use http1::{Limits, Response};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session, Want};
use std::time::Instant;

/// How a conversation is held: read from the first bytes of the input, the rest of which is what the peer sends.
struct Plan<'a> {
    limits: Limits,
    pace: Pace,
    script: Vec<Step<'a>>,
    /// The peer says nothing twice and says where it ends: then even the moments must not depend on the pace.
    exact: bool,
    /// What is said must not depend on the pace. It does if the peer stops reading, and if it pauses after bytes
    /// that a late reply keeps waiting: the pause begins when they are taken.
    comparable: bool,
    /// The peer takes all that it is sent, so that whole replies can be expected.
    reads: bool,
    is_head: bool,
}

impl<'a> Plan<'a> {
    fn read(data: &'a [u8]) -> Option<Self> {
        let ([flags, reads, writes, cut], bytes) = data.split_first_chunk()?;
        let is = |bit: u8| flags & 1 << bit != 0;
        let small = Limits {
            request_line: 40,
            field_block: 80,
            field_count: 4,
            body: 30,
            patience: seconds(2),
            rate: 10,
        };
        let limits = if is(0) { small } else { Limits::default() };
        let sizes = |byte: u8| vec![usize::from(byte >> 4) + 1, usize::from(byte & 15) * 7 + 1];
        let pace = Pace { reads: sizes(*reads), writes: sizes(*writes), ticks: vec![true, is(7)] };

        let (first, rest) = bytes.split_at(bytes.len() * usize::from(*cut) / 255);
        let mut script = vec![Step::Send(first)];
        if is(1) {
            script.push(Step::Pause(seconds(if is(4) { 1 } else { 12 })));
        }
        if is(2) {
            script.push(Step::StopReading);
        }
        script.push(Step::Send(rest));
        if is(3) {
            script.push(Step::HalfClose);
        }
        let script: Vec<_> =
            script.into_iter().filter(|step| !matches!(step, Step::Send([]))).collect();
        let waits = is(1) && bytes.windows(7).any(|word| word == b"/delay/");
        let (exact, comparable, reads) = (is(3) && !is(1), !is(2) && !waits, !is(2));
        Some(Self { limits, pace, script, exact, comparable, reads, is_head: is(5) })
    }
}

/// A server session keeps the contract and its memory, closes, replies strictly, and always says the same.
pub(crate) fn check_server(data: &[u8]) {
    let Some(plan) = Plan::read(data) else { return };
    let start = start();
    let talk = |pace: &Pace| {
        let heard = simulate(&mut server(plan.limits, start), &plan.script, pace, start);
        assert!(matches!(heard.end, End::Closed { .. }), "the session waits for ever");
        heard
    };
    let whole = talk(&Pace::whole());
    for pace in [&plan.pace, &Pace::bytewise()] {
        let heard = talk(pace);
        if !plan.reads {
            continue;
        }
        let [said, expected] =
            [&heard, &whole].map(|heard| final_replies(&heard.bytes, plan.exact));
        if plan.comparable {
            assert_eq!(said, expected, "at {pace:?}");
            assert!(!plan.exact || heard.end == whole.end, "at {pace:?}: {:?}", heard.end);
        }
    }
}

/// The replies but for `100 Continue`, which depends on whether the body was there already; with their dates, if
/// these are to be compared too.
fn final_replies(bytes: &[u8], dates: bool) -> Vec<wire::Found> {
    let found = wire::replies(bytes)
        .unwrap_or_else(|error| panic!("{error}, in {:?}", String::from_utf8_lossy(bytes)));
    let found = found.into_iter().filter(|reply| reply.status != 100);
    let undated = |mut reply: wire::Found| {
        reply.fields.retain(|(name, _)| dates || name != "Date");
        reply
    };
    found.map(undated).collect()
}

/// A client session keeps the contract and its memory, comes to an outcome, and it is always the same.
pub(crate) fn check_client(data: &[u8]) {
    let Some(plan) = Plan::read(data) else { return };
    let start = start();
    let method = if plan.is_head { "HEAD" } else { "GET" };
    let call = Call::new(method, "a", "/").expect("a good call");
    let ask = |pace: &Pace| {
        let client = Client::new(&call, plan.limits, start);
        let mut client = Watched { client, limits: plan.limits, longest_read: 0 };
        let heard = simulate(&mut client, &plan.script, pace, start);
        assert!(matches!(heard.end, End::Closed { .. }), "the session waits for ever");
        let client = client.client;
        let shown = client.response().map(show);
        let outcome = client.outcome().expect("an outcome, after the close").map(show);
        (shown, outcome, plan.exact.then_some(heard.end))
    };
    let whole = ask(&Pace::whole());
    // A peer that never reads never gets the request: there is nothing to compare but that.
    for pace in [&plan.pace, &Pace::bytewise()] {
        let again = ask(pace);
        assert!(
            !plan.comparable || again == whole,
            "at {pace:?}:\n{again:?}\ninstead of\n{whole:?}"
        );
    }
}

/// Everything that a response says.
fn show(response: &Response) -> (u16, Vec<u8>, Vec<u8>) {
    let fields = response.fields().iter().count();
    assert!(fields <= 100, "{fields} fields");
    (response.status.0, response.head().to_vec(), response.body.clone())
}

/// A client whose memory is looked at after every input.
struct Watched {
    client: Client,
    limits: Limits,
    longest_read: usize,
}

impl Session for Watched {
    fn want(&self) -> Want<'_> {
        self.client.want()
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        if let Input::Received(bytes) = input {
            self.longest_read = self.longest_read.max(bytes.len());
        }
        self.client.handle(input, now);
        let head = self.limits.request_line + self.limits.field_block;
        let most = 2 * (2 * head + self.longest_read + 1024) + self.limits.body as usize;
        let held = self.client.held();
        assert!(held <= most, "holds {held} bytes, more than {most}");
    }
}
