//! One request and its response: the client session, and around it whoever wants to watch.
//!
//! The client session says what to do next, and the driver does it. What stands between them is a session as well, and
//! neither notices: it passes on every want and every input, tells the [`Story`], hands the response on to a
//! [`Receiver`], and ends it all when the time is over.

use super::Story;
use crate::failure::{Failure, Kind};
use crate::library::errors::LARGEST_HEADER;
use crate::response::{Body, Head, Receiver};
use http1::client::{ClientError, Missing, Part};
use http1::framing::Framing;
use http1::{Call, Client, Limits, Response, Version};
use session::{Input, Session, Want};
use std::io;
use std::time::Instant;

/// A client session that is watched.
#[derive(Debug)]
pub struct Exchange<'a, R> {
    client: Client,
    /// When all must be over.
    until: Instant,
    to: &'a mut R,
    story: &'a mut Story,
    /// Was the head handed on?
    has_head: bool,
    /// What ended it, if it was neither the client nor the server.
    ended: Option<Result<(), Failure>>,
}

impl<'a, R: Receiver> Exchange<'a, R> {
    /// Begins with the request.
    pub fn new(
        call: &Call,
        limits: Limits,
        until: Instant,
        to: &'a mut R,
        story: &'a mut Story,
    ) -> Self {
        let now = Instant::now();
        story.begins(call, now);
        let client = Client::new(call, limits, now);
        Self { client, until, to, story, has_head: false, ended: None }
    }

    /// What came of it, and whether the connection can serve again.
    pub fn finish(self, tried: &str, driven: io::Result<()>) -> (Result<(), Failure>, bool) {
        if let Some(ended) = self.ended {
            let ended = ended.map_err(|failure| match failure.tried.is_empty() {
                true => Failure { tried: tried.into(), ..failure },
                false => failure,
            });
            return (ended, false);
        }
        match (self.client.outcome(), driven) {
            (Some(Ok(_)), _) => (Ok(()), self.client.is_reusable()),
            (Some(Err(error)), _) => {
                let failure = Failure::new(kind(error), tried, error);
                let is_header = matches!(
                    error,
                    ClientError::TooLarge { part: Part::Fields | Part::StatusLine }
                );
                let failure = if is_header { failure.hint(LARGEST_HEADER) } else { failure };
                (Err(failure), false)
            }
            (None, Err(error)) => {
                let kind = match (error.kind(), self.story.is_silent()) {
                    (io::ErrorKind::BrokenPipe, true) => Kind::Send,
                    _ => Kind::Receive,
                };
                (Err(Failure::new(kind, tried, common::log::reason(&error))), false)
            }
            (None, Ok(())) => (Err(Failure::new(Kind::Empty, tried, "it ended early")), false),
        }
    }

    fn hand_on(&mut self) -> Result<Body, Failure> {
        if let Some(response) = self.client.response().filter(|_| !self.has_head) {
            self.has_head = true;
            let framing = self.client.framing().unwrap_or(Framing::UntilClose);
            self.story.head(response, framing);
            if self.to.head(head(response, framing))? == Body::Unwanted {
                return Ok(Body::Unwanted);
            }
        }
        let body = self.client.take_body();
        if !body.is_empty() {
            self.to.body(&body)?;
        }
        Ok(Body::Wanted)
    }
}

impl<R: Receiver> Session for Exchange<'_, R> {
    fn want(&self) -> Want<'_> {
        let sooner =
            |until: Option<Instant>| Some(until.map_or(self.until, |until| until.min(self.until)));
        match self.client.want() {
            _ if self.ended.is_some() => Want::Close,
            Want::Write { bytes, until } => Want::Write { bytes, until: sooner(until) },
            Want::Read { until } => Want::Read { until: sooner(until) },
            want => want,
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        self.story.hears(&input, now);
        self.client.handle(input, now);
        let handed_on = self.hand_on();
        let is_over = now >= self.until && self.client.outcome().is_none();
        self.ended = match handed_on {
            Err(failure) => Some(Err(failure)),
            Ok(Body::Unwanted) => Some(Ok(())),
            Ok(Body::Wanted) if is_over => {
                Some(Err(Failure::new(Kind::TimedOut, "", "the response did not come in time")))
            }
            Ok(Body::Wanted) => None,
        };
    }

    fn expects_more(&self) -> bool {
        self.client.expects_more()
    }
}

fn head(response: &Response, framing: Framing) -> Head {
    let version = match response.version {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
    };
    let fields = response.fields();
    Head {
        version: version.into(),
        status: response.status.0,
        reason: response.reason().to_vec(),
        fields: fields
            .iter()
            .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value.to_vec()))
            .collect(),
        length: match framing {
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::UntilClose => None,
        },
    }
}

fn kind(error: ClientError) -> Kind {
    match error {
        ClientError::Closed { missing: Missing::Everything } => Kind::Empty,
        ClientError::Closed { missing: Missing::Head } => Kind::Receive,
        ClientError::Closed { missing: Missing::Body { .. } | Missing::Chunks { .. } } => {
            Kind::Partial
        }
        ClientError::TimedOut { .. } => Kind::TimedOut,
        ClientError::Malformed { .. } | ClientError::TooLarge { part: Part::Interim } => {
            Kind::Malformed
        }
        ClientError::TooLarge { .. } => Kind::TooLarge,
    }
}
