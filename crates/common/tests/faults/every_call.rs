//! One connection, one fault, at each of its calls in turn: as SQLite does it, first a run without faults counts
//! the calls, and then there is one run for each of them.

use crate::conversations::{self, Baseline, Conversation, without_dates};
use crate::peer::{Call, Fault, Peer};
use common::{Connections, Service as _, blocking};
use std::io;
use std::time::Duration;

/// The peer is gone, or the socket is: nothing more can be said.
const FATAL: [(&str, i32); 5] = [
    ("ECONNRESET", libc::ECONNRESET),
    ("EPIPE", libc::EPIPE),
    // Not a timeout of ours, which is EAGAIN: the kernel sent again and again, and gave the peer up.
    ("ETIMEDOUT", libc::ETIMEDOUT),
    ("ENOTCONN", libc::ENOTCONN),
    ("EIO", libc::EIO),
];

/// Nothing happened: a signal came, or the socket's timeout passed.
const TRANSIENT: [(&str, i32); 2] = [("EINTR", libc::EINTR), ("EAGAIN", libc::EAGAIN)];

#[test]
fn an_error_at_any_call_ends_the_connection_and_nothing_else() {
    for_every_call(&FATAL.map(|(name, errno)| (name, Fault::Error(errno))), |run| run.is_fatal());
}

#[test]
fn a_signal_or_a_timeout_at_any_call_changes_no_byte() {
    let faults = TRANSIENT.map(|(name, errno)| (name, Fault::Error(errno)));
    for_every_call(&faults, |run| match run.call() {
        Call::Read | Call::Write => run.is_harmless(),
        // The kernel gives these errors only to calls that wait; if another one fails, it is for good.
        _ => run.is_fatal(),
    });
}

#[test]
fn a_short_read_or_write_at_any_call_changes_no_byte() {
    for_every_call(&[("one byte", Fault::Short)], |run| run.is_harmless());
}

#[test]
fn a_write_that_takes_nothing_is_the_end() {
    for_every_call(&[("no byte", Fault::Nothing)], |run| {
        if run.call() == Call::Write {
            run.is_fatal();
        }
    });
}

#[test]
fn a_storm_of_transient_errors_changes_no_byte() {
    for conversation in conversations::all() {
        let baseline = conversation.baseline();
        let peer = conversation.peer().in_a_storm();
        let end = blocking::drive(&peer, &mut conversation.service.session());
        assert!(end.is_ok(), "{}: in a storm drive ends well, it said {end:?}", conversation.name);
        let heard = without_dates(&peer.heard());
        assert!(
            heard == baseline.heard,
            "{}: in a storm the peer hears every byte, not {}",
            conversation.name,
            shortened(&text(&heard)),
        );
    }
}

#[test]
fn there_are_calls_of_every_kind_to_fail() {
    let calls: Vec<Call> = conversations::all()
        .iter()
        .flat_map(|conversation| conversation.baseline().calls)
        .collect();
    let has = |kind: fn(&Call) -> bool| calls.iter().any(kind);
    assert!(has(|call| *call == Call::Read), "{calls:?}");
    assert!(has(|call| *call == Call::Write), "{calls:?}");
    assert!(has(|call| matches!(call, Call::ReadTimeout(_))), "{calls:?}");
    assert!(has(|call| matches!(call, Call::WriteTimeout(_))), "{calls:?}");
    assert!(has(|call| matches!(call, Call::Shutdown(_))), "{calls:?}");
}

/// Holds every conversation once for each fault at each of its calls.
#[track_caller]
fn for_every_call(faults: &[(&'static str, Fault)], check: impl Fn(&Run<'_>)) {
    for conversation in &conversations::all() {
        let baseline = &conversation.baseline();
        for n in 1..=baseline.calls.len() {
            for (name, fault) in faults {
                check(&Run::new(conversation, baseline, n, name, *fault));
            }
        }
    }
}

/// A conversation in which the `n`-th call went wrong.
struct Run<'a> {
    conversation: &'a Conversation,
    baseline: &'a Baseline,
    n: usize,
    fault: &'a str,
    peer: Peer,
    end: io::Result<()>,
}

impl<'a> Run<'a> {
    #[track_caller]
    fn new(
        conversation: &'a Conversation,
        baseline: &'a Baseline,
        n: usize,
        name: &'a str,
        fault: Fault,
    ) -> Self {
        let peer = conversation.peer().failing(n, fault);
        let connections = Connections::at_most(1);
        let connection = connections.admit(peer.clone());
        let end = blocking::drive(&connection, &mut conversation.service.session());
        drop(connection);
        let run = Self { conversation, baseline, n, fault: name, peer, end };
        run.check("the connection is off the list", connections.drain(Duration::ZERO) == 0);
        run.check("there is room for the next one", connections.wait_for_room());
        run.check("the socket is closed", run.peer.is_closed());
        run
    }

    /// The call that went wrong.
    fn call(&self) -> Call {
        self.baseline.calls[self.n - 1]
    }

    /// The conversation went on as if nothing had happened.
    #[track_caller]
    fn is_harmless(&self) {
        self.check("drive ends well", self.end.is_ok());
        self.check("the peer hears the same bytes", self.heard() == text(&self.baseline.heard));
        // A call is made again, and before it perhaps a timeout is set anew.
        let most = self.baseline.calls.len() + 4;
        self.check("a few more calls at most", self.peer.calls().len() <= most);
    }

    /// The conversation ended there and then.
    #[track_caller]
    fn is_fatal(&self) {
        self.check("drive reports the error", self.end.is_err());
        let same = text(&self.baseline.heard).starts_with(&self.heard());
        self.check("what the peer heard is the beginning of what it should hear", same);
        let after = &self.peer.calls()[self.n..];
        let closing = |call: &Call| matches!(call, Call::Shutdown(_) | Call::Reset);
        self.check("nothing follows but what closing needs", after.iter().all(closing));
    }

    fn heard(&self) -> String {
        text(&without_dates(&self.peer.heard()))
    }

    #[track_caller]
    fn check(&self, expected: &str, holds: bool) {
        assert!(
            holds,
            "{}: call {} of {}, {:?}, met {}; expected: {expected}; \
             drive said {:?}, the calls were {:?}, the peer heard {:?}",
            self.conversation.name,
            self.n,
            self.baseline.calls.len(),
            self.call(),
            self.fault,
            self.end,
            self.peer.calls(),
            shortened(&self.heard()),
        );
    }
}

/// Bytes as text that a failure can show.
fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// The beginning and the end of a text, which are where it goes wrong.
fn shortened(text: &str) -> String {
    match text.len() {
        0..1500 => text.to_owned(),
        len => format!("{} … {}", &text[..1000], &text[len - 400..]),
    }
}
