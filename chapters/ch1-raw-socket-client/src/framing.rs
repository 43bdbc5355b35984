//! When is a reply whole?
//!
//! TCP carries bytes and no messages. One `send(2)` of the server may arrive in many pieces, and two of them in one
//! piece. So a protocol has to say where a message ends, which is called framing. The simplest: where the stream ends.
//! HTTP has three ways, and the parser of `http1` knows them: so many bytes (`Content-Length`), chunk by chunk
//! (`Transfer-Encoding: chunked`), or the end of the stream.

use crate::failure::{Failure, Kind};
use crate::verdict::Seen;
use http1::{Client, ClientError};
use session::{Input, Session, Want};
use std::net::SocketAddr;
use std::time::Instant;

/// How we know that a reply is whole.
#[derive(Debug)]
pub enum Framing {
    /// The server ends its side of the connection.
    EndOfFile,
    /// HTTP says so.
    Http(Box<Client>),
}

impl Framing {
    /// For an input with an HTTP request, or any other one.
    pub fn new(client: Option<Box<Client>>) -> Self {
        let Some(mut client) = client else { return Self::EndOfFile };
        // The request is in the hands of the sending thread. From here on the conversation only listens.
        if let Want::Write { bytes, .. } = client.want() {
            let n = bytes.len();
            client.handle(Input::Wrote(n), Instant::now());
        }
        Self::Http(client)
    }

    /// Looks at what came: is the reply whole now?
    ///
    /// # Errors
    ///
    /// It is not HTTP, or its head is too long.
    pub fn received(&mut self, bytes: &[u8], peer: SocketAddr) -> Result<Seen, Failure> {
        self.tell(Input::Received(bytes), peer)
    }

    /// The stream has ended.
    ///
    /// # Errors
    ///
    /// It ended before the reply was whole.
    pub fn end_of_file(&mut self, peer: SocketAddr) -> Result<Seen, Failure> {
        self.tell(Input::Eof, peer)
    }

    fn tell(&mut self, input: Input<'_>, peer: SocketAddr) -> Result<Seen, Failure> {
        let seen = if let Input::Eof = input { Seen::EndOfFile } else { Seen::Bytes };
        match self {
            Self::EndOfFile => Ok(seen),
            Self::Http(client) => {
                client.handle(input, Instant::now());
                // It is printed already; only where it ends is of interest.
                drop(client.take_body());
                match client.outcome() {
                    None => Ok(seen),
                    Some(Ok(_)) => Ok(Seen::Whole),
                    Some(Err(error)) => Err(failure(error, peer)),
                }
            }
        }
    }
}

fn failure(error: ClientError, peer: SocketAddr) -> Failure {
    let (kind, hint) = match error {
        ClientError::Closed { .. } => (Kind::Closed, "try again, or look into the server's log"),
        ClientError::TooLarge { .. } => (Kind::TooLong, "no sane server sends so much"),
        ClientError::TimedOut { .. } => (Kind::ReplyTimedOut, "see --read-timeout"),
        ClientError::Malformed { why } if why.contains("does not begin") => {
            (Kind::Malformed, "is this a web server? without --get, any reply is printed")
        }
        ClientError::Malformed { .. } => (Kind::Malformed, "without --get, any reply is printed"),
    };
    let happened = match error {
        ClientError::Closed { missing } => format!("the server closed before {missing}"),
        ClientError::Malformed { why } => why.into(),
        _ => error.to_string(),
    };
    Failure::new(kind, format_args!("no whole reply from {peer}"), happened).hint(hint)
}
