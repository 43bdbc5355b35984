//! What a case is made of, and the short constructors that the tables are written in.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::super::script::Script;
use super::super::server::Server;

/// One thing that a client may meet.
#[derive(Clone, Debug)]
pub struct Case {
    /// Short and unique.
    pub name: &'static str,
    /// The RFC and its section, such as `9112 6.3`; empty where no RFC speaks of it.
    pub section: &'static str,
    /// One sentence: what the server does, or what a client must know here.
    pub about: &'static str,
    /// What a client must make of it.
    pub kind: Kind,
    /// The method of the request.
    pub method: &'static str,
    /// The path of the request.
    pub path: &'static str,
    /// How long the body of the request is: with more than 0, the client sends so many bytes, and says so beforehand.
    pub sends: usize,
    /// How many such requests one client makes, one after the other; each must get the same response.
    pub requests: usize,
    scripts: Scripts,
}

#[derive(Clone, Debug)]
enum Scripts {
    Are(Vec<Script>),
    /// Some have to name the server's own address.
    At(fn(SocketAddr) -> Vec<Script>),
}

/// What a client must make of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every client reads this, as soon as it is there.
    WellFormed(Expected),
    /// This is no response, and whoever reads one has misread it. A client says what is wrong.
    Malformed,
    /// A client may refuse it, because the RFC lets it or because it is larger than it cares for. If it reads it, it
    /// reads this.
    Unclear(Expected),
    /// The connection ends before the response does. What came so far is no whole response, and a client says so.
    Early,
    /// Nothing is wrong, and nothing more comes, or too slowly: only a limit of time ends it.
    Silent,
    /// It never ends, and comes as fast as it is read: only a limit of size ends it, and memory must stay bounded.
    Endless,
    /// A small body that is enormous when decoded: who decodes must have a limit of size. Who does not has a response
    /// like any other.
    Bomb {
        /// How many bytes it has when decoded.
        decoded: u64,
    },
    /// The last of the requests was read whole and got no answer. A client must not send it again by itself.
    Once,
    /// The response sends the client to another place.
    Redirect {
        /// The status of the first response, which is the result for a client that does not follow.
        status: u16,
        /// What becomes of a client that follows.
        then: Then,
    },
}

/// What becomes of a client that follows a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// It asks for this target, and gets that.
    Arrives(&'static str, Expected),
    /// It may refuse to follow. If it follows, it asks for this target (in any case of the escaped digits), and gets
    /// that.
    MayArrive(&'static str, Expected),
    /// It goes on for ever: only a limit on the number of redirects, or a memory of them, ends it. Who sees at once that
    /// it leads nowhere may show the redirect.
    Never,
    /// There is nowhere to go: it says so, or shows the redirect, and asks nobody anything.
    Nowhere,
}

/// A response, as a client must read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The status.
    pub status: u16,
    /// The body, without its framing, as it came.
    pub body: Vec<u8>,
    /// The body when its content coding is undone, for a client that does this.
    pub decoded: Option<Vec<u8>>,
    /// Fields that the response has: these names in any case of letters, and these values exactly, in this order.
    pub fields: Vec<(&'static str, Vec<u8>)>,
}

impl Case {
    /// Plays it, on a free port of 127.0.0.1, until what this returns is dropped.
    #[track_caller]
    pub fn start(&self) -> Server {
        let start = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let scripts = self.scripts(listener.local_addr()?);
            Server::serve_in_turn(listener, scripts)
        };
        start().unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1: {error}"))
    }

    /// What a server at this address does: with its first connection, its second, and the last one with all that follow.
    pub fn scripts(&self, addr: SocketAddr) -> Vec<Script> {
        match &self.scripts {
            Scripts::Are(scripts) => scripts.clone(),
            Scripts::At(scripts) => scripts(addr),
        }
    }

    pub(super) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(super) fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// With a body of so many bytes, by POST.
    pub(super) fn sends(mut self, length: usize) -> Self {
        self.sends = length;
        self.method("POST")
    }

    /// Asked twice, by the same client.
    pub(super) fn twice(mut self) -> Self {
        self.requests = 2;
        self
    }

    pub(super) fn section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// Further connections are played another script.
    pub(super) fn next(mut self, script: Script) -> Self {
        if let Scripts::Are(scripts) = &mut self.scripts {
            scripts.push(script);
        }
        self
    }

    /// Scripts that know the server's own address, in place of the one so far.
    pub(super) fn at(mut self, scripts: fn(SocketAddr) -> Vec<Script>) -> Self {
        self.scripts = Scripts::At(scripts);
        self
    }
}

impl Expected {
    pub(super) fn new(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self { status, body: body.as_ref().into(), decoded: None, fields: Vec::new() }
    }

    pub(super) fn field(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name, value.as_ref().into()));
        self
    }
}

/// A GET of `/`, once.
pub(super) fn case(name: &'static str, about: &'static str, kind: Kind, script: Script) -> Case {
    Case {
        name,
        section: "",
        about,
        kind,
        method: "GET",
        path: "/",
        sends: 0,
        requests: 1,
        scripts: Scripts::Are(vec![script]),
    }
}

/// What nearly every well-formed response here is.
pub(super) fn hello() -> Expected {
    Expected::new(200, "hello")
}

/// Well-formed, and the connection stays open.
pub(super) fn good(name: &'static str, about: &'static str, reply: impl AsRef<[u8]>) -> Case {
    case(name, about, Kind::WellFormed(hello()), Script::keeps_open(reply))
}

/// Malformed, and then the server ends its side.
pub(super) fn bad(name: &'static str, about: &'static str, reply: impl AsRef<[u8]>) -> Case {
    case(name, about, Kind::Malformed, Script::replies(reply))
}

/// To be refused, or read as `hello`.
pub(super) fn unclear(name: &'static str, about: &'static str, reply: impl AsRef<[u8]>) -> Case {
    case(name, about, Kind::Unclear(hello()), Script::replies(reply))
}

/// A response with these field lines, each of which ends in CRLF, and this body.
pub(super) fn ok(fields: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\n", fields.as_ref(), b"\r\n", body.as_ref()].concat()
}
