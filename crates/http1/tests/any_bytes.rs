//! Whatever the peer sends: no panic, the contract kept, the same conversation however it is cut, replies that parse,
//! memory within its bounds. The checks are those of the fuzz targets, see `fuzz/README.md`.

mod differential;
mod support;

use differential::cases;
use differential::heads::{mutated, request_head, requests, response_head};
use proptest::prelude::*;
use proptest::sample::select;
use support::check::{check_client, check_server};
use support::crlf;

/// What real clients send, and what is awkward in one way or another.
const REQUESTS: [&str; 12] = [
    "GET / HTTP/1.1↵Host: localhost:8080↵User-Agent: curl/8.14.1↵Accept: */*↵↵",
    "POST /echo HTTP/1.1↵Host: localhost↵User-Agent: curl/8.14.1↵Content-Length: 11↵\
     Content-Type: application/x-www-form-urlencoded↵↵a=b&c=d&e=f",
    "GET /x HTTP/1.1↵Accept-Encoding: identity↵Host: a↵User-Agent: Python-urllib/3.13↵Connection: close↵↵",
    "GET /status/204 HTTP/1.1↵Host: a↵Connection: keep-alive↵Cookie: a=b; c=d↵Sec-Fetch-Mode: navigate↵↵",
    "GET /bytes/300 HTTP/1.0↵Host: a↵User-Agent: ApacheBench/2.3↵Accept: */*↵Connection: Keep-Alive↵↵",
    "POST /echo HTTP/1.1↵Host: a↵Expect: 100-continue↵Content-Length: 5↵↵hello",
    "PUT /echo HTTP/1.1↵Host: a↵Transfer-Encoding: chunked↵↵4;x=y↵abcd↵1↵e↵0↵Trailer: z↵↵",
    "GET /delay/1500 HTTP/1.1↵Host: a↵↵GET /1 HTTP/1.1↵Host: a↵↵",
    "HEAD /bytes/99 HTTP/1.1↵Host: a↵↵↵↵OPTIONS * HTTP/1.1↵Host: a↵↵",
    "GET http://a:80/x?y HTTP/1.1↵Host: b↵↵",
    "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03",
    "PRI * HTTP/2.0↵↵SM↵↵",
];

const RESPONSES: [&str; 8] = [
    "HTTP/1.1 200 OK↵Content-Length: 5↵Content-Type: text/plain↵↵hello",
    "HTTP/1.1 200 OK↵Transfer-Encoding: chunked↵↵5↵hello↵3;a=b↵abc↵0↵X: y↵↵",
    "HTTP/1.0 200 OK↵Server: SimpleHTTP/0.6 Python/3.13↵↵<html></html>",
    "HTTP/1.1 100 Continue↵↵HTTP/1.1 103 Early Hints↵Link: </a>↵↵HTTP/1.1 204 No Content↵↵",
    "HTTP/1.1 304 Not Modified↵ETag: \"x\"↵Content-Length: 100↵↵",
    "HTTP/1.1 301 ↵Location: /b↵Content-Length: 0↵↵rest",
    "HTTP/1.1 101 Switching Protocols↵Upgrade: x↵↵\0",
    "220 mail.example ESMTP↵",
];

/// The first bytes say how the conversation is held: see `support/check.rs`.
fn planned(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (any::<[u8; 4]>(), bytes).prop_map(|(plan, bytes)| [&plan[..], &bytes].concat())
}

fn corpus(texts: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let some = prop::collection::vec(select(texts).prop_map(crlf), 1..4);
    some.prop_map(|texts| texts.concat())
}

/// Bytes that mean something to a parser, without any order.
fn rubbish() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => any::<u8>().prop_map(|byte| vec![byte]),
        2 => select(&["\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\n", "Host: a\r\n", "HTTP/1.1 200 OK\r\n", ": ",
            "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n\r\n"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn a_server_takes_anything(
        real in planned(mutated(corpus(&REQUESTS))),
        made in planned(mutated(requests())),
        head in planned(mutated(request_head())),
        rubbish in planned(rubbish()),
    ) {
        for data in [real, made, head, rubbish] {
            check_server(&data);
        }
    }

    #[test]
    fn a_client_takes_anything(
        real in planned(mutated(corpus(&RESPONSES))),
        head in planned(mutated(response_head())),
        rubbish in planned(rubbish()),
    ) {
        for data in [real, head, rubbish] {
            check_client(&data);
        }
    }
}
