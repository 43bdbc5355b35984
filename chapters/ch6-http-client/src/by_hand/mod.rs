//! By hand: our own client session, a socket, and the thread that waits between them.
//!
//! - [`connect`] — from a URL to a connected socket.
//! - [`exchange`] — one request and its response: the client session, and around it whoever wants to watch.
//! - [`story`] — what `--trace` tells.
//! - [`meaning`] — what header lines mean.
//!
//! A [`Client`] keeps its connection for the next request, if both sides want that.

pub mod connect;

pub mod exchange;

pub mod story;
pub use story::Story;

pub mod meaning;

use crate::failure::Failure;
use crate::request::Request;
use crate::response::Receiver;
use crate::url::{Url, origin, shown};
use connect::Connection;
use exchange::Exchange;
use http1::{Call, Limits};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How patient the client is, and how much it takes.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the look-up of the name, and then for each address.
    pub connect: Duration,
    /// With a silent server.
    pub read: Duration,
    /// With all of it.
    pub max: Duration,
    /// Bytes of a body.
    pub most: u64,
}

/// A client that speaks HTTP/1.1 by hand, one request after the other.
#[derive(Debug)]
pub struct Client {
    patience: Patience,
    user_agent: String,
    /// Keep connections?
    reuse: bool,
    idle: Option<Connection>,
}

impl Client {
    /// A client without a connection.
    pub fn new(patience: Patience, user_agent: &str, reuse: bool) -> Self {
        Self { patience, user_agent: user_agent.into(), reuse, idle: None }
    }

    /// Asks, and hands the response on while it comes.
    ///
    /// A server may close an idle connection at any time, also while our request is on its way to it. Then nobody knows
    /// whether it was read, and it is sent once more only if it may be made twice (RFC 9112 section 9.3.1).
    ///
    /// # Errors
    ///
    /// There is no whole response, or the receiver does not take it.
    pub fn get(
        &mut self,
        request: &Request,
        to: &mut impl Receiver,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let call = self.call(request)?;
        let until = Instant::now() + self.patience.max;
        if let Some(connection) = self.idle(&request.url, story) {
            match self.exchange(connection, request, &call, to, story, until) {
                Err(failure) if failure.kind.is_lost() && story.is_silent() => match request
                    .is_idempotent()
                {
                    true => story
                        .note("the server had closed the idle connection: once more, on a new one"),
                    false => {
                        let method = &request.method;
                        let hint = format!(
                            "the connection had been idle, and a {method} is not sent twice"
                        );
                        return Err(failure.hint(hint));
                    }
                },
                done => return done,
            }
        }
        let connection = connect::open(&request.url, self.patience.connect, until, story)?;
        self.exchange(connection, request, &call, to, story, until)
    }

    fn exchange(
        &mut self,
        connection: Connection,
        request: &Request,
        call: &Call,
        to: &mut impl Receiver,
        story: &mut Story,
        until: Instant,
    ) -> Result<(), Failure> {
        let limits = Limits {
            body: self.patience.most,
            patience: self.patience.read,
            // A slow server is no hostile one: --max-time ends it.
            rate: 1,
            ..Limits::default()
        };
        let tried = format!("cannot get {}", shown(&request.url));
        let mut exchange = Exchange::new(call, limits, until, to, story);
        let driven = common::blocking::drive(&connection.stream, &mut exchange);
        let (done, is_reusable) = exchange.finish(&tried, driven);
        story.done(&done, is_reusable, to.has_open_line());
        if is_reusable {
            self.idle = Some(connection);
        }
        done
    }

    /// The connection from the last time, if it leads to the same place and the server has not closed it since.
    fn idle(&mut self, url: &Url, story: &mut Story) -> Option<Connection> {
        let connection = self.idle.take().filter(|idle| idle.origin == origin(url))?;
        if is_closed(&connection.stream) {
            story.note("the server has closed the connection meanwhile");
            return None;
        }
        story.reused(&connection);
        Some(connection)
    }

    fn call(&self, request: &Request) -> Result<Call, Failure> {
        let url = &request.url;
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.into(), |port| format!("{host}:{port}"));
        // Whoever names another host than the URL's wants to try out one of several that live at the same address.
        let is_host = |(name, _): &&(String, Vec<u8>)| name.eq_ignore_ascii_case("host");
        let named = request.fields.iter().find(is_host);
        let host = named.map_or(host, |(_, value)| String::from_utf8_lossy(value).into_owned());
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let target = format!("{}{query}", url.path());
        let unsendable =
            |what: &str, why| Failure::usage(format_args!("cannot send {what}: {why}"));
        let mut call = Call::new(&request.method, &host, &target)
            .map_err(|why| unsendable(&format!("{} {target}", request.method), why))?;
        if self.reuse {
            call = call.keep_alive();
        }
        let request = request.clone().or_field("User-Agent", &*self.user_agent);
        let request = match connect::basic(url) {
            Some(basic) => request.or_field("Authorization", basic),
            None => request,
        };
        for (name, value) in request.fields.iter().filter(|field| !is_host(field)) {
            call = call
                .field(name, value)
                .map_err(|why| unsendable(&format!("the field {name}"), why))?;
        }
        Ok(match request.body {
            Some(body) => call.body(&body[..]),
            None => call,
        })
    }
}

/// An idle connection has nothing to read. If there is something, it is the end, or what nobody asked for.
fn is_closed(stream: &TcpStream) -> bool {
    let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    let is_silent = peeked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    !is_silent || stream.set_nonblocking(false).is_err()
}
