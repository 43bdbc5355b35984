//! How a connection ends: in stages, so that no reply is lost; at once, when there is none to lose; by a reset, when
//! the peer takes nothing.

use crate::conversations;
use crate::peer::{Call, Fault, Peer, Step};
use common::blocking::{self, LINGER, LONGEST_LINGER};
use common::service::Kind;
use common::{Connections, Service as _, Standard};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// A patience short enough to be waited for.
const PATIENCE: Duration = Duration::from_millis(60);

/// With a body: what follows a body may be a stray line ending, whatever the client says.
const LAST_REQUEST: &[u8] =
    b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwords";

fn impatient(kind: Kind) -> Standard {
    Standard { patience: Some(PATIENCE), ..conversations::service(kind) }
}

/// Holds a conversation to its good end, and returns the calls.
#[track_caller]
fn calls(peer: &Peer, service: Standard) -> Vec<Call> {
    let end = blocking::drive(peer, &mut service.session());
    assert!(end.is_ok(), "the conversation ends well, not with {end:?}");
    peer.calls()
}

/// The calls from the first that ends our side; all of them are about closing.
#[track_caller]
fn closing(calls: &[Call]) -> &[Call] {
    let ends_our_side = |call: &Call| *call == Call::Shutdown(Shutdown::Write);
    let at = calls.iter().position(ends_our_side);
    &calls[at.unwrap_or_else(|| panic!("the server ends its side, but its calls are {calls:?}"))..]
}

fn sends(bytes: &[u8]) -> Step {
    Step::Send(bytes.to_vec())
}

#[test]
fn after_the_last_reply_our_side_ends_first_and_the_peer_is_read_to_its_end() {
    for (kind, script) in [
        (Kind::Http, vec![sends(LAST_REQUEST), sends(b"unread "), sends(b"and unasked for")]),
        (Kind::Http, vec![sends(b"no request\r\n\r\n"), sends(b"unread "), sends(b"rubbish")]),
        (Kind::Hello, vec![sends(b"the peer "), sends(b"speaks first")]),
    ] {
        let peer = Peer::new(script.clone());
        let calls = calls(&peer, impatient(kind));
        let end = closing(&calls);
        let reads = end.iter().filter(|call| **call == Call::Read).count();
        assert_eq!(
            reads, 3,
            "{kind:?}, {script:?}: two pieces and end-of-file are read in {end:?}"
        );
        assert_eq!(end.last(), Some(&Call::Read), "{kind:?}: and the end is the last of {end:?}");
        assert!(!end.contains(&Call::Write), "{kind:?}: nothing is sent after the end: {end:?}");
        assert!(
            !end.contains(&Call::Reset),
            "{kind:?}: no reset, which would take the reply along"
        );
    }
}

#[test]
fn nothing_is_staged_after_the_peers_end_of_file() {
    for (kind, script) in [
        (Kind::Http, vec![sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")]),
        (Kind::Http, vec![]),
        (Kind::Http, vec![sends(b"GET / HT")]),
        (Kind::Echo, vec![sends(b"some words")]),
        (Kind::Echo, vec![]),
    ] {
        let calls = calls(&Peer::new(script.clone()), impatient(kind));
        let staged = |call: &Call| matches!(call, Call::Shutdown(_) | Call::Reset);
        assert!(!calls.iter().any(staged), "{kind:?}, {script:?}: it is just closed: {calls:?}");
    }
}

#[test]
fn a_peer_that_says_it_sends_nothing_more_is_believed_until_it_does() {
    let last = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let calls = calls(&Peer::new([sends(last), Step::Silence]), impatient(Kind::Http));
    assert_eq!(calls.last(), Some(&Call::Write), "it is closed behind the reply: {calls:?}");

    let more = [&last[..], b"and more"].concat();
    let calls = self::calls(&Peer::new([sends(&more), Step::Silence]), impatient(Kind::Http));
    assert!(!closing(&calls).is_empty());
}

#[test]
fn at_a_stop_the_peer_is_read_until_it_is_silent_and_then_closed() {
    // Once our reading has ended, whatever comes after the end of our writing is answered by a reset.
    for (kind, script) in [
        (Kind::Http, vec![sends(LAST_REQUEST), sends(b"unread "), sends(b"and unasked for")]),
        (Kind::Hello, vec![sends(b"the peer "), sends(b"speaks first")]),
    ] {
        let connections = Connections::at_most(1);
        let peer = Peer::new(script.clone());
        let connection = connections.admit(peer.clone());
        connections.stop();
        blocking::drive(&connection, &mut impatient(kind).session()).unwrap();
        let calls = peer.calls();
        let last_write = calls.iter().rposition(|call| *call == Call::Write).expect("a reply");
        let end = &calls[last_write + 1..];
        let reads = end.iter().filter(|call| **call == Call::Read).count();
        assert!(reads >= 3, "{kind:?}, {script:?}: two pieces and silence are read in {end:?}");
        let staged = |call: &Call| matches!(call, Call::Shutdown(_) | Call::Reset);
        assert!(!end.iter().any(staged), "{kind:?}: nothing but reading before the close: {end:?}");
    }
}

#[test]
fn at_a_stop_silence_begins_with_the_last_byte_that_came() {
    let drip = Step::Drip(b'x', Duration::from_millis(1));
    let (peer, took) = stopped(Peer::new([sends(LAST_REQUEST), drip]));
    assert!(
        took >= LONGEST_LINGER,
        "a peer that never stops is read for so long, not for {took:?}"
    );
    assert!(!peer.calls().contains(&Call::Reset), "and its reply is not thrown away");
}

#[test]
fn at_a_stop_a_wait_that_ended_early_does_not_cut_the_close_short() {
    // The calls are: a timeout, the request, a timeout, the reply, and a read that is woken before its time.
    let script = || Peer::new([sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")]);
    let (usual, _) = stopped(script());
    let reply = usual.calls().iter().position(|call| *call == Call::Write).expect("a reply");
    let (peer, _) = stopped(script().failing(reply + 2, Fault::Error(libc::EAGAIN)));
    let reads = peer.calls()[reply + 1..].iter().filter(|call| **call == Call::Read).count();
    assert!(reads >= 3, "woken, end-of-file, and silence are read: {:?}", peer.calls());
}

/// Holds a conversation with a server that is stopping already. Returns how long it took, too.
#[track_caller]
fn stopped(peer: Peer) -> (Peer, Duration) {
    let connections = Connections::at_most(1);
    let connection = connections.admit(peer.clone());
    connections.stop();
    let start = Instant::now();
    blocking::drive(&connection, &mut conversations::service(Kind::Http).session()).unwrap();
    (peer, start.elapsed())
}

#[test]
fn a_peer_that_takes_nothing_is_reset() {
    for (kind, script) in [
        (Kind::Http, vec![sends(LAST_REQUEST), Step::Silence]),
        (Kind::Http, vec![sends(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Step::Silence]),
        (Kind::Echo, vec![sends(b"some words"), Step::Silence]),
        (Kind::Hello, vec![Step::Silence]),
    ] {
        let peer = Peer::new(script.clone()).taking(0, Duration::ZERO);
        let start = Instant::now();
        let calls = calls(&peer, impatient(kind));
        assert!(start.elapsed() >= PATIENCE, "{kind:?}: it is given its time");
        assert_eq!(calls.last(), Some(&Call::Reset), "{kind:?}: a reset is the last of {calls:?}");
        let staged = |call: &Call| matches!(call, Call::Shutdown(_));
        assert!(!calls.iter().any(staged), "{kind:?}: nobody waits for it any more: {calls:?}");
    }
}

#[test]
fn a_peer_that_was_stuck_for_a_while_is_not_reset() {
    // The first write meets a timeout that was not the session's, and the second one succeeds.
    let baseline = Peer::new([]);
    let first =
        calls(&baseline, impatient(Kind::Hello)).iter().position(|call| *call == Call::Write);
    let n = first.expect("hello writes") + 1;
    let peer = Peer::new([]).failing(n, Fault::Error(libc::EAGAIN));
    let calls = calls(&peer, conversations::service(Kind::Hello));
    assert_eq!(peer.heard(), b"Hello, world!");
    assert!(
        !calls.contains(&Call::Reset),
        "the greeting arrived, so it is not thrown away: {calls:?}"
    );
}

#[test]
fn a_peer_whose_silence_was_waited_for_is_closed_at_once() {
    for kind in [Kind::Http, Kind::Echo] {
        let calls = calls(&Peer::new([Step::Silence]), impatient(kind));
        let staged = |call: &Call| matches!(call, Call::Shutdown(_) | Call::Reset);
        assert!(
            !calls.iter().any(staged),
            "{kind:?}: there is no reply that it could lose: {calls:?}"
        );
    }
}

#[test]
fn a_request_that_never_gets_whole_is_answered_before_the_close() {
    let peer = Peer::new([sends(b"GET / HTTP/1.1\r\nHo"), Step::Silence]);
    let calls = calls(&peer, impatient(Kind::Http));
    assert!(peer.heard().starts_with(b"HTTP/1.1 408 "), "{}", peer.heard().escape_ascii());
    assert!(!closing(&calls).contains(&Call::Reset), "the reply is not thrown away: {calls:?}");
}

#[test]
fn the_last_reading_ends_although_the_peer_does_not() {
    for (what, last) in
        [("silent", Step::Silence), ("talkative", Step::Drip(b'x', Duration::from_millis(1)))]
    {
        let peer = Peer::new([sends(LAST_REQUEST), last]);
        let start = Instant::now();
        let calls = calls(&peer, impatient(Kind::Http));
        assert!(start.elapsed() >= LINGER, "a {what} peer gets the time to read its reply");
        let most = 50 + (LONGEST_LINGER.as_millis() as usize) * 2;
        let end = closing(&calls).len();
        assert!(
            end <= most,
            "a {what} peer is read for {LONGEST_LINGER:?} at most, that is not {end} calls"
        );
        assert!(!calls.contains(&Call::Reset), "no reset for a {what} peer");
    }
}
