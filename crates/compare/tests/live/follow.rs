//! `/events`: what is kept, who reads on, and who is dropped.

use super::{ask, finished, glimpse, host, page, planned, started};
use compare::live::Live;
use compare::progress::Event;
use harness::{DEADLINE, Wire, eventually};
use std::time::Duration;

/// A page that follows, and what it has heard.
pub(crate) struct Follower {
    wire: Wire,
    heard: String,
}

impl Follower {
    #[track_caller]
    pub(crate) fn new(page: &Live, fields: &str) -> Self {
        let mut wire = Wire::connect(page.addr(), DEADLINE);
        wire.send(format!("GET /events HTTP/1.1\r\n{}{fields}\r\n", host(page)));
        Self { wire, heard: String::new() }
    }

    /// Reads until it has heard this.
    #[track_caller]
    pub(crate) fn hears(&mut self, what: &str) -> &str {
        while !self.heard.contains(what) {
            let bytes = self.wire.read_once();
            assert!(!bytes.is_empty(), "it ended before {what}: {}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&bytes));
        }
        &self.heard
    }

    /// The id of the last event.
    fn last(&self) -> &str {
        let mut ids = self.heard.lines().filter_map(|line| line.strip_prefix("id: "));
        ids.next_back().expect("an event has an id")
    }
}

/// The end of a run, by which a test sees that all before it was told.
const END: &str = r#""event":"ended""#;

fn ended() -> Event {
    Event::Ended { interrupted: false }
}

#[test]
fn a_page_that_comes_late_hears_all_that_matters() {
    let page = page();
    page.tell(&planned());
    for round in 1..=3 {
        page.tell(&started("threads", round));
        for _ in 0..100 {
            page.tell(&glimpse("threads", f64::from(round) * 1000.0));
        }
        page.tell(&finished("threads", round, 5_000));
    }
    page.tell(&started("async", 1));
    page.tell(&glimpse("async", 4321.0));
    page.tell(&ended());
    let mut late = Follower::new(&page, "");
    let heard = late.hears(END);
    assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
    assert!(heard.contains("content-type: text/event-stream"), "{heard}");
    let count = |what: &str| heard.matches(what).count();
    assert_eq!(count(r#""event":"planned""#), 1);
    assert_eq!(count(r#""event":"finished""#), 3);
    assert_eq!(count(r#""event":"standing""#), 1);
    assert_eq!((count(r#""event":"started""#), count(r#""server":"async","round":1"#)), (1, 2));
    assert_eq!(count(r#""per_second":4321.0"#), 1);
    // Of what has ended the last round alone is kept, and thinned.
    assert_eq!((count(r#""per_second":1000.0"#), count(r#""per_second":2000.0"#)), (0, 0));
    assert!((1..100).contains(&count(r#""per_second":3000.0"#)));
    // No page can read a histogram.
    assert!(!heard.contains("latency\":\""), "{heard}");
    assert!(heard.contains(r#""rank":1,"ties":[],"rounds":3"#), "{heard}");
}

#[test]
fn a_page_that_comes_back_reads_on() {
    let page = page();
    page.tell(&planned());
    let mut first = Follower::new(&page, "");
    first.hears(r#""event":"wish""#);
    let last = first.last().to_owned();
    drop(first);
    page.tell(&started("threads", 1));
    page.tell(&ended());
    let mut back = Follower::new(&page, &format!("Last-Event-ID: {last}\r\n"));
    let heard = back.hears(END);
    assert!(heard.contains(r#""event":"started""#) && !heard.contains("planned"), "{heard}");
    // An id of another run at the same address is no place to read on from.
    let mut stranger = Follower::new(&page, "Last-Event-ID: 1-2\r\n");
    assert!(stranger.hears(END).contains("planned"));
}

#[test]
fn a_name_cannot_break_out_of_its_event() {
    let page = page();
    page.tell(&started("a\r\n\r\nevent: other\ndata: b\n\n", 1));
    page.tell(&ended());
    let mut follower = Follower::new(&page, "");
    let heard = follower.hears(END);
    assert!(heard.contains(r"a\r\n\r\nevent: other\ndata: b\n\n"), "{heard}");
    assert_eq!(heard.lines().filter(|line| line.starts_with("data: ")).count(), 2, "{heard}");
}

#[test]
fn a_second_plan_begins_anew() {
    let page = page();
    page.tell(&planned());
    page.tell(&started("threads", 1));
    let mut early = Follower::new(&page, "");
    early.hears("started");
    page.tell(&planned());
    page.tell(&ended());
    let mut late = Follower::new(&page, "");
    assert!(!late.hears(END).contains("started"));
    assert_eq!(early.hears(END).matches("planned").count(), 2);
}

#[test]
fn a_stop_tells_the_rest_first() {
    let page = page();
    page.tell(&planned());
    let mut follower = Follower::new(&page, "");
    follower.hears("planned");
    page.tell(&ended());
    page.stop();
    follower.hears(END);
    let rest = follower.wire.read_to_end();
    // The last chunk says that nothing is missing.
    assert!(format!("{}{}", follower.heard, String::from_utf8_lossy(&rest)).ends_with("0\r\n\r\n"));
}

#[test]
fn there_are_seats_for_so_many_and_a_stuck_page_loses_its_own() {
    let page = page();
    page.tell(&planned());
    let mut stuck: Vec<_> = (0..16).map(|_| Follower::new(&page, "")).collect();
    for follower in &mut stuck {
        follower.hears("planned");
    }
    let status = |page: &Live| {
        let mut wire = Wire::connect(page.addr(), DEADLINE);
        wire.send(format!("HEAD /events HTTP/1.1\r\n{}\r\n", host(page)));
        wire.reply("HEAD").status
    };
    assert_eq!(status(&page), 503);
    assert_eq!(ask(&page, "GET", "/", &host(&page), "").status, 200);
    // One that goes away frees its seat.
    stuck.pop();
    eventually(DEADLINE, "the seat is free", || status(&page) == 200);
    // Nobody of them reads. More is told than all buffers hold, and the run is not held up.
    let long = "x".repeat(100_000);
    let mut reader = Follower::new(&page, "");
    reader.hears("planned");
    assert_eq!(status(&page), 503);
    for round in 0..200 {
        page.tell(&finished(&long, round, 1));
    }
    page.tell(&ended());
    reader.hears(END);
    // A patience of ten seconds, and some more on a slow machine.
    eventually(Duration::from_secs(120), "the stuck ones are dropped", || status(&page) == 200);
}
