//! Patience, in virtual time: who is waited for, and for how long.

mod support;

use http1::{Limits, Server};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session, Want};
use std::time::{Duration, SystemTime};
use support::{crlf, mirror, seconds, server, start, talk, wall};

const SLOW: &str = "408 the request took too long to arrive, close";
const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[track_caller]
fn ends(script: &[Step<'_>], outline: &str, after: Duration) {
    let heard = talk(script, Limits::default(), outline);
    assert_eq!(heard.end, End::Closed { after }, "the end of {script:?}");
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    ends(&[], "", seconds(10));
    ends(&[Step::Send(GET)], "200 GET /", seconds(10));
    ends(
        &[Step::Send(GET), Step::Pause(seconds(9)), Step::Send(GET)],
        "200 GET /\n200 GET /",
        seconds(19),
    );
    ends(&[Step::Send(GET), Step::Pause(seconds(11)), Step::Send(GET)], "200 GET /", seconds(10));
    // Empty lines are no request, and win no time.
    ends(&[Step::Pause(seconds(3)), Step::Send(b"\r\n\r\n")], "", seconds(13));
    let mut drip = Vec::new();
    for _ in 0..20 {
        drip.extend([Step::Send(b"\r\n"), Step::Pause(seconds(1))]);
    }
    ends(&drip, "", seconds(10));
}

#[test]
fn patience_with_a_peer_begins_when_its_reply_is_taken() {
    let start = start();
    let mut server = server(Limits::default(), start);
    server.handle(Input::Received(GET), start);
    let Want::Write { bytes, until } = server.want() else { panic!("{:?}", server.want()) };
    assert_eq!(until, Some(start + seconds(10)));
    let all = bytes.len();
    server.handle(Input::Wrote(1), start + seconds(6));
    server.handle(Input::Wrote(all - 1), start + seconds(9));
    assert_eq!(server.want(), Want::Read { until: Some(start + seconds(19)) });
}

#[test]
fn a_head_must_be_whole_ten_seconds_after_its_first_byte() {
    ends(&[Step::Send(b"G")], SLOW, seconds(10));
    ends(&[Step::Pause(seconds(9)), Step::Send(b"GET / HT")], SLOW, seconds(19));
    ends(
        &[Step::Send(GET), Step::Pause(seconds(5)), Step::Send(b"GET ")],
        &format!("200 GET /\n{SLOW}"),
        seconds(15),
    );
    // One byte a second is progress, and no excuse.
    let drip = |every: Duration| -> Vec<Step<'_>> {
        GET.chunks(1).flat_map(|byte| [Step::Send(byte), Step::Pause(every)]).collect()
    };
    ends(&drip(seconds(1)), SLOW, seconds(10));
    let quick = Duration::from_millis(300);
    ends(&drip(quick), "200 GET /", quick * (GET.len() as u32 - 1) + seconds(10));
    // The second request's head has its own ten seconds.
    let first = [Step::Send(&GET[..9]), Step::Pause(seconds(9)), Step::Send(&GET[9..])];
    let both = [&first[..], &[Step::Pause(seconds(8))], &first].concat();
    ends(&both, "200 GET /\n200 GET /", seconds(9 + 8 + 9 + 10));
}

#[test]
fn a_body_may_rest_for_ten_seconds_and_must_keep_its_rate() {
    let head = crlf("POST /echo HTTP/1.1↵Host: a↵Content-Length: 1000000↵↵");
    ends(&[Step::Send(&head)], SLOW, seconds(10));
    ends(
        &[Step::Send(&head), Step::Pause(seconds(9)), Step::Send(&[b'x'; 999_999])],
        SLOW,
        seconds(19),
    );
    // A byte now and then keeps it from resting, but is no 16 KiB/s.
    let drip: Vec<_> = [Step::Send(&head)]
        .into_iter()
        .chain([Step::Pause(seconds(2)), Step::Send(b"x")].repeat(30))
        .collect();
    let heard = talk(&drip, Limits::default(), SLOW);
    let End::Closed { after } = heard.end else { panic!("{:?}", heard.end) };
    assert!(after >= seconds(10) && after < seconds(11), "{after:?}");
    // 20 KiB a second is quick enough, however long it takes.
    let part = [b'x'; 20_000];
    let steady: Vec<_> = [Step::Send(&head)]
        .into_iter()
        .chain([Step::Send(&part), Step::Pause(seconds(1))].repeat(50))
        .collect();
    ends(&steady, "200 (1000000 bytes)", seconds(49 + 10));
    // Chunks are counted by what is in them: a frame of 200 bytes round each byte is no progress worth the name.
    let head = crlf("POST / HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵");
    let frame = crlf(&format!("1;{}↵x↵", "e".repeat(200)));
    let padded: Vec<_> = [Step::Send(&head)]
        .into_iter()
        .chain([Step::Send(&frame), Step::Pause(Duration::from_millis(10))].repeat(1500))
        .collect();
    let start = start();
    let heard = simulate(&mut server(Limits::default(), start), &padded, &Pace::whole(), start);
    assert_eq!(support::wire::outline(&heard.bytes), SLOW);
    let End::Closed { after } = heard.end else { panic!("{:?}", heard.end) };
    assert!(after < seconds(11), "{after:?}");
}

#[test]
fn a_peer_that_takes_nothing_is_dropped() {
    let request = crlf("GET /bytes/1000000000000 HTTP/1.1↵Host: a↵↵");
    let start = start();
    for pace in [Pace::whole(), Pace::chunks(1, 1), Pace::bytewise()] {
        let script = [Step::StopReading, Step::Send(&request)];
        let heard = simulate(&mut server(Limits::default(), start), &script, &pace, start);
        assert_eq!((heard.bytes.len(), heard.end), (0, End::Closed { after: seconds(10) }));
    }
    // One that takes a part and no more, too: nothing can be said to it.
    let small = crlf("GET / HTTP/1.1↵Host: a↵↵");
    let script = [Step::Send(&small), Step::Pause(seconds(4)), Step::StopReading, Step::Send(GET)];
    let heard = simulate(&mut server(Limits::default(), start), &script, &Pace::whole(), start);
    assert_eq!(heard.end, End::Closed { after: seconds(14) });
    // What it asks for meanwhile stays unread.
    let script = [Step::StopReading, Step::Send(GET), Step::Pause(seconds(1)), Step::Send(GET)];
    let heard = simulate(&mut server(Limits::default(), start), &script, &Pace::whole(), start);
    assert_eq!(heard.end, End::Closed { after: seconds(10) });
}

#[test]
fn a_reply_must_be_taken_at_its_rate() {
    let start = start();
    let request = crlf("GET /bytes/1000000 HTTP/1.1↵Host: a↵↵");
    // So many bytes each second: when, and at which byte, is the peer given up?
    let taken = |each: usize| {
        let mut server = server(Limits::default(), start);
        server.handle(Input::Received(&request), start);
        let (mut at, mut taken) = (0, 0);
        while let Want::Write { bytes, .. } = server.want() {
            let n = each.min(bytes.len());
            (at, taken) = (at + 1, taken + n);
            server.handle(Input::Wrote(n), start + seconds(at));
            server.handle(Input::Tick, start + seconds(at));
        }
        (at, taken)
    };
    // 8 KiB a second are overtaken by the 16 KiB/s that are due after the first ten seconds.
    assert_eq!(taken(1), (11, 11));
    assert_eq!(taken(8 * 1024), (20, 20 * 8 * 1024));
    assert!(taken(32 * 1024).1 > 1_000_000);
}

#[test]
fn a_reply_is_given_when_it_is_due() {
    let asked = crlf(
        "GET /0 HTTP/1.1↵Host: a↵↵GET /delay/2500 HTTP/1.1↵Host: a↵↵\
         GET /delay/1 HTTP/1.1↵Host: a↵↵GET /1 HTTP/1.1↵Host: a↵↵",
    );
    let outline = "200 GET /0\n200 GET /delay/2500\n200 GET /delay/1\n200 GET /1";
    let heard = talk(&[Step::Send(&asked)], Limits::default(), outline);
    let replies: Vec<_> =
        heard.bytes.windows(9).enumerate().filter(|(_, w)| w == b"HTTP/1.1 ").collect();
    let due = replies.iter().map(|(at, _)| heard.when(at + 1).unwrap().as_millis());
    assert_eq!(due.collect::<Vec<_>>(), [0, 2500, 2501, 2501]);
    // The one that only had to wait for another goes out with it.
    assert_eq!(heard.moments.len(), 3, "{:?}", heard.moments);
    assert_eq!(heard.end, End::Closed { after: Duration::from_millis(12_501) });
    // The dates tell when each was made: the wall clock began half a second before the next second.
    let replies = support::wire::replies(&heard.bytes).unwrap();
    let dates = replies.iter().map(|reply| reply.field("date").unwrap());
    let at = |second| format!("Sun, 06 Nov 1994 08:49:{second} GMT");
    assert!(dates.eq([at(37), at(40), at(40), at(40)]), "{replies:?}");
    // However long it takes, the peer's patience is not ours.
    let long = crlf("GET /delay/3600000 HTTP/1.1↵Host: a↵↵");
    ends(&[Step::Send(&long)], "200 GET /delay/3600000", seconds(3610));
}

#[test]
fn the_date_is_that_of_the_second() {
    let start = start();
    let first = SystemTime::UNIX_EPOCH;
    let last = first + seconds(253_402_300_799);
    let dates = |wall: SystemTime, millis: &[u64]| -> Vec<String> {
        let mut server = Server::new(mirror, Limits::default(), start, wall);
        let date = |after| {
            let now = start + Duration::from_millis(after);
            server.handle(Input::Received(GET), now);
            let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
            let (n, replies) = (bytes.len(), support::wire::replies(bytes).unwrap());
            server.handle(Input::Wrote(n), now);
            replies[0].field("date").unwrap().to_owned()
        };
        millis.iter().copied().map(date).collect()
    };
    let at = |time: &str| format!("Sun, 06 Nov 1994 {time} GMT");
    assert_eq!(
        dates(wall(), &[0, 499, 500, 1499, 1500, 22_499, 22_500, 3_622_500]),
        [
            "08:49:37", "08:49:37", "08:49:38", "08:49:38", "08:49:39", "08:49:59", "08:50:00",
            "09:50:00"
        ]
        .map(at)
    );
    // A clock that was never set, or set to where a date of this form cannot go, stops no server.
    let [birth, end] = ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"];
    assert_eq!(dates(first - seconds(5), &[0, 999]), [birth; 2]);
    assert_eq!(dates(first, &[0, 999]), [birth; 2]);
    assert_eq!(dates(last, &[0, 60_000]), [end; 2]);
    assert_eq!(dates(last + seconds(5), &[0]), [end]);
}

#[test]
fn the_limits_of_time_can_be_set() {
    let limits = Limits { patience: seconds(1), ..Limits::default() };
    let heard = talk(&[Step::Send(b"GET")], limits, SLOW);
    assert_eq!(heard.end, End::Closed { after: seconds(1) });
    // 100 bytes a second after the first second: 500 bytes have earned five more.
    let limits = Limits { patience: seconds(1), rate: 100, ..Limits::default() };
    let head = crlf("POST /echo HTTP/1.1↵Host: a↵Content-Length: 1000↵↵");
    let part = [b'x'; 50];
    let steps = |every: u64| -> Vec<Step<'_>> {
        let every = Duration::from_millis(every);
        [Step::Send(&head)]
            .into_iter()
            .chain([Step::Send(&part), Step::Pause(every)].repeat(20))
            .collect()
    };
    let heard = talk(&steps(500), limits, "200 (1000 bytes)");
    assert_eq!(heard.end, End::Closed { after: Duration::from_millis(19 * 500 + 1000) });
    talk(&steps(900), limits, SLOW);
}
