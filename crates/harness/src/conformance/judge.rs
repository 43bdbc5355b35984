//! Compares what came with one permitted outcome.

use super::case::{Body, Check, End, Outcome, Wanted};
use super::reply::{self, Reply};

/// The request that finds out whether a connection still serves, and that ends it.
pub(super) const PROBE: &[u8] =
    b"GET /bytes/7 HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";
/// How long the probe's body is: no case asks for one of the same length.
const PROBED: usize = 7;

/// What the client has seen so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// All bytes that came.
    pub(super) bytes: Vec<u8>,
    /// How many of them the first read gave.
    pub(super) first_read: usize,
    /// How the server's side ended, if it has.
    pub(super) ended: Option<Ended>,
    /// A write failed: the server no longer reads.
    pub(super) write_failed: bool,
    /// The probe was sent.
    pub(super) probed: bool,
    /// The client has shut down its write side.
    pub(super) half_closed: bool,
}

/// How the server ended its side of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Eof,
    Reset,
}

/// Whether an outcome has come about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has.
    Accepted,
    /// It cannot any more, for this reason.
    Refuted(String),
    /// It can, if this still comes.
    Pending(String),
    /// It can, if the probe is answered, which is to be sent now.
    Probe,
}

use Verdict::{Accepted, Pending, Probe, Refuted};

/// Judges what was seen against one outcome.
pub(super) fn judge(outcome: &Outcome, seen: &Seen) -> Verdict {
    let mut rest = seen.bytes.as_slice();
    let mut closing = false;
    for (index, wanted) in outcome.replies.iter().enumerate() {
        let nth = format!("reply {}", index + 1);
        let (got, length) = match reply::read(rest, wanted.head, seen.ended.is_some()) {
            Err(why) => return Refuted(format!("{nth} is malformed: {why}")),
            Ok(None) if seen.ended.is_some() => {
                return Refuted(format!("the connection ended before {nth} was complete"));
            }
            Ok(None) => return Pending(format!("{nth} did not come, or not to its end")),
            Ok(Some(read)) => read,
        };
        if wanted.optional && !wanted.statuses.contains(&got.status) {
            continue;
        }
        if closing {
            return Refuted(format!("{nth} follows a reply that ends the connection"));
        }
        if let Err(why) =
            meets(wanted, &got, &rest[..length], index == 0 && length > seen.first_read)
        {
            return Refuted(format!("{nth}: {why}"));
        }
        rest = &rest[length..];
        closing = got.is_last() && got.status >= 200;
    }
    finish(outcome.end, rest, closing, seen)
}

/// Judges what follows the last reply.
fn finish(end: End, rest: &[u8], closing: bool, seen: &Seen) -> Verdict {
    let must_close = matches!(end, End::Closed | End::Gently);
    if must_close && !rest.is_empty() {
        return Refuted(format!("{} bytes more than the replies came", rest.len()));
    }
    match seen.ended {
        Some(Ended::Reset) if end == End::Gently => Refuted(
            "the connection was reset, which can destroy the reply at the client".to_owned(),
        ),
        Some(_) if end == End::Gently && seen.write_failed => {
            Refuted("a write failed: the server closed without reading what it was sent".to_owned())
        }
        Some(_) if must_close || (end == End::Either && rest.is_empty()) => Accepted,
        Some(_) if rest.is_empty() => {
            Refuted("the server closed a connection that must stay open".to_owned())
        }
        None if must_close => Pending("the server did not close the connection".to_owned()),
        _ if closing && end == End::Open => {
            Refuted("the last reply ends a connection that must stay open".to_owned())
        }
        _ if closing && !rest.is_empty() => {
            Refuted("bytes follow a reply that ends the connection".to_owned())
        }
        None if closing => {
            Pending("the reply ends the connection, but the server did not close it".to_owned())
        }
        _ if !seen.probed && !rest.is_empty() => {
            Refuted(format!("{} bytes more than the replies came", rest.len()))
        }
        _ if !seen.probed => Probe,
        ended => match reply::read(rest, false, ended.is_some()) {
            Err(why) => Refuted(format!("the reply to a following request is malformed: {why}")),
            Ok(None) if ended.is_some() => {
                Refuted("the reply to a following request is cut short".to_owned())
            }
            Ok(None) => Pending("a following request was not answered".to_owned()),
            Ok(Some((got, length))) if length < rest.len() => {
                Refuted(format!("surplus bytes: a {} came between the replies", got.status))
            }
            Ok(Some((got, _))) if got.status != 200 || got.body.len() != PROBED => {
                Refuted(format!(
                    "a following `GET /bytes/{PROBED}` was answered {} with {} bytes: two readers would disagree here",
                    got.status,
                    got.body.len()
                ))
            }
            Ok(Some(_)) if ended.is_some() => Accepted,
            Ok(Some(_)) => Pending(
                "the server did not close after a request with `Connection: close`".to_owned(),
            ),
        },
    }
}

/// Compares one reply with what was wanted.
fn meets(wanted: &Wanted, got: &Reply, raw: &[u8], split: bool) -> Result<(), String> {
    if !wanted.statuses.contains(&got.status) {
        return Err(format!("status {}, not {:?}", got.status, wanted.statuses));
    }
    match &wanted.body {
        Body::Is(body) if !wanted.head && got.body != *body => {
            return Err(format!(
                "the body has {} bytes that are not the {} expected",
                got.body.len(),
                body.len()
            ));
        }
        Body::Long(length) if !wanted.head && got.body.len() != *length => {
            return Err(format!("the body has {} bytes, not {length}", got.body.len()));
        }
        _ => {}
    }
    for check in &wanted.checks {
        match *check {
            Check::Has(name) if got.field(name).is_none() => {
                return Err(format!("it has no {name}"));
            }
            Check::Lists(name, token) if !got.lists(name, token) => {
                return Err(format!("its {name} does not list `{token}`"));
            }
            Check::IfAnyIs(name, value)
                if got.field(name).is_some_and(|v| v != value.as_bytes()) =>
            {
                return Err(format!("its {name} is not `{value}`"));
            }
            Check::Starts(name, value)
                if !got.field(name).is_some_and(|v| v.starts_with(value.as_bytes())) =>
            {
                return Err(format!("its {name} does not start with `{value}`"));
            }
            Check::Never(text) if raw.windows(text.len()).any(|w| w == text.as_bytes()) => {
                return Err(format!("it contains `{text}`"));
            }
            Check::Version(version) if got.version != version => {
                return Err(format!("its version is {}, not {version}", got.version));
            }
            Check::OneRead if split => {
                return Err(
                    "it did not come with one read, so it was not written at once".to_owned()
                );
            }
            _ => {}
        }
    }
    Ok(())
}
