//! The accept loop ends, wherever the stop finds it.

use crate::background::{DEADLINE, in_background};
use crate::conversations::{self, Conversation, without_dates};
use crate::door::{Door, ERRORS, Visit, serve};
use crate::peer::{Call, Peer, Step};
use common::service::Kind;
use common::{Connections, Incoming, Service as _};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn at_any_accept_whatever_it_brings() {
    let errors = ERRORS.iter().map(|(_, errno)| Some(*errno));
    for outcome in errors.chain([Some(libc::EINVAL), None]) {
        for conversation in conversations::all() {
            for n in 0..3 {
                stops_at(&conversation, n, outcome);
            }
        }
    }
}

/// Lets `n` guests in; then the stop comes, and with it one more guest or an error.
#[track_caller]
fn stops_at(conversation: &Conversation, n: usize, error: Option<i32>) {
    let what = format!("{}: stop at accept {}, which brings {error:?}", conversation.name, n + 1);
    let guests: Vec<Peer> = (0..n).map(|_| conversation.peer()).collect();
    let late = conversation.peer();
    let mut visits: Vec<Visit> = guests.iter().cloned().map(Visit::Guest).collect();
    visits.push(Visit::Stop(error.map_or(Ok(late.clone()), Err)));
    let connections = Connections::at_most(1);
    let door = Door::new(visits, &connections);
    serve(&door, &connections, conversation.service);

    assert_eq!(door.knocks(), n + 1, "{what}: no accept after the stop");
    assert_eq!(connections.drain(Duration::ZERO), 0, "{what}: nobody is left");
    let expected = conversation.baseline().heard;
    for guest in &guests {
        let heard = without_dates(&guest.heard());
        assert!(heard == expected, "{what}: a guest before it hears everything, not {heard:?}");
    }
    if error.is_none() {
        let first = late.calls().first().copied();
        assert_eq!(first, Some(Call::Shutdown(Shutdown::Read)), "{what}: it meets end-of-file");
        let heard = without_dates(&late.heard());
        assert!(heard == expected, "{what}: what it had sent is answered, it heard {heard:?}");
    }
}

#[test]
fn before_the_first_accept() {
    let connections = Connections::at_most(1);
    connections.stop();
    let door = Door::new([], &connections);
    serve(&door, &connections, conversations::service(Kind::Echo));
    assert_eq!(door.knocks(), 0, "a stopped server accepts nothing");
}

#[test]
fn while_it_waits_for_room() {
    let connections = Connections::at_most(1);
    let guest = Peer::new([Step::Silence]);
    let held = connections.admit(guest.clone());
    let door = Door::new([], &connections);
    let ended = accept_in_background(&door, &connections);
    connections.stop();
    assert_eq!(ended.recv_timeout(DEADLINE), Ok(0), "the loop ends although the room is taken");
    assert_eq!(door.knocks(), 0, "it had no room, and accepted nothing");
    assert_eq!(guest.calls(), [Call::Shutdown(Shutdown::Read)], "the guest meets end-of-file");
    drop(held);
}

#[test]
fn in_a_pause_after_any_failure() {
    let once = ERRORS.iter().map(|(_, errno)| (*errno, 1));
    for (errno, n) in once.chain([2, 5, 9].map(|n| (libc::EMFILE, n))) {
        let connections = Connections::at_most(1);
        let door = Door::new(vec![Visit::Error(errno); 1000], &connections);
        let ended = accept_in_background(&door, &connections);
        let end = Instant::now() + DEADLINE;
        while door.knocks() < n {
            assert!(Instant::now() < end, "accept is called again after failure {}", door.knocks());
            thread::yield_now();
        }
        connections.stop();
        assert_eq!(ended.recv_timeout(DEADLINE), Ok(0), "the loop ends, with errno {errno}");
        assert!(door.knocks() < 1000, "it ends by the stop, not at the end of the script");
    }
}

#[test]
fn a_pause_of_an_hour_ends_with_the_stop() {
    let connections = Connections::<Peer>::at_most(1);
    let pausing = connections.clone();
    let ended = in_background(move || pausing.pause(Duration::from_secs(3600)));
    connections.stop();
    assert_eq!(ended.recv_timeout(DEADLINE), Ok(()), "a pause ends when the server stops");
}

/// Runs an accept loop that drops its guests, and reports their number when it ends.
fn accept_in_background(door: &Arc<Door>, connections: &Connections<Peer>) -> Receiver<usize> {
    let (door, connections) = (Arc::clone(door), connections.clone());
    in_background(move || Incoming::new(&*door, &connections).count())
}

#[test]
fn a_conversation_that_waits_in_a_read_ends_at_once() {
    let begun = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    for (kind, script) in [
        (Kind::Http, vec![Step::Silence]),
        (Kind::Http, vec![Step::Send(begun), Step::Silence]),
        (Kind::Echo, vec![Step::Silence]),
    ] {
        let what = format!("{kind:?} with {script:?}");
        let connections = Connections::at_most(1);
        let guest = Peer::new(script);
        let connection = connections.admit(guest.clone());
        let service = conversations::service(kind);
        let ended = in_background(move || {
            let end = common::blocking::drive(&connection, &mut service.session());
            drop(connection);
            end.is_ok()
        });
        connections.stop();
        assert_eq!(ended.recv_timeout(DEADLINE), Ok(true), "{what}: drive ends with the stop");
        assert_eq!(connections.drain(Duration::ZERO), 0, "{what}: it is off the list");
        assert!(guest.is_closed(), "{what}: its socket is closed");
    }
}
