use super::*;
use session::{Echo, Hello};

const PATIENCE: Duration = Duration::from_secs(10);

/// The step as a word, with what a test may want to know of it.
fn step<S: Session>(
    conversation: &mut Conversation<S>,
    now: Instant,
    is_stopping: bool,
) -> &'static str {
    match conversation.next(now, || is_stopping) {
        Step::Write { .. } => "write",
        Step::Read { .. } => "read",
        Step::Sleep { .. } => "sleep",
        Step::EndWriting => "end writing",
        Step::Close { reset: true } => "reset",
        Step::Close { reset: false } => "close",
    }
}

/// A conversation that has said what it has to say.
fn greeted(start: Instant) -> Conversation<Hello> {
    let mut hello = Conversation::new(Hello::new(start, PATIENCE));
    hello.handle(Input::Wrote(b"Hello, world!".len()), start);
    hello
}

#[test]
fn after_the_last_reply_our_side_ends_and_the_peer_is_read_until_it_is_silent() {
    let start = Instant::now();
    let mut hello = greeted(start);
    assert_eq!(step(&mut hello, start, false), "end writing");
    let mut now = start;
    for _ in 0..2 {
        now += LINGER - Duration::from_millis(1);
        assert_eq!(step(&mut hello, now, false), "read");
        hello.handle(Input::Received(b"late"), now);
    }
    now += LINGER;
    assert_eq!(step(&mut hello, now, false), "close");
}

#[test]
fn a_peer_that_never_stops_sending_is_read_for_so_long_and_no_longer() {
    let start = Instant::now();
    let mut hello = greeted(start);
    assert_eq!(step(&mut hello, start, false), "end writing");
    let mut now = start;
    while step(&mut hello, now, false) == "read" {
        assert!(now < start + LONGEST_LINGER);
        now += Duration::from_millis(100);
        hello.handle(Input::Received(b"more"), now);
    }
    assert_eq!((now - start, step(&mut hello, now, false)), (LONGEST_LINGER, "close"));
}

#[test]
fn at_a_stop_silence_is_counted_in_looks_and_begins_with_the_last_byte() {
    let start = Instant::now();
    let mut hello = greeted(start);
    let mut now = start;
    let mut reads = 0;
    loop {
        match step(&mut hello, now, true) {
            "read" => {
                reads += 1;
                // The machine stands still for a while before a look: that is no silence.
                now += Duration::from_millis(if reads == 5 { 1000 } else { 0 });
                let late = [usize::from(LOOKS), 2 * usize::from(LOOKS)].contains(&reads);
                hello.handle(if late { Input::Received(b"late") } else { Input::Eof }, now);
            }
            "sleep" => {
                hello.handle(Input::Tick, now);
                now += BETWEEN_LOOKS;
            }
            end => break assert_eq!(end, "close"),
        }
    }
    assert_eq!(reads, 3 * usize::from(LOOKS));
}

#[test]
fn a_peer_that_takes_nothing_is_reset_and_one_that_says_nothing_is_closed() {
    let start = Instant::now();
    let mut hello = Conversation::new(Hello::new(start, PATIENCE));
    assert_eq!(step(&mut hello, start, false), "write");
    assert_eq!(step(&mut hello, start + PATIENCE, false), "reset");

    let mut echo = Conversation::new(Echo::new(start, PATIENCE));
    assert_eq!(step(&mut echo, start, false), "read");
    assert_eq!(step(&mut echo, start + PATIENCE, false), "close");
}

#[test]
fn what_is_late_is_dealt_with_before_the_driver_waits() {
    let start = Instant::now();
    let mut echo = Conversation::new(Echo::new(start, PATIENCE));
    echo.handle(Input::Received(b"words"), start);
    assert_eq!(step(&mut echo, start + PATIENCE - Duration::from_nanos(1), false), "write");
    assert_eq!(step(&mut echo, start + PATIENCE, false), "reset");
}

#[test]
fn after_the_peers_end_nothing_is_staged() {
    let start = Instant::now();
    let mut echo = Conversation::new(Echo::new(start, PATIENCE));
    echo.handle(Input::Eof, start);
    assert_eq!(step(&mut echo, start, false), "close");
}
