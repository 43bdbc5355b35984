//! What is told of each URL: a line of text in columns, or a JSON object.

use super::attempt::Attempt;
use super::flags::Options;
use super::schedule::Job;
use crate::failure::{Failure, Kind};
use crate::url;
use serde::Serialize;
use std::time::Duration;

/// What is told of one URL.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its number, from 0 on.
    #[serde(skip)]
    pub number: u64,
    /// The number of its line on standard input, from 1 on.
    pub line: u64,
    /// The URL, or what was typed in its place.
    pub url: String,
    /// The status of the last response.
    pub status: Option<u16>,
    /// Bytes of its body, after decompression.
    pub bytes: u64,
    /// How long the last attempt took, in milliseconds.
    #[serde(serialize_with = "milliseconds")]
    pub ms: Duration,
    /// How many attempts were made.
    pub attempts: u32,
    /// The code of the failure, if it has failed.
    pub code: Option<u8>,
    /// What went wrong, if it has failed.
    pub error: Option<String>,
    /// The same as a kind.
    #[serde(skip)]
    pub kind: Option<Kind>,
}

impl Row {
    /// What came of the last attempt.
    pub fn of(job: &Job, attempt: Attempt, options: &Options) -> Self {
        let (status, failure) = match attempt.result {
            Ok(status) if options.fail && status >= 400 => (
                Some(status),
                Some(Failure::new(Kind::Status, format_args!("status {status}"), "")),
            ),
            Ok(status) => (Some(status), None),
            Err(failure) => (None, Some(failure)),
        };
        Self {
            number: job.number,
            line: job.stands_in,
            url: url::shown(&job.url),
            status,
            bytes: attempt.bytes,
            ms: attempt.took,
            attempts: job.attempts,
            code: failure.as_ref().map(|failure| failure.kind.code()),
            kind: failure.as_ref().map(|failure| failure.kind),
            // The hint is for one URL on a command line, not for a thousand lines.
            error: failure.map(|failure| failure.hint("").to_string()),
        }
    }

    /// A line that is no URL: there was nothing to attempt.
    pub fn wrong(number: u64, stands_in: u64, typed: String, failure: Failure) -> Self {
        Self {
            number,
            line: stands_in,
            url: typed,
            status: None,
            bytes: 0,
            ms: Duration::ZERO,
            attempts: 0,
            code: Some(failure.kind.code()),
            kind: Some(failure.kind),
            error: Some(failure.hint("").to_string()),
        }
    }

    /// Has it failed?
    pub fn has_failed(&self) -> bool {
        self.kind.is_some()
    }

    /// The line, with its end.
    pub fn line(&self, json: bool) -> String {
        if json {
            return json_line(self);
        }
        let status = match self.status {
            Some(status) => status.to_string(),
            None => "failed".into(),
        };
        let Self { bytes, attempts, url, .. } = self;
        let ms = self.ms.as_secs_f64() * 1000.0;
        let error = self.error.as_ref().map(|error| format!("  {error}")).unwrap_or_default();
        format!("{status:>6} {bytes:>10} {ms:>9.1} {attempts:>3}  {url}{error}\n")
    }
}

/// Anything as a line of JSON.
pub fn json_line(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value);
    text.expect("numbers, texts and names that are texts can be written as JSON") + "\n"
}

/// A time in milliseconds, to three decimals: finer is noise.
pub fn milliseconds<S: serde::Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.as_micros() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::many::input;

    fn row(result: Result<u16, Failure>, fail: bool) -> Row {
        let mut job = input::job(0, 7, url::parse("me:secret@a/x").unwrap());
        job.attempts = 2;
        let took = Duration::from_micros(1234);
        let (is_lost, is_second) = (false, false);
        let attempt = Attempt { result, retry_after: None, bytes: 13, took, is_lost, is_second };
        Row::of(&job, attempt, &Options { fail, ..Options::default() })
    }

    #[test]
    fn a_row_is_a_line_in_columns() {
        let line = row(Ok(200), true).line(false);
        assert_eq!(line, "   200         13       1.2   2  http://me:***@a/x\n");
        let failure = Failure::new(Kind::Connect, "cannot connect to a", "refused\n");
        let line = row(Err(failure), false).line(false);
        let right =
            "failed         13       1.2   2  http://me:***@a/x  cannot connect to a: refused\\n\n";
        assert_eq!(line, right);
    }

    #[test]
    fn a_row_is_an_object() {
        let line = row(Ok(404), true).line(true);
        let right = r#"{"line":7,"url":"http://me:***@a/x","status":404,"bytes":13,"ms":1.234,"attempts":2,"code":22,"error":"status 404"}"#;
        assert_eq!(line.trim_end(), right);
        assert!(row(Ok(404), false).line(true).ends_with("\"code\":null,\"error\":null}\n"));
    }
}
