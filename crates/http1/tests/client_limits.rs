//! The limits of a client session, its patience, and what can be seen of a response before its end.

mod support;

use http1::client::{Call, Client, ClientError, Part, Stage};
use http1::{Limits, Version};
use session::simulate::{End, Pace, Step, simulate};
use session::{Input, Session, Want};
use std::time::Duration;
use support::exchange::{OK, exchange, get, too_large};
use support::{crlf, seconds, start};

#[test]
fn every_part_has_its_limit() {
    let all = Limits::default();
    let small =
        Limits { request_line: 30, field_block: 40, field_count: 3, body: 20, ..Limits::default() };
    let line = |len: usize| format!("HTTP/1.1 200 {}↵Content-Length: 0↵↵", "r".repeat(len - 13));
    let block = |len: usize| format!("{OK}Content-Length: 0↵A: {}↵↵", "v".repeat(len - 24));
    let count = |n: usize| format!("{OK}Content-Length: 0↵{}↵", "A:↵".repeat(n - 1));
    let length = |n: usize| format!("{OK}Content-Length: {n}↵↵{}", "b".repeat(n));
    let chunks = |n: usize| {
        let (half, rest) = ("b".repeat(n / 2), "b".repeat(n - n / 2));
        let frames = format!("{:x}↵{half}↵{:x}↵{rest}↵0↵↵", half.len(), rest.len());
        format!("{OK}Transfer-Encoding: chunked↵↵{frames}")
    };
    let close = |n: usize| format!("{OK}↵{}", "b".repeat(n));
    for (response, most, default, part) in [
        (&line as &dyn Fn(usize) -> String, 30, 8 * 1024, Part::StatusLine),
        (&block, 40, 64 * 1024, Part::Fields),
        (&count, 3, 100, Part::Fields),
        (&length, 20, 1 << 20, Part::Body),
        (&chunks, 20, 1 << 20, Part::Body),
        (&close, 20, 1 << 20, Part::Body),
    ] {
        for (limits, most) in [(small, most), (all, default)] {
            let fits = crlf(&response(most));
            let (result, _) = exchange("GET", &[Step::Send(&fits), Step::HalfClose], limits);
            assert!(result.is_ok(), "{most} of {part:?}: {:?}", result.unwrap_err());
            for over in [most + 1, most + 2, 3 * most] {
                let over = crlf(&response(over));
                let (result, end) = exchange("GET", &[Step::Send(&over)], limits);
                assert_eq!(result, too_large(part), "more than {most} of {part:?}");
                assert_eq!(end, End::Closed { after: Duration::ZERO });
            }
        }
    }
    // A length that is only announced is refused, and nothing is set aside for it.
    get(&format!("{OK}Content-Length: 99999999999999999999999↵↵"), too_large(Part::Body));
}

#[test]
fn patience_in_virtual_time() {
    let timed_out = |stage| Err(ClientError::TimedOut { stage });
    let ends = |script: &[Step<'_>], stage, after| {
        let outcome = exchange("GET", script, Limits::default());
        assert_eq!(outcome, (timed_out(stage), End::Closed { after }), "{script:?}");
    };
    let head = crlf(&format!("{OK}Content-Length: 1000000↵↵"));
    ends(&[], Stage::Waiting, seconds(10));
    ends(&[Step::Pause(seconds(9)), Step::Send(b"H")], Stage::Head, seconds(19));
    ends(&[Step::Send(&head)], Stage::Body, seconds(10));
    ends(&[Step::Send(&head), Step::Pause(seconds(3)), Step::Send(b"x")], Stage::Body, {
        // One byte has earned 1/16384 of a second.
        seconds(10) + Duration::from_secs_f64(1.0 / 16_384.0)
    });
    let interim: Vec<_> =
        [Step::Pause(seconds(9)), Step::Send(b"HTTP/1.1 102 Processing\r\n\r\n")].repeat(3);
    ends(&interim, Stage::Waiting, seconds(37));
    // The wait for the next head begins when an interim one is whole.
    let slow =
        [Step::Send(b"HTTP/1.1 102"), Step::Pause(seconds(4)), Step::Send(b" Processing\r\n\r\n")];
    ends(&slow, Stage::Waiting, seconds(14));
    let quick = [b'x'; 20_000];
    let steady: Vec<_> = [Step::Send(&head)]
        .into_iter()
        .chain([Step::Send(&quick), Step::Pause(seconds(1))].repeat(50))
        .collect();
    let (result, end) = exchange("GET", &steady, Limits::default());
    assert_eq!(
        (result.map(|said| said.len()), end),
        (Ok(1_000_004), End::Closed { after: seconds(49) })
    );

    // A server that takes a long request at 32 KiB a second is quick enough, one that takes 1 KiB is not.
    let call = Call::new("POST", "a", "/").unwrap().body(vec![b'x'; 1_000_000]);
    let start = start();
    for (each, enough) in [(32 * 1024, true), (1024, false)] {
        let mut client = Client::new(&call, Limits::default(), start);
        let mut at = 0;
        while let Want::Write { bytes, .. } = client.want() {
            let n = bytes.len().min(each);
            at += 1;
            client.handle(Input::Wrote(n), start + seconds(at));
            client.handle(Input::Tick, start + seconds(at));
        }
        assert_eq!(matches!(client.want(), Want::Read { .. }), enough, "after {at} s");
    }

    // A server that takes nothing of the request.
    let call = Call::new("POST", "a", "/").unwrap().body(vec![b'x'; 100]);
    let mut client = Client::new(&call, Limits::default(), start);
    let heard = simulate(&mut client, &[Step::StopReading], &Pace::bytewise(), start);
    assert_eq!(heard.end, End::Closed { after: seconds(10) });
    assert_eq!(client.finish().unwrap_err(), ClientError::TimedOut { stage: Stage::Sending });
}

#[test]
fn the_head_is_there_as_soon_as_it_has_come_and_the_body_in_parts() {
    let call = Call::get("a", "/").unwrap();
    let start = start();
    let limits = Limits { body: u64::MAX, ..Limits::default() };
    for (fields, frame) in [
        ("Content-Length: 100000000", ""),
        ("Transfer-Encoding: chunked", "5f5e100↵"),
        ("X: until close", ""),
    ] {
        let mut client = Client::new(&call, limits, start);
        client.handle(Input::Wrote(call.encode().len()), start);
        assert!(client.response().is_none());
        client.handle(
            Input::Received(&crlf(&format!("HTTP/1.0 200 Fine↵{fields}↵").replace("1.0", "1.1"))),
            start,
        );
        assert!(client.response().is_none());
        client.handle(Input::Received(&crlf(&format!("↵{frame}abc"))), start);
        let response = client.response().expect("the head has come");
        assert_eq!((response.version, response.reason()), (Version::Http11, &b"Fine"[..]));
        assert_eq!(response.head(), crlf(&format!("HTTP/1.1 200 Fine↵{fields}↵↵")));
        assert_eq!(client.take_body(), b"abc");
        assert_eq!(client.take_body(), b"");
        let (part, mut left) = ([b'x'; 10_000], 99_999_997);
        while left > 0 {
            let n = part.len().min(left);
            client.handle(Input::Received(&part[..n]), start);
            left -= client.take_body().len();
            assert!(client.held() < 32 * 1024, "{} bytes held", client.held());
        }
        match fields {
            "X: until close" => client.handle(Input::Eof, start),
            "Transfer-Encoding: chunked" => client.handle(Input::Received(b"\r\n0\r\n\r\n"), start),
            _ => {}
        }
        assert_eq!(client.want(), Want::Close);
        assert_eq!(client.finish().unwrap().body, b"");
    }
}

#[test]
fn what_came_before_an_error_can_still_be_seen() {
    let call = Call::get("a", "/").unwrap();
    let start = start();
    let mut client = Client::new(&call, Limits::default(), start);
    let script = [Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"), Step::HalfClose];
    simulate(&mut client, &script, &Pace::bytewise(), start);
    assert_eq!(client.response().unwrap().body, b"hel");
    let said = client.finish().unwrap_err().to_string();
    assert_eq!(said, "the connection ended before the last 6 bytes of the body");
}
