//! Every limit: what just fits is served, one more is refused by its name, and memory stays within what is stated.

mod support;

use http1::limits::{BODY, CHUNK_LINE, FIELD_BLOCK, FIELD_COUNT, OUTBOX, REQUEST_LINE};
use http1::{Limits, Server};
use session::simulate::{Pace, Step, simulate};
use session::{Input, Session, Want};
use support::{PATTERN, crlf, mirror, start, talk, wall, wire};

const LINE: &str = "414 the request line is too long, close";
const FIELDS: &str = "431 the header fields are too many or too long, close";
const LARGE: &str = "413 the body is longer than this server takes, close";

#[track_caller]
fn says(input: &str, limits: Limits, outline: &str) {
    talk(&[Step::Send(&crlf(input))], limits, outline);
}

/// A request whose first line has so many bytes.
fn line(len: usize) -> String {
    let path = "p".repeat(len - "GET / HTTP/1.1".len());
    format!("GET /{path} HTTP/1.1↵Host: a↵↵")
}

/// A request whose header lines, with their ends, have so many bytes.
fn block(len: usize) -> String {
    let value = "v".repeat(len - "Host: a\r\nA: \r\n".len());
    format!("GET / HTTP/1.1↵Host: a↵A: {value}↵↵")
}

/// A request with so many header lines.
fn count(lines: usize) -> String {
    format!("GET / HTTP/1.1↵Host: a↵{}↵", "A: b↵".repeat(lines - 1))
}

#[test]
fn the_request_line() {
    let small = Limits { request_line: 64, ..Limits::default() };
    says(&line(64), small, &format!("200 GET /{}", "p".repeat(50)));
    says(&line(65), small, LINE);
    says(&line(500), small, LINE);
    let said = format!("200 ({} bytes)", REQUEST_LINE - " HTTP/1.1".len());
    says(&line(REQUEST_LINE), Limits::default(), &said);
    says(&line(REQUEST_LINE + 1), Limits::default(), LINE);
    // It is refused when it is too long, not when it ends.
    talk(&[Step::Send(&line(20_000).into_bytes()[..9000])], Limits::default(), LINE);
}

#[test]
fn empty_lines_before_a_request() {
    let small = Limits { request_line: 64, ..Limits::default() };
    let request = "GET / HTTP/1.1↵Host: a↵↵";
    says(&("↵".repeat(32) + request), small, "200 GET /");
    let many = "400 too many empty lines before a request, close";
    says(&("↵".repeat(33) + request), small, many);
    // Between two requests they are counted anew.
    let both = format!("{0}{request}{0}{request}", "↵".repeat(32));
    says(&both, small, "200 GET /\n200 GET /");
}

#[test]
fn the_header_block() {
    let small = Limits { field_block: 60, ..Limits::default() };
    says(&block(60), small, "200 GET /");
    for len in [61, 62, 63, 64, 300] {
        says(&block(len), small, FIELDS);
    }
    says(&block(FIELD_BLOCK), Limits::default(), "200 GET /");
    says(&block(FIELD_BLOCK + 1), Limits::default(), FIELDS);
    // Refused while it goes on, and for its size even if something else is wrong farther on.
    let endless = crlf(&block(3 * FIELD_BLOCK));
    talk(&[Step::Send(&endless[..2 * FIELD_BLOCK])], Limits::default(), FIELDS);
    says(&block(100).replace("vv↵↵", "\0↵↵"), small, FIELDS);
    says(
        &block(60).replace("vv↵↵", "v\0↵↵"),
        small,
        "400 a header's value contains a control byte, close",
    );
}

#[test]
fn the_number_of_header_lines() {
    says(&count(FIELD_COUNT), Limits::default(), "200 GET /");
    says(&count(FIELD_COUNT + 1), Limits::default(), FIELDS);
    says(&count(5000), Limits::default(), FIELDS);
    let none = Limits { field_count: 0, ..Limits::default() };
    says("GET / HTTP/1.0↵↵", none, "200 GET / HTTP/1.0, close");
    says("GET / HTTP/1.0↵A: b↵↵", none, FIELDS);
}

#[test]
fn the_body() {
    let small = Limits { body: 20, ..Limits::default() };
    let by_length = |n: usize, announced: usize| {
        let body = "x".repeat(n);
        format!("POST /echo HTTP/1.1↵Host: a↵Content-Length: {announced}↵↵{body}")
    };
    says(&by_length(20, 20), small, &format!("200 {}", "x".repeat(20)));
    says(&by_length(0, 21), small, LARGE);
    let (all, most) = (Limits::default(), BODY as usize);
    let echoed = format!("200 ({BODY} bytes)");
    says(&by_length(most, most), all, &echoed);
    says(&by_length(0, most + 1), all, LARGE);

    let chunked =
        |chunks: &str| format!("POST /echo HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵{chunks}");
    let part = |n: usize| format!("{n:x}↵{}↵", "x".repeat(n));
    let end = "0↵↵";
    says(&chunked(&(part(20) + end)), small, &format!("200 {}", "x".repeat(20)));
    says(&chunked(&(part(19) + &part(1) + end)), small, &format!("200 {}", "x".repeat(20)));
    says(&chunked(&(part(20) + &part(1) + end)), small, LARGE);
    says(&chunked("15↵"), small, LARGE);
    let half = part(most / 2);
    says(&chunked(&(half.clone() + &half + end)), all, &echoed);
    says(&chunked(&(half.clone() + &half + "1↵")), all, LARGE);
}

#[test]
fn the_frames_of_chunks() {
    let chunked =
        |frame: &str| format!("POST / HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵{frame}");
    let line = |len: usize| format!("1;{}↵x↵0↵↵", "e".repeat(len - 2));
    says(&chunked(&line(CHUNK_LINE)), Limits::default(), "200 POST / with x");
    for len in [CHUNK_LINE + 1, 4 * CHUNK_LINE] {
        says(&chunked(&line(len)), Limits::default(), "400 a chunk's size line is too long, close");
    }
    // What is wrong beyond the limit is not what is complained of, however the bytes were cut.
    let far = format!("1{}x↵", " ".repeat(2 * CHUNK_LINE));
    says(&chunked(&far), Limits::default(), "400 a chunk's size line is too long, close");
    // Trailers have the limits of a header.
    let small = Limits { field_block: 60, field_count: 3, ..Limits::default() };
    let trailer = |len: usize| format!("0↵A: {}↵↵", "v".repeat(len - 5));
    says(&chunked(&trailer(60)), small, "200 POST /");
    says(&chunked(&trailer(61)), small, FIELDS);
    // Refused when they are too long, not when they end.
    says(&chunked(&format!("0↵A: {}", "v".repeat(300))), small, FIELDS);
    says(&chunked(&format!("0↵{}↵", "A: b↵".repeat(3))), small, "200 POST /");
    says(&chunked(&format!("0↵{}↵", "A: b↵".repeat(4))), small, FIELDS);
}

#[test]
fn nothing_is_allocated_for_what_was_only_announced() {
    let start = start();
    for head in ["Content-Length: 1048576", "Transfer-Encoding: chunked"] {
        let mut server = Server::new(mirror, Limits::default(), start, wall());
        let request = crlf(&format!("POST / HTTP/1.1↵Host: a↵{head}↵↵"));
        server.handle(Input::Received(&request), start);
        if head.starts_with('T') {
            server.handle(Input::Received(b"100000\r\n"), start);
        }
        assert!(matches!(server.want(), Want::Read { .. }));
        assert!(server.held() < 4096, "{} bytes held for {head}", server.held());
    }
}

#[test]
fn no_peer_makes_the_server_hold_more_than_is_stated() {
    let echo = |fields: &str, body: &str| {
        let long = "v".repeat(FIELD_BLOCK - 200);
        crlf(&format!("POST /echo HTTP/1.1↵Host: a↵{fields}↵A: {long}↵↵{body}"))
    };
    let (body, half) = ("x".repeat(BODY as usize), "x".repeat(BODY as usize / 2));
    let start = start();
    for request in [
        echo(&format!("Content-Length: {BODY}"), &body),
        echo("Transfer-Encoding: chunked", &format!("80000↵{half}↵80000↵{half}↵0↵↵")),
    ] {
        for reads in [1000, 16 * 1024] {
            let mut server = Server::new(mirror, Limits::default(), start, wall());
            let mut most = 0;
            for part in request.chunks(reads) {
                server.handle(Input::Received(part), start);
                most = most.max(server.held());
            }
            assert!(matches!(server.want(), Want::Write { .. }));
            assert!(most <= 3 << 19, "{most} bytes held, more than 1.5 MiB");
        }
    }
}

/// Asks and asks, and never takes a byte; says how much the server held at most, and how much it offered.
fn most_held(request: &[u8], reads: usize) -> (usize, usize) {
    let start = start();
    let mut server = Server::new(mirror, Limits::default(), start, wall());
    let asked = request.repeat(4 * OUTBOX / request.len() + 1);
    for part in asked.chunks(reads) {
        if !matches!(server.want(), Want::Read { .. }) {
            break;
        }
        server.handle(Input::Received(part), start);
    }
    let Want::Write { bytes, .. } = server.want() else { panic!("{:?}", server.want()) };
    (server.held(), bytes.len())
}

#[test]
fn replies_wait_in_a_bounded_outbox() {
    for target in ["/", "/bytes/1000000000", "/bytes/70000"] {
        let request = crlf(&format!("GET {target} HTTP/1.1↵Host: a↵↵"));
        let (held, offered) = most_held(&request, 16 * 1024);
        assert!(offered <= OUTBOX + 1024, "{offered} bytes offered at once for {target}");
        assert!(held <= 2 * OUTBOX + 2 * 16 * 1024 + 4096, "{held} bytes held for {target}");
        // And all is answered, once there is room.
        let asked = request.repeat(if target == "/" { 2000 } else { 3 });
        let start = start();
        let mut server = Server::new(mirror, Limits::default(), start, wall());
        if target != "/bytes/1000000000" {
            let heard =
                simulate(&mut server, &[Step::Send(&asked)], &Pace::chunks(5000, 7001), start);
            assert_eq!(wire::replies(&heard.bytes).unwrap().len(), asked.len() / request.len());
        }
    }
}

#[test]
fn a_long_body_is_the_pattern_from_end_to_end() {
    let start = start();
    for len in [0, 1, 22, 23, 24, 46, OUTBOX - 200, OUTBOX, OUTBOX + 1, 3 * OUTBOX + 17] {
        let request = crlf(&format!("GET /bytes/{len} HTTP/1.1↵Host: a↵↵"));
        let expected: Vec<u8> = PATTERN.iter().copied().cycle().take(len).collect();
        for writes in [usize::MAX, 1, 22, 4096, 65_535] {
            let mut server = Server::new(mirror, Limits::default(), start, wall());
            let pace = Pace::chunks(usize::MAX, writes);
            let heard = simulate(&mut server, &[Step::Send(&request)], &pace, start);
            let replies = wire::replies(&heard.bytes).unwrap();
            assert!(replies[0].body == expected, "/bytes/{len} in writes of {writes}");
        }
    }
}

#[test]
fn a_short_reply_is_one_write() {
    let start = start();
    let mut server = Server::new(mirror, Limits::default(), start, wall());
    let request = crlf("GET /bytes/60000 HTTP/1.1↵Host: a↵↵");
    let heard = simulate(&mut server, &[Step::Send(&request)], &Pace::whole(), start);
    assert_eq!(heard.moments.len(), 1);
}
