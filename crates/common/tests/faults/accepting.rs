//! The accept loop survives every error, pauses longer and longer, and serves the next connection.

use crate::conversations::{self, Conversation, without_dates};
use crate::door::{Door, ERRORS, Visit, serve, try_to_serve};
use crate::peer::{Fault, Peer};
use common::{Backoff, Connections};
use std::sync::Arc;
use std::time::Duration;

/// Lets three guests in, with `failures` before the `n`-th of them, and expects that each is served in full.
#[track_caller]
fn serves_three(conversation: &Conversation, n: usize, failures: &[i32]) -> Arc<Door> {
    let baseline = conversation.baseline();
    let guests = [(); 3].map(|()| conversation.peer());
    let mut visits: Vec<Visit> = guests.iter().cloned().map(Visit::Guest).collect();
    visits.splice(n..n, failures.iter().copied().map(Visit::Error));

    let connections = Connections::at_most(1);
    let door = Door::new(visits, &connections);
    serve(&door, &connections, conversation.service);

    let what = format!("{}, with {failures:?} before guest {n}", conversation.name);
    for (i, guest) in guests.iter().enumerate() {
        let heard = without_dates(&guest.heard());
        assert!(heard == baseline.heard, "{what}: guest {i} must hear everything, not {heard:?}");
    }
    assert_eq!(connections.drain(Duration::ZERO), 0, "{what}: every connection is off the list");
    assert_eq!(
        door.knocks(),
        3 + failures.len() + 1,
        "{what}: one accept for each guest and error"
    );
    door
}

#[test]
fn every_error_at_every_accept_is_survived() {
    for conversation in conversations::all() {
        for (_, errno) in ERRORS {
            for n in 0..=3 {
                serves_three(&conversation, n, &[errno]);
            }
        }
    }
}

#[test]
fn failures_in_a_row_are_not_a_spin_and_service_resumes() {
    let failures: Vec<i32> =
        ERRORS.iter().map(|(_, errno)| *errno).chain([libc::EMFILE; 2]).collect();
    let door = serves_three(&conversations::all()[0], 1, &failures);
    // The first accept let a guest in. Each of the next ten failed, and a pause came after it.
    let moments = &door.moments()[1..];
    for (i, pair) in moments.windows(2).take(failures.len()).enumerate() {
        let pause = Duration::from_millis(1 << i.min(8));
        let gap = pair[1] - pair[0];
        assert!(
            gap >= pause,
            "after failure {i} the next accept comes {gap:?} later, not {pause:?}"
        );
    }
}

#[test]
fn pauses_double_up_to_a_quarter_of_a_second() {
    let mut backoff = Backoff::default();
    let pauses: Vec<u128> = (0..12).map(|_| backoff.pause().as_millis()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256]);
    // A shortage may end just after a pause began: with the longest one, service still resumes within a second.
    assert!(Backoff::LONGEST * 2 < Duration::from_secs(1));
    let for_ever = (0..100_000).map(|_| backoff.pause()).max();
    assert_eq!(for_ever, Some(Backoff::LONGEST));
}

#[test]
fn a_guest_that_fails_at_any_call_costs_the_others_nothing() {
    for conversation in conversations::all() {
        let baseline = conversation.baseline();
        for n in 1..=baseline.calls.len() {
            for errno in [libc::ECONNRESET, libc::EPIPE, libc::ETIMEDOUT, libc::EIO] {
                let broken = conversation.peer().failing(n, Fault::Error(errno));
                let next = conversation.peer();
                let connections = Connections::at_most(1);
                let visits = [broken, next.clone()].map(Visit::Guest);
                serve(&Door::new(visits, &connections), &connections, conversation.service);
                let heard = without_dates(&next.heard());
                let what = format!("{}: the guest after errno {errno} at {n}", conversation.name);
                assert!(heard == baseline.heard, "{what} must hear everything, not {heard:?}");
            }
        }
    }
}

#[test]
fn a_guest_whose_handler_panics_leaves_its_place_to_the_next() {
    let request = b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let service = conversations::service(common::service::Kind::Http);
    let connections = Connections::at_most(1);
    let guest = Peer::new([crate::peer::Step::Send(request)]);
    let door = Door::new([Visit::Guest(guest.clone())], &connections);
    assert!(!try_to_serve(&door, &connections, service), "the handler of /panic panics");
    assert_eq!(connections.drain(Duration::ZERO), 0, "the connection is off the list");
    assert!(guest.is_closed(), "its socket is closed");
}
