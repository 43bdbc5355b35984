//! Any bytes, any chunking, any schedule of ticks give the same conversation.

#![expect(clippy::disallowed_methods, reason = "virtual time needs an origin")]

use proptest::prelude::*;
use session::simulate::{End, Pace, Step, simulate};
use session::{Echo, Hello, Input, Session, Want};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

fn any_pace() -> impl Strategy<Value = Pace> {
    let sizes = || prop::collection::vec(1..64usize, 1..8);
    (sizes(), sizes(), prop::collection::vec(any::<bool>(), 1..8))
        .prop_map(|(reads, writes, ticks)| Pace { reads, writes, ticks })
}

/// A peer that sends these parts with pauses shorter than the patience, and then half-closes.
fn patient_script<'a>(parts: &'a [(Vec<u8>, u64)]) -> Vec<Step<'a>> {
    parts
        .iter()
        .filter(|(bytes, _)| !bytes.is_empty())
        .flat_map(|(bytes, pause)| [Step::Send(bytes), Step::Pause(Duration::from_millis(*pause))])
        .chain([Step::HalfClose])
        .collect()
}

proptest! {
    #[test]
    fn echo_says_what_it_heard(
        parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..200), 0..59_000u64), 0..8),
        pace in any_pace(),
    ) {
        let start = Instant::now();
        let heard = simulate(&mut Echo::new(start, PATIENCE), &patient_script(&parts), &pace, start);
        let sent: Vec<u8> = parts.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        prop_assert_eq!(heard.bytes, sent);
        let closed = matches!(heard.end, End::Closed { .. });
        prop_assert!(closed);
    }

    #[test]
    fn hello_greets_whatever_the_peer_does(pace in any_pace()) {
        let start = Instant::now();
        let heard = simulate(&mut Hello::new(start, PATIENCE), &[Step::Send(b"rubbish")], &pace, start);
        prop_assert_eq!(heard.bytes, b"Hello, world!");
        prop_assert_eq!(heard.end, End::Closed { after: Duration::ZERO });
    }
}

#[test]
fn echo_drops_a_silent_peer_at_the_stated_time() {
    let start = Instant::now();
    let heard = simulate(&mut Echo::new(start, PATIENCE), &[], &Pace::bytewise(), start);
    assert_eq!(heard.end, End::Closed { after: PATIENCE });
}

#[test]
fn a_byte_now_and_then_keeps_echo_waiting() {
    let start = Instant::now();
    let script = [Step::Pause(PATIENCE - Duration::from_secs(1)), Step::Send(b"x")];
    let heard = simulate(&mut Echo::new(start, PATIENCE), &script, &Pace::whole(), start);
    assert_eq!(heard.bytes, b"x");
    assert_eq!(heard.end, End::Closed { after: PATIENCE * 2 - Duration::from_secs(1) });
}

#[test]
fn echo_does_not_read_while_it_owes_bytes() {
    let start = Instant::now();
    let mut echo = Echo::new(start, PATIENCE);
    echo.handle(Input::Received(b"abc"), start);
    echo.handle(Input::Wrote(2), start);
    assert!(matches!(echo.want(), Want::Write { bytes: b"c", .. }), "{:?}", echo.want());
}

#[test]
fn a_peer_that_never_reads_is_dropped() {
    let start = Instant::now();
    let script = [Step::StopReading, Step::Send(b"are you there?")];
    for end in [
        simulate(&mut Echo::new(start, PATIENCE), &script, &Pace::whole(), start).end,
        simulate(&mut Hello::new(start, PATIENCE), &script, &Pace::whole(), start).end,
    ] {
        assert_eq!(end, End::Closed { after: PATIENCE });
    }
}

/// A session that breaks one rule of the contract.
struct Broken(&'static str, std::cell::Cell<u32>);

impl Session for Broken {
    fn want(&self) -> Want<'_> {
        self.1.set(self.1.get() + 1);
        match self.0 {
            "fickle" if self.1.get().is_multiple_of(2) => Want::Close,
            "empty" => Want::Write { bytes: b"", until: None },
            "deaf" => Want::Sleep { until: *START },
            _ => Want::Read { until: None },
        }
    }
    fn handle(&mut self, _: Input<'_>, _: Instant) {}
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

#[test]
fn simulate_finds_a_session_that_breaks_the_contract() {
    for (fault, complaint) in [
        ("fickle", "asked twice"),
        ("empty", "at least one byte"),
        ("deaf", "a tick when due must change"),
    ] {
        let said = std::panic::catch_unwind(|| {
            simulate(&mut Broken(fault, 0.into()), &[], &Pace::whole(), *START)
        })
        .expect_err(fault);
        let said = said
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| said.downcast_ref::<&str>().map(|s| s.to_string()))
            .unwrap();
        assert!(said.contains(complaint), "{fault}: {said}");
    }
}
