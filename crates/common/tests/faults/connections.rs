//! The list of open connections: its room, its stop, its drain.

use crate::background::{DEADLINE, in_background};
use crate::conversations;
use crate::door::{Door, Visit};
use crate::peer::{Call, Peer, Step};
use common::service::Kind;
use common::{Acceptor, Connections, Incoming, Service as _, blocking};
use std::io;
use std::net::Shutdown;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn silent() -> Peer {
    Peer::new([Step::Silence])
}

/// How often a peer was given end-of-file.
fn ends(peer: &Peer) -> usize {
    peer.count(|call| *call == Call::Shutdown(Shutdown::Read))
}

fn waits_for_room(connections: &Connections<Peer>) -> Result<bool, RecvTimeoutError> {
    let connections = connections.clone();
    in_background(move || connections.wait_for_room()).recv_timeout(DEADLINE)
}

/// An acceptor that counts how many of the sockets it gave away are still open.
struct Census {
    door: Arc<Door>,
    guests: Vec<Peer>,
    open: Mutex<Vec<usize>>,
}

impl Acceptor for Census {
    type Stream = Peer;

    fn accept(&self) -> io::Result<Peer> {
        // One handle is in `guests`; while the script holds another one, or the server, the socket counts as open.
        let given = self.open.lock().unwrap().len().min(self.guests.len());
        let open = self.guests[..given].iter().filter(|guest| !guest.is_closed()).count();
        self.open.lock().unwrap().push(open);
        self.door.accept()
    }
}

#[test]
fn room_is_bounded_however_many_come() {
    for most in [1, 2, 7] {
        let guests: Vec<Peer> =
            (0..200).map(|_| Peer::new([Step::Send(b"some words".to_vec())])).collect();
        let connections = Connections::at_most(most);
        let door = Door::new(guests.iter().cloned().map(Visit::Guest), &connections);
        let census = Census { door, guests, open: Mutex::default() };
        let accepting = connections.clone();
        let ended = in_background(move || {
            for connection in Incoming::new(&census, &accepting) {
                let service = conversations::service(Kind::Echo);
                thread::spawn(move || blocking::drive(&connection, &mut service.session()));
            }
            (census.open.into_inner().unwrap(), census.guests)
        });
        let (open, guests) =
            ended.recv_timeout(DEADLINE).expect("room gets free again, and the loop ends");
        assert_eq!(connections.drain(DEADLINE), 0, "every conversation ends");
        assert!(
            open.iter().all(|open| *open < most),
            "with room for {most}, accept is called while fewer than {most} sockets are open: {open:?}",
        );
        assert!(guests.iter().all(|guest| guest.heard() == b"some words"), "each guest is served");
    }
}

#[test]
fn there_is_always_room_for_one() {
    let connections = Connections::at_most(0);
    assert_eq!(waits_for_room(&connections), Ok(true));
    drop(connections.admit(silent()));
    assert_eq!(waits_for_room(&connections), Ok(true));
}

#[test]
fn a_place_that_gets_free_wakes_who_waits_for_it() {
    let connections = Connections::at_most(2);
    let (first, second) = (connections.admit(silent()), connections.admit(silent()));
    let waiting = connections.clone();
    let has_room = in_background(move || waiting.wait_for_room());
    drop(first);
    assert_eq!(has_room.recv_timeout(DEADLINE), Ok(true), "there is room again");
    drop(second);
}

#[test]
fn a_connection_keeps_its_place_until_its_last_clone_is_dropped() {
    let connections = Connections::at_most(1);
    let guest = silent();
    let connection = connections.admit(guest.clone());
    let clone = connection.clone();
    drop(connection);
    assert!(!guest.is_closed(), "a clone holds the socket");
    drop(clone);
    assert!(guest.is_closed(), "nobody holds the socket");
    assert_eq!(connections.drain(Duration::ZERO), 0, "nobody is on the list");
}

#[test]
fn clones_of_the_list_are_one_list() {
    let connections = Connections::at_most(1);
    let other = connections.clone();
    let guest = silent();
    let connection = connections.admit(guest.clone());
    other.stop();
    assert!(connections.is_stopping());
    assert_eq!(waits_for_room(&connections), Ok(false), "nobody is let in any more");
    assert_eq!(ends(&guest), 1, "the guest meets end-of-file");
    assert_eq!(other.drain(Duration::ZERO), 1, "it is still there");
    drop(connection);
    assert_eq!(other.drain(Duration::ZERO), 0, "now it is gone");
}

#[test]
fn a_stop_gives_end_of_file_to_all_that_are_open() {
    let connections = Connections::at_most(10);
    let guests: Vec<Peer> = (0..10).map(|_| silent()).collect();
    let mut open: Vec<_> = guests.iter().cloned().map(|guest| connections.admit(guest)).collect();
    open.truncate(8);
    connections.stop();
    let met: Vec<usize> = guests.iter().map(ends).collect();
    assert_eq!(met, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0], "the last two were closed before the stop");
}

#[test]
fn a_connection_admitted_during_a_stop_meets_end_of_file() {
    let connections = Connections::at_most(1);
    connections.stop();
    let guest = silent();
    let connection = connections.admit(guest.clone());
    assert_eq!(ends(&guest), 1);
    assert!(
        blocking::drive(&connection, &mut conversations::service(Kind::Echo).session()).is_ok()
    );
}

#[test]
fn a_stop_while_others_come_and_go_leaves_nobody_waiting() {
    for _ in 0..50 {
        let connections = Connections::at_most(100);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let connections = connections.clone();
                thread::spawn(move || {
                    for _ in 0..5 {
                        let connection = connections.admit(silent());
                        // A silent peer's conversation ends only by the stop.
                        let service = conversations::service(Kind::Echo);
                        let _ = blocking::drive(&connection, &mut service.session());
                    }
                })
            })
            .collect();
        connections.stop();
        assert_eq!(connections.drain(DEADLINE), 0, "every conversation ends with the stop");
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

#[test]
fn a_drain_counts_and_ends_the_stragglers() {
    let connections = Connections::at_most(10);
    let guests: Vec<Peer> = (0..3).map(|_| silent()).collect();
    let open: Vec<_> = guests.iter().cloned().map(|guest| connections.admit(guest)).collect();
    assert_eq!(connections.drain(Duration::from_millis(20)), 3);
    for guest in &guests {
        assert_eq!(guest.calls(), [Call::Shutdown(Shutdown::Both)], "a straggler is cut off");
    }
    drop(open);
    assert_eq!(connections.drain(DEADLINE), 0, "nobody is left to wait for");
}

#[test]
fn a_drain_ends_with_the_last_connection() {
    let connections = Connections::at_most(10);
    let connection = connections.admit(silent());
    let draining = connections.clone();
    let drained = in_background(move || draining.drain(Duration::from_secs(3600)));
    drop(connection);
    assert_eq!(drained.recv_timeout(DEADLINE), Ok(0), "there is nobody to wait for");
}
