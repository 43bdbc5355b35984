//! A client, a scripted server, and what comes of it.

use super::{crlf, every_pace, start};
use http1::Limits;
use http1::client::{Call, Client, ClientError, Missing, Part};
use session::simulate::{End, Pace, Step, simulate};
use std::time::Duration;

pub(crate) const OK: &str = "HTTP/1.1 200 OK↵";

/// Makes a call of this method to a server that plays `script`, at every pace. Says what came of it, which must be
/// the same each time: status and body, or the error; and the end.
#[track_caller]
pub(crate) fn exchange(
    method: &str,
    script: &[Step<'_>],
    limits: Limits,
) -> (Result<String, ClientError>, End) {
    let call = Call::new(method, "example.com", "/").unwrap();
    let start = start();
    let at = |pace: &Pace| {
        let mut client = Client::new(&call, limits, start);
        let heard = simulate(&mut client, script, pace, start);
        assert_eq!(heard.bytes, call.encode(), "at {pace:?}");
        assert!(client.outcome().is_some(), "closed without an outcome, at {pace:?}");
        let result = client.finish().map(|response| {
            format!("{} {}", response.status.0, String::from_utf8_lossy(&response.body))
        });
        (result, heard.end)
    };
    let first = at(&Pace::whole());
    let sent = script.iter().map(|step| match step {
        Step::Send(bytes) => bytes.len(),
        _ => 0,
    });
    for pace in every_pace(sent.sum()) {
        assert_eq!(at(&pace), first, "at {pace:?}, otherwise whole");
    }
    first
}

/// The server sends `response` (where `↵` stands for CR LF), and nothing more; the exchange must end at once.
#[track_caller]
pub(crate) fn get(response: &str, expected: Result<&str, ClientError>) {
    answered("GET", &[Step::Send(&crlf(response))], expected);
}

/// The same, with end-of-file.
#[track_caller]
pub(crate) fn get_and_end(response: &str, expected: Result<&str, ClientError>) {
    answered("GET", &[Step::Send(&crlf(response)), Step::HalfClose], expected);
}

#[track_caller]
pub(crate) fn answered(method: &str, script: &[Step<'_>], expected: Result<&str, ClientError>) {
    let (result, end) = exchange(method, script, Limits::default());
    let shown = script.iter().filter_map(|step| match step {
        Step::Send(bytes) => Some(String::from_utf8_lossy(bytes)),
        _ => None,
    });
    let shown = shown.collect::<String>().chars().take(500).collect::<String>();
    assert_eq!(result.as_deref().map_err(|e| *e), expected, "for {shown:?}");
    assert_eq!(end, End::Closed { after: Duration::ZERO }, "for {shown:?}");
}

pub(crate) fn malformed<T>(why: &'static str) -> Result<T, ClientError> {
    Err(ClientError::Malformed { why })
}

pub(crate) fn missing<T>(missing: Missing) -> Result<T, ClientError> {
    Err(ClientError::Closed { missing })
}

pub(crate) fn too_large<T>(part: Part) -> Result<T, ClientError> {
    Err(ClientError::TooLarge { part })
}
