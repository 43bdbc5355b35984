//! Retries that do no harm: what may be tried again, and after how long.
//!
//! - A request that was never sent may be sent: nobody could connect.
//! - A request that may be made twice (RFC 9110 section 9.2.2: GET, HEAD, PUT, DELETE, OPTIONS, TRACE) may be made
//!   again when its connection broke, or the server says that it cannot answer just now (408, 429, 500, 502, 503, 504).
//! - Everything else is left alone: an order that is sent twice is delivered twice.
//!
//! How long to wait says the server (`Retry-After`, RFC 9110 section 10.2.3), or else chance: between nothing and a
//! bound that doubles each time. Clients that all failed at the same moment must not all come back at the same moment
//! ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

use crate::failure::Kind;
use std::time::{Duration, SystemTime};

/// The bound of the first wait; it doubles with each further one.
pub const FIRST_WAIT: Duration = Duration::from_millis(500);
/// It doubles no further than this.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A server that asks for more patience than this gets no retry: the user is told.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A response with this status.
    Status {
        /// The status.
        code: u16,
        /// What its `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// No response, or not all of it.
    Failed(Kind),
}

impl Outcome {
    /// What came of an attempt that failed in this way. If a server has read the request and sent us on to another one,
    /// to which no connection could be made, it is not as if nothing had been sent.
    pub fn failed(kind: Kind, is_sent: bool) -> Self {
        match kind {
            Kind::Connect | Kind::UnknownName if is_sent => Self::Failed(Kind::Receive),
            kind => Self::Failed(kind),
        }
    }
}

/// How often to try again, at most.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Attempts after the first one.
    pub most: u32,
}

impl Policy {
    /// How long to wait before the next attempt, after `attempts` in vain; nothing if there must not be one.
    ///
    /// `chance` is between 0 and 1.
    pub fn next(
        &self,
        method: &str,
        outcome: Outcome,
        attempts: u32,
        chance: f64,
    ) -> Option<Duration> {
        if attempts > self.most || !may_repeat(method, outcome) {
            return None;
        }
        if let Outcome::Status { retry_after: Some(asked), .. } = outcome {
            return Some(asked).filter(|asked| *asked <= LONGEST_RETRY_AFTER);
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(16));
        Some(doubled.min(LONGEST_WAIT).mul_f64(chance.clamp(0.0, 1.0)))
    }
}

/// May a request with this method be made twice (RFC 9110 section 9.2.2)?
pub fn is_idempotent(method: &str) -> bool {
    ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(&method)
}

/// May a request with this method be made again, after this?
pub fn may_repeat(method: &str, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Failed(Kind::Connect | Kind::UnknownName) => true,
        Outcome::Failed(
            Kind::Empty | Kind::Receive | Kind::Send | Kind::Partial | Kind::TimedOut,
        ) => is_idempotent(method),
        Outcome::Status { code: 408 | 429 | 500 | 502 | 503 | 504, .. } => is_idempotent(method),
        Outcome::Failed(_) | Outcome::Status { .. } => false,
    }
}

/// What the `Retry-After` of a response asks for, if it has one.
pub fn asked(value: Option<impl AsRef<[u8]>>) -> Option<Duration> {
    retry_after(value?.as_ref(), SystemTime::now())
}

/// What a `Retry-After` asks for: seconds, or a moment (RFC 9110 section 10.2.3). What is neither counts as nothing.
fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are more than anybody waits.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let moment = httpdate::parse_http_date(text).ok()?;
    Some(moment.duration_since(now).unwrap_or_default())
}

/// Retries that many requests may make together: one for every ten requests, and a few to begin with. When a server is
/// down, every request fails, and retrying them all would only double its load (Google, "Site Reliability Engineering",
/// chapter 21, "Handling Overload").
#[derive(Clone, Debug)]
pub struct Budget {
    tenths: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { tenths: 10 * Self::TO_BEGIN_WITH }
    }
}

impl Budget {
    /// Retries that are there before the first request.
    pub const TO_BEGIN_WITH: u64 = 10;

    /// A request is made for the first time.
    pub fn earn(&mut self) {
        self.tenths += 1;
    }

    /// Takes one retry, if there is one.
    pub fn spend(&mut self) -> bool {
        let left = self.tenths.checked_sub(10);
        self.tenths = left.unwrap_or(self.tenths);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { most: 3 };

    fn status(code: u16) -> Outcome {
        Outcome::Status { code, retry_after: None }
    }

    #[test]
    fn only_what_does_no_harm_is_repeated() {
        for (method, outcome, right) in [
            ("GET", status(503), true),
            ("GET", status(429), true),
            ("GET", status(404), false),
            ("GET", status(200), false),
            ("GET", Outcome::Failed(Kind::Empty), true),
            ("GET", Outcome::Failed(Kind::Malformed), false),
            ("GET", Outcome::Failed(Kind::Certificate), false),
            ("POST", status(503), false),
            ("POST", Outcome::Failed(Kind::TimedOut), false),
            ("POST", Outcome::Failed(Kind::Connect), true),
            ("PATCH", Outcome::Failed(Kind::Receive), false),
            ("PUT", Outcome::Failed(Kind::Receive), true),
        ] {
            assert_eq!(may_repeat(method, outcome), right, "{method} {outcome:?}");
        }
    }

    #[test]
    fn the_bound_doubles_and_ends() {
        let waits: Vec<_> = (1..=4).map(|n| POLICY.next("GET", status(503), n, 1.0)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(500), ms(1000), ms(2000), None]);
        let patient = Policy { most: u32::MAX };
        assert_eq!(patient.next("GET", status(503), 4_000_000_000, 1.0), Some(LONGEST_WAIT));
        assert_eq!(patient.next("GET", status(503), 1, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn the_server_says_how_long() {
        let asks = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            POLICY.next("GET", Outcome::Status { code: 429, retry_after }, 1, 0.5)
        };
        assert_eq!(asks(7), Some(Duration::from_secs(7)));
        assert_eq!(asks(300), Some(LONGEST_RETRY_AFTER));
        assert_eq!(asks(301), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value.as_bytes(), now), seconds.map(Duration::from_secs));
        }
        assert_eq!(retry_after(&[b'9'; 40], now), Some(Duration::MAX));
        assert_eq!(retry_after(b"\xff", now), None);
    }

    #[test]
    fn a_budget_is_a_tenth() {
        let mut budget = Budget::default();
        let begun = (0..100).filter(|_| budget.spend()).count();
        assert_eq!(begun as u64, Budget::TO_BEGIN_WITH);
        (0..25).for_each(|_| budget.earn());
        assert_eq!([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
    }
}
