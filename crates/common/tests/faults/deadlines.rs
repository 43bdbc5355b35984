//! How long a peer is borne, and what the waiting costs.

use crate::conversations;
use crate::peer::{Call, Peer, Step};
use common::blocking;
use common::service::Kind;
use common::{Service as _, Standard};
use session::{Input, Session, Want};
use std::time::{Duration, Instant};

/// A patience short enough to be waited for.
const PATIENCE: Duration = Duration::from_millis(150);

/// An early timeout is half of what is left, the next one half of that, and so on down to a millisecond.
const MOST_WAITS: usize = 30;

fn impatient(kind: Kind) -> Standard {
    Standard { patience: Some(PATIENCE), ..conversations::service(kind) }
}

fn sends(bytes: &[u8]) -> Step {
    Step::Send(bytes.to_vec())
}

fn is_read_timeout(call: &Call) -> bool {
    matches!(call, Call::ReadTimeout(_))
}

fn is_write_timeout(call: &Call) -> bool {
    matches!(call, Call::WriteTimeout(_))
}

#[test]
fn a_kept_connection_costs_one_read_and_one_write_for_each_request() {
    let requests = vec![sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"); 100];
    let peer = Peer::new(requests);
    blocking::drive(&peer, &mut conversations::service(Kind::Http).session()).unwrap();
    assert_eq!(peer.count(|call| *call == Call::Read), 101, "100 requests and end-of-file");
    assert_eq!(peer.count(|call| *call == Call::Write), 100);
    assert!(
        peer.count(is_read_timeout) <= 2,
        "the timer is armed once or twice, not for each read"
    );
    assert!(peer.count(is_write_timeout) <= 2, "nor for each write");
}

#[test]
fn a_silent_peer_is_dropped_when_its_time_is_over_and_not_before() {
    for (kind, script) in [
        (Kind::Http, vec![Step::Silence]),
        (Kind::Http, vec![sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Step::Silence]),
        (Kind::Echo, vec![Step::Silence]),
        (Kind::Echo, vec![sends(b"some words"), Step::Silence]),
    ] {
        let peer = Peer::new(script.clone());
        let start = Instant::now();
        blocking::drive(&peer, &mut impatient(kind).session()).unwrap();
        let took = start.elapsed();
        assert!(took >= PATIENCE, "{kind:?}, {script:?}: it has {PATIENCE:?}, and got {took:?}");
        bounded(&peer, &format!("{kind:?}, {script:?}"));
    }
}

#[test]
fn a_peer_that_takes_nothing_is_dropped_when_its_time_is_over_and_not_before() {
    for (kind, script) in [
        (Kind::Http, vec![sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Step::Silence]),
        (Kind::Echo, vec![sends(b"some words"), Step::Silence]),
        (Kind::Hello, vec![Step::Silence]),
    ] {
        let peer = Peer::new(script.clone()).taking(0, Duration::ZERO);
        let start = Instant::now();
        blocking::drive(&peer, &mut impatient(kind).session()).unwrap();
        let took = start.elapsed();
        assert!(took >= PATIENCE, "{kind:?}, {script:?}: it has {PATIENCE:?}, and got {took:?}");
        bounded(&peer, &format!("{kind:?}, {script:?}"));
    }
}

/// However slow this machine is, the timeouts that ran out are not longer than the patience, and few.
#[track_caller]
fn bounded(peer: &Peer, what: &str) {
    let waits = peer.count(|call| matches!(call, Call::Read | Call::Write));
    assert!(waits <= MOST_WAITS, "{what}: {waits} waits for one deadline");
    let most = PATIENCE + Duration::from_millis(5);
    let waited = peer.waited();
    assert!(waited <= most, "{what}: timeouts of {waited:?} in all, the patience is {PATIENCE:?}");
}

#[test]
fn a_peer_that_drips_a_head_does_not_outrun_the_clock() {
    drips(b"GET / HTTP/1.1\r\nX: ");
}

#[test]
fn a_peer_that_drips_a_body_does_not_outrun_the_clock() {
    drips(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
}

/// A byte arrives with every read, so no read ever meets its timeout. The request has only its time all the same.
#[track_caller]
fn drips(beginning: &[u8]) {
    let drip = Step::Drip(b'x', Duration::from_micros(500));
    let peer = Peer::new([sends(beginning), drip]);
    blocking::drive(&peer, &mut impatient(Kind::Http).session()).unwrap();
    let heard = peer.heard();
    assert!(heard.starts_with(b"HTTP/1.1 408 "), "{}", heard.escape_ascii());
}

#[test]
fn a_peer_that_sips_does_not_outrun_the_clock() {
    let request = sends(b"GET /bytes/200000 HTTP/1.1\r\nHost: a\r\n\r\n");
    let peer = Peer::new([request, Step::Silence]).taking(1, Duration::from_millis(1));
    blocking::drive(&peer, &mut impatient(Kind::Http).session()).unwrap();
    let heard = peer.heard().len();
    assert!(
        heard < 50_000,
        "a reply at a byte each millisecond is given up, not sent on to {heard}"
    );
    assert_eq!(peer.calls().last(), Some(&Call::Reset), "and what is left of it is thrown away");
}

/// A session that waits for so long in each of its reads; `None` is for ever.
struct Reads(Vec<Option<Duration>>, Instant);

impl Session for Reads {
    fn want(&self) -> Want<'_> {
        match self.0.first() {
            Some(patience) => Want::Read { until: patience.map(|patience| self.1 + patience) },
            None => Want::Close,
        }
    }

    fn handle(&mut self, _: Input<'_>, now: Instant) {
        self.0.remove(0);
        self.1 = now;
    }
}

#[test]
fn the_timer_follows_what_the_session_wants() {
    let minutes = |n: u64| Some(Duration::from_secs(60 * n));
    for (wants, expected) in [
        (vec![None, None], vec![]),
        (vec![minutes(10), minutes(10)], vec![minutes(5)]),
        // A timeout that is too long would be late; one that is far too short would wake us for nothing.
        (vec![minutes(10), minutes(8), minutes(4)], vec![minutes(5), minutes(2)]),
        (vec![minutes(2), minutes(10)], vec![minutes(1), minutes(5)]),
        (vec![minutes(2), None, minutes(2)], vec![minutes(1), None, minutes(1)]),
    ] {
        let peer = Peer::new(vec![sends(b"x"); wants.len()]);
        let mut session = Reads(wants.clone(), Instant::now());
        blocking::drive(&peer, &mut session).unwrap();
        let rounded = |call: Call| match call {
            Call::ReadTimeout(timeout) => Some(timeout.map(|t| (t.as_secs_f64() / 60.0).ceil())),
            _ => None,
        };
        let set: Vec<_> = peer.calls().into_iter().filter_map(rounded).collect();
        let expected: Vec<_> = expected.iter().map(|t| t.map(|t| t.as_secs_f64() / 60.0)).collect();
        let staged = set.len() - 1;
        assert_eq!(set[..staged], expected, "the wants were {wants:?}");
    }
}
