//! An honest HTTP/1.1 server in this process, whose pages are a closure: the site that a client under test visits.
//!
//! It has a free port of loopback and a thread for each connection, keeps connections alive, and remembers what was
//! asked of it: so a test can say how often, in which order and how many at a time. Its reader of requests is its own.
//!
//! ```
//! use harness::site::{Answer, Site};
//! use std::io::{Read, Write};
//!
//! let site = Site::start(|request| match &*request.target {
//!     "/" => Answer::new(200).field("Content-Type", "text/plain").body("hello"),
//!     "/old" => Answer::redirect(301, "/"),
//!     _ => Answer::new(404),
//! });
//! let mut client = std::net::TcpStream::connect(site.addr())?;
//! client.write_all(b"GET /old HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
//! let mut reply = String::new();
//! client.read_to_string(&mut reply)?;
//! assert!(reply.starts_with("HTTP/1.1 301 Moved Permanently\r\nLocation: /\r\n"));
//! assert_eq!(site.requests()[0].field("host"), Some(&b"a"[..]));
//! # Ok::<(), std::io::Error>(())
//! ```

mod answer;
mod connection;
mod read;
mod record;
mod request;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

pub use answer::Answer;
pub use request::Request;

use crate::hostile::Acceptor;
use record::Record;

/// A running site. Dropping it ends its connections; a handler that blocks is not waited for.
pub struct Site {
    acceptor: Acceptor,
    record: Arc<Record>,
}

impl Site {
    /// Starts on a free port of 127.0.0.1. The handler is called for each request, on the thread of its connection: it
    /// may take its time.
    #[track_caller]
    pub fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST, handler)
            .unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1: {error}"))
    }

    /// Starts on a free port of another address, which the machine may not have.
    pub fn start_on(
        ip: impl Into<IpAddr>,
        handler: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((ip.into(), 0))?;
        let (record, handler) = (Arc::<Record>::default(), Arc::new(handler));
        let ours = record.clone();
        let acceptor = Acceptor::start(listener, move |number| {
            let (record, handler) = (ours.clone(), handler.clone());
            let open = Record::open(&record);
            move |stream, stop| {
                connection::serve(stream, stop, number, &record, &*handler);
                drop(open);
            }
        })?;
        Ok(Self { acceptor, record })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.acceptor.addr()
    }

    /// The URL of a path, such as `http://127.0.0.1:40123/path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr())
    }

    /// The URL of a path by another name of the machine, such as `localhost`: for a client this is another host.
    pub fn url_at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.addr().port())
    }

    /// Every request so far, in the order in which they were complete.
    pub fn requests(&self) -> Vec<Request> {
        self.record.requests()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.record.connections().made
    }

    /// How many connections were open at the same time, at most. One that the client has closed counts until its
    /// end-of-file is read here, so this may be a little too much for a client that closes and connects.
    pub fn most_connections(&self) -> usize {
        self.record.connections().most
    }

    /// How many requests were being answered at the same time, at most: from the last byte of a request to the first
    /// byte of its answer. No busy machine makes this more than the client had under way.
    pub fn most_at_once(&self) -> usize {
        self.record.most_at_once(None)
    }

    /// The same for the requests to one host only, as their `Host` has it without the port: `127.0.0.1`, `localhost`.
    pub fn most_at_once_at(&self, host: &str) -> usize {
        self.record.most_at_once(Some(host))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("acceptor", &self.acceptor).finish_non_exhaustive()
    }
}
