//! Our heads against those of httparse, which most of Rust's HTTP reads: whatever we accept, it accepts too, and
//! sees the same. Where we refuse more, a table says so.

mod differential;
mod support;

use differential::heads::{mutated, request_head, response_head};
use http1::client::{Call, Client};
use http1::{Limits, Reply, Request, Server, Version};
use proptest::prelude::*;
use session::simulate::{Pace, Step, simulate};
use session::{Input, Session};
use std::cell::RefCell;
use support::{crlf, start, wall};

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// A request line and header, as a parser sees them.
#[derive(Debug, PartialEq)]
struct Head {
    method: String,
    target: String,
    minor: u8,
    fields: Fields,
}

/// The first request that our server answers with its application; nothing if it refuses it.
fn ours(bytes: &[u8]) -> Option<Head> {
    let heads = RefCell::new(Vec::new());
    let app = |request: &Request<'_>| {
        let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
        heads.borrow_mut().push(Head {
            method: request.method.into(),
            target: format!("{}{query}", request.path),
            minor: u8::from(request.version == Version::Http11),
            fields: request.fields.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect(),
        });
        Reply::text("")
    };
    let start = start();
    let mut server = Server::new(app, Limits::default(), start, wall());
    simulate(&mut server, &[Step::Send(bytes), Step::HalfClose], &Pace::whole(), start);
    heads.into_inner().into_iter().next()
}

fn theirs(bytes: &[u8]) -> Option<Head> {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut fields);
    if !matches!(request.parse(bytes), Ok(httparse::Status::Complete(_))) {
        return None;
    }
    Some(Head {
        method: request.method?.into(),
        target: path_and_query(request.path?),
        minor: request.version?,
        fields: pairs(request.headers),
    })
}

fn pairs(fields: &[httparse::Header<'_>]) -> Fields {
    fields.iter().map(|field| (field.name.into(), field.value.into())).collect()
}

/// What an application sees of a target that is a whole URL.
fn path_and_query(target: &str) -> String {
    let Some((scheme, rest)) = target.split_once("://") else { return target.into() };
    if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return target.into();
    }
    match &rest[rest.find(['/', '?']).unwrap_or(rest.len())..] {
        path if path.starts_with('/') => path.into(),
        query => format!("/{query}"),
    }
}

/// Status, minor version, reason, header.
type ResponseHead = (u16, u8, Vec<u8>, Fields);

/// What our client sees of a response's head, and what httparse sees.
fn responses(bytes: &[u8]) -> [Option<ResponseHead>; 2] {
    let call = Call::get("a", "/").unwrap();
    let start = start();
    let mut client = Client::new(&call, Limits::default(), start);
    client.handle(Input::Wrote(call.encode().len()), start);
    client.handle(Input::Received(bytes), start);
    let ours = client.response().map(|response| {
        let fields = response.fields().iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
        let minor = u8::from(response.version == Version::Http11);
        (response.status.0, minor, response.reason().to_vec(), fields)
    });
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut response = httparse::Response::new(&mut fields);
    let complete = matches!(response.parse(bytes), Ok(httparse::Status::Complete(_)));
    let theirs = complete.then(|| {
        let reason = response.reason.unwrap_or_default().into();
        let (code, minor) = (response.code.unwrap_or(0), response.version.unwrap_or(9));
        (code, minor, reason, pairs(response.headers))
    });
    [ours, theirs]
}

/// We speak to HTTP/1.2 and above as to 1.1, as RFC 9110 section 2.5 demands; httparse refuses it.
fn is_later_version(bytes: &[u8]) -> bool {
    bytes.windows(8).any(|word| word.starts_with(b"HTTP/1.") && matches!(word[7], b'2'..=b'9'))
}

proptest! {
    #![proptest_config(differential::cases(4000))]

    #[test]
    fn requests(bytes in mutated(request_head())) {
        if let Some(ours) = ours(&bytes) && !is_later_version(&bytes) {
            prop_assert_eq!(Some(ours), theirs(&bytes), "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn responses_too(bytes in mutated(response_head())) {
        let [ours, theirs] = responses(&bytes);
        if let Some(ours) = ours && !is_later_version(&bytes) {
            let mut theirs = theirs;
            // httparse does not show a reason that is not ASCII.
            if let Some(theirs) = &mut theirs && !ours.2.is_ascii() {
                theirs.2.clone_from(&ours.2);
            }
            prop_assert_eq!(Some(ours), theirs, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }
}

/// Most of what the tests above are fed with must be worth it.
#[test]
fn many_of_the_generated_heads_are_accepted() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut heads = |of: &dyn Fn(&mut TestRunner) -> Vec<u8>| -> Vec<Vec<u8>> {
        (0..1000).map(|_| of(&mut runner)).collect()
    };
    let requests = heads(&|runner| mutated(request_head()).new_tree(runner).unwrap().current());
    let accepted = requests.iter().filter(|bytes| ours(bytes).is_some()).count();
    assert!((200..800).contains(&accepted), "{accepted} of 1000 requests were accepted");
    let all = heads(&|runner| mutated(response_head()).new_tree(runner).unwrap().current());
    let accepted = all.iter().filter(|bytes| responses(bytes)[0].is_some()).count();
    assert!((200..800).contains(&accepted), "{accepted} of 1000 responses were accepted");
}

#[test]
fn where_we_are_stricter() {
    for (why, head) in [
        ("LF alone ends a line", "GET / HTTP/1.1\nHost: a\n\n"),
        ("LF alone ends a line", "GET / HTTP/1.1↵Host: a\nA: b↵↵"),
        ("LF alone ends the header", "GET / HTTP/1.1↵Host: a↵\n"),
        ("LF alone before a request", "\nGET / HTTP/1.1↵Host: a↵↵"),
        ("no Host", "GET / HTTP/1.1↵↵"),
        ("two Hosts", "GET / HTTP/1.1↵Host: a↵Host: a↵↵"),
        ("a Host that is none", "GET / HTTP/1.1↵Host: a b↵↵"),
        ("a fragment", "GET /#a HTTP/1.1↵Host: a↵↵"),
        ("characters that no URL has", "GET /<a>\"\\ HTTP/1.1↵Host: a↵↵"),
        ("bytes beyond ASCII", "GET /\u{e9} HTTP/1.1↵Host: a↵↵"),
        ("half an escape", "GET /%4 HTTP/1.1↵Host: a↵↵"),
        ("a target that is no path", "GET a HTTP/1.1↵Host: a↵↵"),
        ("* for another method than OPTIONS", "GET * HTTP/1.1↵Host: a↵↵"),
        ("another scheme", "GET ftp://a/ HTTP/1.1↵Host: a↵↵"),
        ("a tunnel", "CONNECT a:80 HTTP/1.1↵Host: a↵↵"),
        ("a very long method", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1↵Host: a↵↵"),
        ("two lengths", "GET / HTTP/1.1↵Host: a↵Content-Length: 0↵Content-Length: 0↵↵"),
        (
            "length and coding",
            "GET / HTTP/1.1↵Host: a↵Content-Length: 0↵Transfer-Encoding: chunked↵↵",
        ),
        ("an unknown expectation", "GET / HTTP/1.1↵Host: a↵Expect: x↵↵"),
    ] {
        let head = crlf(head);
        assert!(theirs(&head).is_some(), "httparse refuses this too, {why}");
        assert_eq!(ours(&head), None, "{why}");
    }
    for (why, head) in [
        ("LF alone ends a line", "HTTP/1.1 200 OK\nA: b\n\n"),
        ("an empty line before", "↵HTTP/1.1 200 OK↵↵"),
        ("a status below 100", "HTTP/1.1 099 OK↵↵"),
        ("two lengths", "HTTP/1.1 200 OK↵Content-Length: 0↵Content-Length: 0↵↵"),
        ("an unknown coding", "HTTP/1.1 200 OK↵Transfer-Encoding: gzip↵↵"),
    ] {
        let [ours, theirs] = responses(&crlf(head));
        assert!(theirs.is_some(), "httparse refuses this too, {why}");
        assert_eq!(ours, None, "{why}");
    }
}

#[test]
fn where_we_accept_more() {
    let later = crlf("GET / HTTP/1.2↵Host: a↵↵");
    assert_eq!((ours(&later).map(|head| head.minor), theirs(&later)), (Some(1), None));
    let [ours, theirs] = responses(&crlf("HTTP/1.2 200 OK↵↵"));
    assert_eq!((ours.map(|head| head.1), theirs), (Some(1), None));
}
