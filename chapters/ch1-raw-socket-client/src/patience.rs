//! How long we wait.
//!
//! A timeout of a socket (`SO_RCVTIMEO`, socket(7)) bounds how long *one* `recv(2)` may wait. It says nothing about the
//! whole: a server that sends a byte every nine seconds never meets a timeout of ten. So there are two limits, one for
//! silence and one for everything, and `recv(2)` looks up from its wait many times a second to compare them with the
//! clock.

use crate::failure::{self, Failure, Kind};
use crate::flags::{Source, Talk};
use crate::story::seconds;
use socket2::Socket;
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long one `recv(2)` or `send(2)` waits before it looks up: whether our input has ended meanwhile, and how late
/// it is.
const LOOK: Duration = Duration::from_millis(50);

/// How many bytes may lie in the send buffer that the kernel has not sent yet (`TCP_NOTSENT_LOWAT`, tcp(7)).
///
/// A send buffer grows to megabytes, and `send(2)` is quick as long as there is room. With less of it, what `send(2)`
/// takes has almost gone out, so that its pace shows whether the server takes anything.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 * 1024;

/// Whoever has sent so much may have filled the server's receive buffer, and must wait until all of it is read.
const MUCH: u64 = 128 * 1024;

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
    /// Did the user set `SO_RCVTIMEO`? Then a `recv(2)` that waits so long fails, and no other silence counts.
    pub raw: Option<Duration>,
}

impl Patience {
    /// The limits of a conversation, which are set for its socket as well. What the user set there stays.
    ///
    /// # Errors
    ///
    /// The system does not set them.
    pub fn new(talk: &Talk, peer: SocketAddr, socket: &Socket) -> Result<Self, Failure> {
        let mut patience = Self {
            peer,
            silence: talk.read_timeout,
            total: talk.max_time,
            since: (talk.source != Source::Stdin).then(Instant::now),
            heard: None,
            raw: None,
        };
        patience.set(talk, socket).map_err(|error| failure::own("cannot set a timeout", &error))?;
        Ok(patience)
    }

    /// At most three `setsockopt(2)`.
    fn set(&mut self, talk: &Talk, socket: &Socket) -> io::Result<()> {
        if talk.options.has("SO_RCVTIMEO") {
            // To the kernel, 0 is for ever.
            self.raw = Some(socket.read_timeout()?.unwrap_or(Duration::MAX));
            self.silence = Duration::MAX;
        } else {
            socket.set_read_timeout(Some(self.look()))?;
        }
        if !talk.options.has("SO_SNDTIMEO") {
            socket.set_write_timeout(Some(self.look()))?;
        }
        // Elsewhere a slow server may be taken for one that takes nothing.
        #[cfg(any(target_os = "android", target_os = "linux"))]
        if !talk.udp {
            socket.set_tcp_notsent_lowat(UNSENT)?;
        }
        Ok(())
    }

    /// How long one `recv(2)` or `send(2)` may wait.
    pub fn look(&self) -> Duration {
        LOOK.min(self.silence).min(self.total)
    }

    /// Lets no `SO_RCVTIMEO` of the user outlast the time for everything.
    ///
    /// # Errors
    ///
    /// The system does not set it.
    pub fn bound(&mut self, socket: &Socket, input_ended: Option<Instant>) -> Result<(), Failure> {
        let passed = self.since.or(input_ended).map_or(Duration::ZERO, |since| since.elapsed());
        if self.raw.is_some_and(|raw| raw >= self.total.saturating_sub(passed)) {
            self.raw = None;
            socket
                .set_read_timeout(Some(self.look()))
                .map_err(|error| failure::own("cannot set a timeout", &error))?;
        }
        Ok(())
    }

    /// Notes that something came.
    pub fn heard(&mut self) {
        self.heard = Some(Instant::now());
    }

    /// Has the server still time, now that so many bytes are sent? While the input goes on, its silence is no failure:
    /// nobody may have asked anything.
    ///
    /// # Errors
    ///
    /// One of the limits has passed.
    pub fn check(&self, input_ended: Option<Instant>, sent: u64) -> Result<(), Failure> {
        self.check_total(input_ended)?;
        let Some(ended) = input_ended else { return Ok(()) };
        let quiet_since = self.heard.map_or(ended, |heard| heard.max(ended));
        if quiet_since.elapsed() < self.silence {
            return Ok(());
        }
        let happened = format!("timed out after {} of silence", seconds(self.silence));
        Err(self.failure(happened).hint(if sent < MUCH {
            "does the server wait for more, or is it stuck? see --read-timeout"
        } else {
            "is it stuck, or does it still read? some MB may lie in its buffer; see --read-timeout"
        }))
    }

    /// Is there time left for everything?
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn check_total(&self, input_ended: Option<Instant>) -> Result<(), Failure> {
        if self.since.or(input_ended).is_none_or(|since| since.elapsed() < self.total) {
            return Ok(());
        }
        let happened = format!("timed out after {} in all", seconds(self.total));
        Err(self.failure(happened).hint(match (self.heard, input_ended) {
            (_, None) => "not all of our input is sent; see --max-time",
            (Some(_), _) => "it goes on and on; see --max-time",
            (None, _) => "nothing came; see --max-time",
        }))
    }

    /// The server has ended at `start`, and our input has given nothing since `since`. May it go on?
    ///
    /// # Errors
    ///
    /// It has been silent for too long, or went on for too long.
    pub fn check_input(&self, start: Instant, since: Instant) -> Result<(), Failure> {
        let (kind, hint) = if since.elapsed() >= self.silence {
            let silence = seconds(self.silence);
            (Kind::Closed, format!("it gave nothing for {silence}; see --read-timeout"))
        } else if self.since.unwrap_or(start).elapsed() >= self.total {
            let total = seconds(self.total);
            (Kind::ReplyTimedOut, format!("{total} in all have passed; see --max-time"))
        } else {
            return Ok(());
        };
        let tried = format!("cannot send everything to {}", self.peer);
        let happened = "the server has ended, and our input has not";
        Err(Failure::new(kind, tried, happened).hint(hint))
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
            raw: None,
        };
        // A person may type for as long as they like.
        assert_eq!(patience(None, Some(ago(1000))).check(None, 0), Ok(()));
        assert_eq!(patience(None, None).check(Some(ago(5)), 0), Ok(()));
        assert_eq!(patience(None, Some(ago(5))).check(Some(ago(50)), 0), Ok(()));
        assert_eq!(patience(None, Some(ago(50))).check(Some(ago(5)), 0), Ok(()));
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
            let failure = patience.check(ended, 0).unwrap_err();
            assert_eq!(failure.kind, Kind::ReplyTimedOut);
            assert!(failure.to_string().contains(words), "{failure}");
        }
    }
}
