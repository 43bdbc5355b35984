//! Whole exchanges with hyper: its client against our server, our client against its server, and the same bytes to
//! both servers.

mod differential;
mod support;

use differential::cases;
use differential::duplex::{Parts, block_on, bounded, drive, seen_by_hyper, seen_by_us};
use differential::heads::{mutated, requests};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use http1::client::{Call, Client};
use http1::{Limits, Status};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use session::simulate::Pace;
use std::convert::Infallible;
use std::sync::Arc;
use support::{PATTERN, crlf, server, start};

/// How a body is sent.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length,
    Chunks(usize),
}

impl Framing {
    fn body(self, bytes: &[u8]) -> BoxBody<Bytes, Infallible> {
        match self {
            Self::Length => Full::new(Bytes::copy_from_slice(bytes)).boxed(),
            Self::Chunks(size) => Parts::of(bytes, size).boxed(),
        }
    }
}

fn framing() -> impl Strategy<Value = Framing> {
    prop_oneof![Just(Framing::Length), (1..400usize).prop_map(Framing::Chunks)]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => Just(Vec::new()),
        4 => prop::collection::vec(any::<u8>(), 0..300),
        1 => (0..30_000usize).prop_map(|len| PATTERN.iter().copied().cycle().take(len).collect()),
    ]
}

/// Sizes of the pipe's buffer and of our reads and writes.
fn sizes() -> impl Strategy<Value = (usize, usize)> {
    let size = || prop_oneof![1..5usize, 5..2000usize, Just(65_536)];
    (size(), size())
}

/// What hyper's client asks our server for.
#[derive(Clone, Debug)]
enum Ask {
    Echo(&'static str, Vec<u8>, Framing),
    Bytes(usize),
    Head(usize),
    Status(u16),
}

fn ask() -> impl Strategy<Value = Ask> {
    let method = prop::sample::select(&["POST", "PUT", "PATCH", "DELETE"][..]);
    prop_oneof![
        4 => (method, body(), framing()).prop_map(|(method, body, framing)| Ask::Echo(method, body, framing)),
        1 => (0..100_000usize).prop_map(Ask::Bytes),
        1 => (0..100_000usize).prop_map(Ask::Head),
        1 => prop::sample::select(&[204, 304, 404][..]).prop_map(Ask::Status),
    ]
}

/// Asks hyper's client all of it on one connection, and checks each answer.
async fn their_client(asks: &[Ask], io: tokio::io::DuplexStream) {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(io)).await.unwrap();
    let connection = tokio::spawn(connection);
    for ask in asks {
        let (method, path, body) = match ask {
            Ask::Echo(method, body, framing) => (*method, "/echo".into(), framing.body(body)),
            Ask::Bytes(n) => ("GET", format!("/bytes/{n}"), Framing::Length.body(b"")),
            Ask::Head(n) => ("HEAD", format!("/bytes/{n}"), Framing::Length.body(b"")),
            Ask::Status(code) => ("GET", format!("/status/{code}"), Framing::Length.body(b"")),
        };
        let request = hyper::Request::builder().method(method).uri(path).header("Host", "a");
        let response = sender.send_request(request.body(body).unwrap()).await;
        let response = response.unwrap_or_else(|error| panic!("{ask:?}: {error}"));
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{ask:?}: {error}"));
        let body = body.to_bytes();
        assert!(head.headers.contains_key("date"), "{ask:?}: {head:?}");
        match ask {
            Ask::Echo(_, sent, _) => assert!(body == sent, "{ask:?}"),
            Ask::Bytes(n) => assert!(PATTERN.iter().cycle().take(*n).eq(body.iter()), "{ask:?}"),
            Ask::Head(n) => {
                assert_eq!(head.headers["content-length"], n.to_string());
                assert!(body.is_empty(), "{ask:?}");
            }
            Ask::Status(code) => assert_eq!(head.status.as_u16(), *code),
        }
    }
    drop(sender);
    connection.await.unwrap().unwrap();
}

#[test]
fn their_client_and_our_server() {
    let exchanges = (prop::collection::vec(ask(), 1..6), sizes());
    bounded(move || {
        proptest!(cases(60), |((asks, (pipe, chunk)) in exchanges)| {
            block_on(async {
                let (theirs, mut ours) = tokio::io::duplex(pipe);
                let start = start();
                let server = tokio::spawn(async move {
                    let mut session = server(Limits::default(), start);
                    drive(&mut session, &mut ours, chunk, start).await.unwrap();
                });
                their_client(&asks, theirs).await;
                server.await.unwrap();
            });
        });
    });
}

/// One exchange: what our client sends, and what hyper's server answers.
#[derive(Clone, Debug)]
struct Exchange {
    method: &'static str,
    sent: Vec<u8>,
    status: u16,
    answer: Vec<u8>,
    framing: Framing,
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let method = prop::sample::select(&["GET", "HEAD", "POST", "PUT", "OPTIONS"][..]);
    let status = prop_oneof![3 => Just(200), 1 => prop::sample::select(&[204, 304, 404, 500][..])];
    (method, body(), status, body(), framing()).prop_map(
        |(method, sent, status, answer, framing)| {
            let answer = if matches!(status, 204 | 304) { Vec::new() } else { answer };
            Exchange { method, sent, status, answer, framing }
        },
    )
}

async fn their_server(exchange: Arc<Exchange>, io: tokio::io::DuplexStream) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let exchange = Arc::clone(&exchange);
        async move {
            assert_eq!(request.method(), exchange.method);
            assert_eq!(request.uri(), "/some/path?q=%20");
            assert_eq!(request.headers()["host"], "example.com:80");
            assert_eq!(request.headers()["x-test"], "a \"value\"");
            let body = request.into_body().collect().await.unwrap().to_bytes();
            assert!(body == exchange.sent, "{exchange:?}");
            let body = exchange.framing.body(&exchange.answer);
            let response =
                hyper::Response::builder().status(exchange.status).header("X-Answer", "42");
            Ok::<_, Infallible>(response.body(body).unwrap())
        }
    });
    let connection = hyper::server::conn::http1::Builder::new();
    connection.serve_connection(TokioIo::new(io), service).await.unwrap();
}

#[test]
fn our_client_and_their_server() {
    bounded(|| {
        proptest!(cases(120), |(exchange in exchange(), (pipe, chunk) in sizes())| {
            let call = Call::new(exchange.method, "example.com:80", "/some/path?q=%20").unwrap();
            let call = call.field("X-Test", "a \"value\"").unwrap().body(exchange.sent.clone());
            let start = start();
            let mut client = Client::new(&call, Limits::default(), start);
            let exchange = Arc::new(exchange);
            block_on(async {
                let (theirs, mut ours) = tokio::io::duplex(pipe);
                let server = tokio::spawn(their_server(Arc::clone(&exchange), theirs));
                drive(&mut client, &mut ours, chunk, start).await.unwrap();
                drop(ours);
                server.await.unwrap();
            });
            let response = client.finish().unwrap();
            prop_assert_eq!(response.status, Status(exchange.status));
            prop_assert_eq!(response.fields().first("x-answer"), Some(&b"42"[..]));
            let expected = if exchange.method == "HEAD" { &[][..] } else { &exchange.answer };
            prop_assert!(response.body == expected, "{:?}", exchange);
        });
    });
}

/// Both see the same requests, as long as we refuse nothing; where we do, those before it are the same.
#[track_caller]
fn compare(bytes: &[u8]) {
    let (ours, refused) = seen_by_us(bytes, start(), &Pace::whole());
    let theirs = seen_by_hyper(bytes);
    let shown = String::from_utf8_lossy(bytes);
    assert!(theirs.starts_with(&ours), "we saw {ours:?}\nhyper {theirs:?}\nin {shown:?}");
    assert!(refused || ours.len() == theirs.len(), "hyper saw more, {theirs:?}\nin {shown:?}");
}

/// What we read and hyper refuses: a later minor version (RFC 9110 section 2.5 has it read), and a backquote, which
/// browsers send unescaped.
fn hyper_refuses(bytes: &[u8]) -> bool {
    let later = |word: &[u8]| word.starts_with(b"HTTP/1.") && matches!(word[7], b'2'..=b'9');
    bytes.windows(8).any(later) || bytes.contains(&b'`')
}

#[test]
fn the_same_bytes_to_both_servers() {
    bounded(|| {
        proptest!(cases(3000), |(bytes in mutated(requests()))| {
            if !hyper_refuses(&bytes) {
                compare(&bytes);
            }
        });
    });
}

/// Sequences that have smuggled requests past real parsers.
#[test]
fn classic_smuggling_to_both_servers() {
    let hidden = "GET /hidden HTTP/1.1↵Host: a↵↵";
    for fields in [
        "Content-Length: 4↵Transfer-Encoding: chunked↵",
        "Transfer-Encoding: chunked↵Content-Length: 4↵",
        "Content-Length: 6↵Content-Length: 5↵",
        "Content-Length: 5, 6↵",
        "Content-Length: +5↵",
        "Content-Length: 5 5↵",
        "Content-Length: 0x5↵",
        "Transfer-Encoding: xchunked↵",
        "Transfer-Encoding: chunked, identity↵",
        "Transfer-Encoding: identity, chunked↵",
        "Transfer-Encoding : chunked↵",
        "Transfer-Encoding:\x0bchunked↵",
        "Transfer-Encoding: chunked↵Transfer-Encoding: x↵",
        "X: y\nTransfer-Encoding: chunked↵",
        "X: y\rTransfer-Encoding: chunked↵",
        "X: y↵ Transfer-Encoding: chunked↵",
        "Transfer-Encoding: \"chunked\"↵",
        "Transfer-Encoding: ,chunked↵",
        "Transfer-Encoding: chunked,↵",
        "Expect: 100-continue↵Content-Length: 5↵",
        "Connection: close, Content-Length↵Content-Length: 5↵",
    ] {
        for body in [
            "0↵↵",
            "5↵12345↵0↵↵",
            "1c↵",
            "5;\n12345↵0↵↵",
            "0\n\n",
            "5\r\n12345\n0↵↵",
            "00↵X: y↵↵",
            "0↵X: y\n↵",
        ] {
            compare(&crlf(&format!("POST / HTTP/1.1↵Host: a↵{fields}↵{body}{hidden}")));
        }
    }
}
