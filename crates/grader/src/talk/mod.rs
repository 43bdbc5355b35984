//! A conversation with a program, through a layer that is as unkind as a network.
//!
//! TCP is a stream: what one side writes in one piece may come in several, and what it writes in several may come in one.
//! On loopback that hardly ever happens by itself, so here it is made to happen: [`Talk::say`] cuts at chance places, and
//! waits until the program has taken each piece. All of it is written down, for whoever has to understand a failure.

mod adversary;
mod diagnosis;
mod listen;

pub use adversary::Cuts;
pub(crate) use listen::is_timeout;

use crate::failure::{Failure, Stop, Symptom};
use anyhow::Context as _;
use harness::{Transcript, shortened};
use socket2::SockRef;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long a reply may take. Long, because it only bounds a failure: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How long nothing may come where nothing is due. Short, because a right program pays for it each time.
pub const QUIET: Duration = Duration::from_millis(150);

/// How many bytes a message shows of something.
const BRIEF: usize = 60;
/// What a transcript begins its lines with.
const INDENT: &str = "      ";

/// One connection with the program that is graded: the grader is its client, or its server.
#[derive(Debug)]
pub struct Talk {
    stream: TcpStream,
    transcript: Transcript,
    cuts: Cuts,
    /// Received, not yet asked for.
    ahead: Vec<u8>,
    /// The program has ended its side.
    ended: bool,
    /// We have ended ours.
    done: bool,
    /// How many lines have come since something was said.
    replied: usize,
    /// What was said last, and how it went out.
    said: Vec<u8>,
    way: Way,
    /// When the time of the whole part is over.
    until: Instant,
}

/// How something went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Whole,
    Pieces,
}

impl Talk {
    /// Connects to a server. At `until`, every wait in this conversation is over.
    ///
    /// # Errors
    ///
    /// Nobody listens there; or this machine has no descriptor or port for it.
    pub fn connect(addr: SocketAddr, cuts: Cuts, until: Instant) -> Result<Self, Stop> {
        match TcpStream::connect_timeout(&addr, PATIENCE) {
            Ok(stream) => Self::over(stream, cuts, until).map_err(Stop::Fault),
            Err(error) if is_ours(&error) => Err(Stop::Fault(
                anyhow::Error::new(error).context(format!("cannot connect to {addr}")),
            )),
            Err(error) if error.kind() == ErrorKind::TimedOut => Err(Failure::new(
                Symptom::FullBacklog,
                format!("a connection to {addr}, though nobody may accept it yet"),
                format!("no connection for {} s: the backlog is full", PATIENCE.as_secs()),
            )
            .into()),
            Err(error) => Err(Failure::new(
                Symptom::NoListener,
                format!("somebody who listens on {addr}"),
                format!("an error when connecting there: {error}"),
            )
            .into()),
        }
    }

    /// Connects with a small receive buffer, so that a server soon cannot write any more when we do not read.
    ///
    /// # Errors
    ///
    /// As [`Talk::connect`].
    pub fn connect_narrow(addr: SocketAddr, cuts: Cuts, until: Instant) -> Result<Self, Stop> {
        let talk = Self::connect(addr, cuts, until)?;
        // The kernel bounds the window from here on; what it has granted already is 64 KiB.
        SockRef::from(&talk.stream).set_recv_buffer_size(4096).context("cannot set SO_RCVBUF")?;
        Ok(talk)
    }

    /// Talks over a connection that stands.
    pub(crate) fn over(stream: TcpStream, cuts: Cuts, until: Instant) -> anyhow::Result<Self> {
        // Each piece is to be a segment of its own.
        stream.set_nodelay(true).context("cannot set TCP_NODELAY")?;
        stream.set_write_timeout(Some(PATIENCE)).context("cannot set SO_SNDTIMEO")?;
        let mut transcript = Transcript::new();
        transcript.note("connected");
        let (ahead, said, way) = (Vec::new(), Vec::new(), Way::Whole);
        Ok(Self {
            stream,
            transcript,
            cuts,
            ahead,
            ended: false,
            done: false,
            replied: 0,
            said,
            way,
            until,
        })
    }

    /// Says everything in one piece from now on: the first checks of a chapter are about what is said, and not about how
    /// it comes.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.cuts = Cuts::none();
        self
    }

    /// Says that nothing more will be said (FIN); replies can still come.
    pub fn half_close(&mut self) {
        self.transcript.note("the grader ended its side (half-close)");
        self.done = true;
        // A peer that has already reset the connection is found by the read that follows.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Closes by a reset (RST), which throws away what is on its way.
    ///
    /// # Errors
    ///
    /// The grader's own.
    pub fn reset(self) -> Result<(), Stop> {
        let set = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        Ok(set.context("cannot set SO_LINGER")?)
    }

    /// Writes something down that the bytes do not show.
    pub fn note(&mut self, text: impl Into<String>) {
        self.transcript.note(text);
    }

    /// A failure in this conversation.
    pub fn failure(
        &self,
        symptom: Symptom,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Failure {
        Failure::new(symptom, expected, got).with(self.lines())
    }

    /// The conversation so far, a line for each event.
    pub fn lines(&self) -> Vec<String> {
        let text = self.transcript.to_string();
        text.lines()
            .map(|line| line.strip_prefix(INDENT).unwrap_or(line).trim_end().to_owned())
            .collect()
    }
}

/// The first bytes in quotes, for a message of one line.
pub fn brief(bytes: &[u8]) -> String {
    match bytes.len() {
        0..=BRIEF => shortened(bytes),
        length => format!("{}... ({length} bytes)", shortened(&bytes[..BRIEF])),
    }
}

/// Whether an error says that this machine lacks something, and nothing about the program.
fn is_ours(error: &io::Error) -> bool {
    // EMFILE and ENFILE have no kind of their own.
    matches!(error.raw_os_error(), Some(23 | 24)) || error.kind() == ErrorKind::AddrNotAvailable
}
