//! How long we wait.
//!
//! A timeout of a socket (`SO_RCVTIMEO`, socket(7)) bounds how long *one* `recv(2)` may wait. It says nothing about the
//! whole: a server that sends a byte every nine seconds never meets a timeout of ten. So there are two limits, one for
//! silence and one for everything, and `recv(2)` looks up from its wait many times a second to compare them with the
//! clock.

use crate::failure::{Failure, Kind};
use crate::story::seconds;
use std::fmt::Display;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long one `recv(2)` waits before it looks up: whether our input has ended meanwhile, and how late it is.
const LOOK: Duration = Duration::from_millis(50);

/// The limits of one conversation, and how far it is.
#[derive(Debug)]
pub struct Patience {
    /// Who is waited for.
    pub peer: SocketAddr,
    /// How long the server may be silent once our input has ended.
    pub silence: Duration,
    /// How long everything may take.
    pub total: Duration,
    /// Since when: for a live input, from where it ends.
    pub since: Option<Instant>,
    /// When something last came, if anything did.
    pub heard: Option<Instant>,
}

impl Patience {
    /// How long one `recv(2)` may wait.
    pub fn look(&self) -> Duration {
        LOOK.min(self.silence).min(self.total)
    }

    /// Notes that something came.
    pub fn heard(&mut self) {
        self.heard = Some(Instant::now());
    }

    /// Has the server still time? While the input goes on, its silence is no failure: nobody may have asked anything.
    ///
    /// # Errors
    ///
    /// One of the limits has passed.
    pub fn check(&self, input_ended: Option<Instant>) -> Result<(), Failure> {
        let now = Instant::now();
        let late = |since: Option<Instant>, limit: Duration| {
            since.is_some_and(|since| now.saturating_duration_since(since) >= limit)
        };
        let quiet_since =
            input_ended.map(|ended| self.heard.map_or(ended, |heard| heard.max(ended)));
        if late(self.since.or(input_ended), self.total) {
            let failure = self.failure(format!("timed out after {} in all", seconds(self.total)));
            return Err(failure.hint("it goes on and on; see --max-time"));
        }
        if late(quiet_since, self.silence) {
            let failure =
                self.failure(format!("timed out after {} of silence", seconds(self.silence)));
            return Err(
                failure.hint("does the server wait for more, or is it stuck? see --read-timeout")
            );
        }
        Ok(())
    }

    /// A wait that was too long.
    pub fn failure(&self, happened: impl Display) -> Failure {
        Failure::new(Kind::ReplyTimedOut, self.tried(), happened)
    }

    /// What a failure begins with.
    pub fn tried(&self) -> String {
        let what = if self.heard.is_some() { "no end of the reply" } else { "no reply" };
        format!("{what} from {}", self.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_from_the_end_of_the_input_or_the_last_byte() {
        let now = Instant::now();
        let ago = |s: u64| now.checked_sub(Duration::from_secs(s)).unwrap();
        let peer = "127.0.0.1:9".parse().unwrap();
        let second = Duration::from_secs(1);
        let patience = |since, heard| Patience {
            peer,
            silence: 10 * second,
            total: 100 * second,
            since,
            heard,
        };
        // A person may type for as long as they like.
        assert_eq!(patience(None, Some(ago(1000))).check(None), Ok(()));
        assert_eq!(patience(None, None).check(Some(ago(5))), Ok(()));
        assert_eq!(patience(None, Some(ago(5))).check(Some(ago(50))), Ok(()));
        assert_eq!(patience(None, Some(ago(50))).check(Some(ago(5))), Ok(()));
        for (patience, ended, words) in [
            (
                patience(None, None),
                Some(ago(11)),
                "no reply from 127.0.0.1:9: timed out after 10 s of silence",
            ),
            (patience(None, Some(ago(11))), Some(ago(50)), "no end of the reply"),
            (patience(None, Some(ago(1))), Some(ago(101)), "timed out after 100 s in all"),
            (patience(Some(ago(101)), Some(ago(1))), None, "timed out after 100 s in all"),
        ] {
            let failure = patience.check(ended).unwrap_err();
            assert_eq!(failure.kind, Kind::ReplyTimedOut);
            assert!(failure.to_string().contains(words), "{failure}");
        }
    }
}
