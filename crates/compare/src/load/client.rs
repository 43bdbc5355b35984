//! One client: its connection, and the request that it waits for.

use super::reply::Reader;
use super::right::{ECHO, MARK};
use mio::net::TcpStream;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What a client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has no connection, and wants none before this moment.
    Away {
        /// When it may connect again.
        until: Instant,
    },
    /// The connection is being opened.
    Connecting,
    /// It is free to send.
    Free,
    /// The kernel had no room for the whole request.
    Sending {
        /// How much of it has been sent.
        sent: usize,
    },
    /// The reply has not come, or not all of it.
    Waiting,
    /// The reply is whole; the server has said that it will close the connection, or was asked to.
    Closing,
    /// Idle: its reply has come, and it stays.
    Quiet,
    /// Idle: its reply has not come in time. It stays, and whatever comes is no longer looked at.
    Deaf,
    /// Its one request is over.
    Done,
}

/// One client.
#[derive(Debug)]
pub(super) struct Client {
    /// Its group, by its place in the worker.
    pub(super) part: usize,
    /// Its connection, if it has one.
    pub(super) stream: Option<TcpStream>,
    /// What it waits for.
    pub(super) phase: Phase,
    /// When its request was due. Latency counts from here.
    pub(super) due: Instant,
    /// When it began to wait. Patience counts from here.
    pub(super) since: Instant,
    /// Slow reader: when it last read.
    pub(super) sipped: Instant,
    /// The reply, as far as it has come.
    pub(super) reader: Reader,
    /// Its request to echo, where the group has those.
    pub(super) echo: Option<Echo>,
    /// Is the present request the one to echo?
    pub(super) posts: bool,
    /// Requests so far.
    pub(super) requests: u64,
    /// Faults since the last right reply.
    pub(super) setbacks: u32,
    /// Has it had a right reply that counts?
    pub(super) served: bool,
    /// Is it among those whose first connection is being opened?
    pub(super) opening: bool,
}

impl Client {
    /// A client that has not begun.
    pub(super) fn new(part: usize, echo: Option<Echo>, now: Instant) -> Self {
        Self {
            part,
            stream: None,
            phase: Phase::Away { until: now },
            due: now,
            since: now,
            sipped: now,
            reader: Reader::default(),
            echo,
            posts: false,
            requests: 0,
            setbacks: 0,
            served: false,
            opening: false,
        }
    }

    /// Has it asked, or is it about to, and has had no answer?
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.phase, Phase::Connecting | Phase::Sending { .. } | Phase::Waiting)
    }

    /// What is to be echoed, if the present request is of that kind.
    pub(super) fn echo(&self) -> Option<&[u8]> {
        self.echo.as_ref().filter(|_| self.posts).map(Echo::body)
    }

    /// Prepares the next request: in turn, one in so many is to be echoed.
    pub(super) fn prepare(&mut self, every: u64) {
        self.requests += 1;
        self.posts = self.echo.is_some() && self.requests.is_multiple_of(every);
        if self.posts
            && let Some(echo) = &mut self.echo
        {
            echo.number(self.requests);
        }
    }

    /// How long it rests after a fault: a server that refuses everybody must not be asked as fast as the machine can.
    pub(super) fn rest(&self) -> Duration {
        const SHORTEST: Duration = Duration::from_millis(10);
        const LONGEST: Duration = Duration::from_secs(1);
        (SHORTEST * 2_u32.saturating_pow(self.setbacks.saturating_sub(1).min(10))).min(LONGEST)
    }
}

/// A POST whose body is unlike any other: the group, the client and the number of the request stand in it.
#[derive(Debug)]
pub(super) struct Echo(Vec<u8>);

impl Echo {
    /// The request of a client of a group, rendered once; later only the number changes.
    pub(super) fn new(addr: SocketAddr, keep_alive: bool, group: usize, client: u32) -> Self {
        let close = if keep_alive { "" } else { "Connection: close\r\n" };
        let mut bytes =
            format!("POST / HTTP/1.1\r\nHost: {addr}\r\n{close}Content-Length: {ECHO}\r\n\r\n")
                .into_bytes();
        let head = bytes.len();
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(format!("{group:02x} {client:06x} {:016x}\n", 0).as_bytes());
        debug_assert_eq!(bytes.len() - head, ECHO, "a group or a client has a longer number");
        Self(bytes)
    }

    /// The whole request.
    pub(super) fn request(&self) -> &[u8] {
        &self.0
    }

    fn body(&self) -> &[u8] {
        &self.0[self.0.len() - ECHO..]
    }

    fn number(&mut self, number: u64) {
        let at = self.0.len() - 17;
        // A slice of the right size takes the sixteen digits, and nothing is allocated.
        let _ = write!(&mut self.0[at..], "{number:016x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_is_unlike_any_other() {
        let addr = "127.0.0.1:80".parse().unwrap();
        let mut client = Client::new(0, Some(Echo::new(addr, true, 3, 77)), Instant::now());
        client.prepare(2);
        assert_eq!(client.echo(), None);
        client.prepare(2);
        assert_eq!(client.echo(), Some(&b"echo 03 00004d 0000000000000002\n"[..]));
        let request = client.echo.as_ref().unwrap().request();
        assert!(request.starts_with(
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Length: 32\r\n\r\necho"
        ));
    }

    #[test]
    fn rests_grow_to_a_second() {
        let mut client = Client::new(0, None, Instant::now());
        let rests: Vec<_> = (1..=9)
            .map(|setbacks| {
                client.setbacks = setbacks;
                client.rest().as_millis()
            })
            .collect();
        assert_eq!(rests, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        client.setbacks = u32::MAX;
        assert_eq!(client.rest(), Duration::from_secs(1));
    }
}
