//! What is said to each service, and what comes back when nothing fails.

use crate::peer::{Call, Peer, Step};
use common::service::Kind;
use common::{Demo, Service as _, Standard, blocking};

/// The service as a program offers it.
pub(crate) fn service(kind: Kind) -> Standard {
    Standard { kind, patience: None, demo: Demo { allow_crash: true } }
}

/// One side of a conversation: the peer's.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) name: &'static str,
    pub(crate) service: Standard,
    script: Vec<Step>,
}

/// What happens when nothing fails.
#[derive(Debug)]
pub(crate) struct Baseline {
    pub(crate) calls: Vec<Call>,
    pub(crate) heard: Vec<u8>,
}

impl Conversation {
    fn new(name: &'static str, kind: Kind, parts: &[&[u8]]) -> Self {
        let script = parts.iter().map(|part| Step::Send(part.to_vec())).collect();
        Self { name, service: service(kind), script }
    }

    pub(crate) fn peer(&self) -> Peer {
        Peer::new(self.script.iter().cloned())
    }

    /// Holds the conversation without faults.
    #[track_caller]
    pub(crate) fn baseline(&self) -> Baseline {
        let peer = self.peer();
        let end = blocking::drive(&peer, &mut self.service.session());
        assert!(end.is_ok(), "{}: without a fault drive ends well, it said {end:?}", self.name);
        Baseline { calls: peer.calls(), heard: without_dates(&peer.heard()) }
    }
}

/// Conversations with every service, and with every kind of end.
pub(crate) fn all() -> Vec<Conversation> {
    vec![
        Conversation::new(
            "http, kept until the peer ends",
            Kind::Http,
            &[
                b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET /nothing-here HTTP/1.1\r\nHo",
                b"st: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfour",
                b" five",
                b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
                b"4\r\n two\r\n0\r\n\r\nGET /delay/1 HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET /bytes/70000 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            ],
        ),
        Conversation::new(
            "http, closed by the server while the peer goes on",
            Kind::Http,
            &[
                b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                b"ok",
                b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                b"GET /too-late HTTP/1.1\r\nHost: a\r\n\r\n",
                b"and more",
            ],
        ),
        Conversation::new(
            "http, refused",
            Kind::Http,
            &[b"GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n", b"more of it"],
        ),
        Conversation::new("http, ended in the middle", Kind::Http, &[b"GET / HTTP/1.1\r\nHos"]),
        Conversation::new("echo", Kind::Echo, &[b"one", b"two and three", &[b'x'; 40_000], b"\xff\0"]),
        Conversation::new("echo, nothing said", Kind::Echo, &[]),
        Conversation::new("hello", Kind::Hello, &[]),
        Conversation::new("hello, interrupted", Kind::Hello, &[b"GET / HTTP/1.1\r\n", b"\r\n"]),
    ]
}

/// The same bytes with the value of each `Date` blotted out, so that two conversations can be compared.
/// A date that was cut off is blotted out as far as it goes.
pub(crate) fn without_dates(bytes: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"\r\nDate: ";
    let mut blotted = bytes.to_vec();
    for at in 0..bytes.len() {
        if bytes[at..].starts_with(NAME) {
            let value = bytes[at + NAME.len()..].iter().take_while(|byte| **byte != b'\r').count();
            blotted[at + NAME.len()..][..value].fill(b'?');
        }
    }
    blotted
}
