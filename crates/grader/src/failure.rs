//! Why a check was not passed: what was expected, what came, and what it looks like.

use crate::talk::Talk;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a part of a check ends if it is not passed.
#[derive(Debug)]
pub enum Stop {
    /// The program is wrong, as far as the grader can see.
    Failure(Box<Failure>),
    /// This cannot be judged here, and why: nothing is taken off for it.
    Skip(String),
    /// The grader cannot do its work, which is never the student's fault: no descriptor, no port, no memory.
    Fault(anyhow::Error),
}

/// The program did something else than it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What should have happened, in one line.
    pub expected: String,
    /// What happened, in one line.
    pub got: String,
    /// What it looks like. This chooses the hints.
    pub symptom: Symptom,
    /// The conversation, a line for each event, with a caret under the first wrong byte.
    pub transcript: Vec<String>,
    /// What is known about the program itself: how it ended, the end of its stderr. Empty if that says nothing.
    pub program: Vec<String>,
}

/// What was observed. The same fault has many causes; these are the ones that look different from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symptom {
    /// The program is a skeleton still: it said which step is not written.
    NotWritten,
    /// The program did not start at all: no such file, not executable.
    CannotStart,
    /// It ended before it did anything.
    EndedEarly,
    /// It ended in the middle of its work: a crash, a panic, an exit.
    Died,
    /// The sandbox ended it: too much memory, too many processes, too much CPU time.
    LimitHit,
    /// Its first line of stdout is not `listening on HOST:PORT`.
    BadReadyLine,
    /// It said nothing on stdout: no ready line, or one that was not flushed.
    NoReadyLine,
    /// It says that it listens, and nobody can connect there.
    NoListener,
    /// It listens, and the queue of those who wait to be accepted is full.
    FullBacklog,
    /// It listens at another address than it was told.
    WrongAddress,
    /// The program is a client, and it never connected.
    NeverConnects,
    /// The connection stands, and no reply came.
    Silent,
    /// Replies come only when the client has ended its side: the program waits for end-of-file.
    WaitsForEof,
    /// A reply came without its line ending.
    NoNewline,
    /// A command that came in pieces was taken for several, or for another one.
    ShortRead,
    /// Of several commands in one piece, not all were answered.
    LostCommand,
    /// Bytes came that are not the reply.
    WrongReply,
    /// The client said something else than what it was given.
    WrongCommand,
    /// Bytes that are no text were changed.
    NotBytes,
    /// What the client has received is not on stdout yet: it waits in a buffer.
    NotFlushed,
    /// The client writes all before it reads, and both sides wait for ever.
    Deadlock,
    /// The client waits for ever.
    NoTimeout,
    /// A reply came that nobody has asked for.
    ExtraReply,
    /// A reply that was due waited for a later one.
    HeldBack,
    /// It replied before the time.
    TooEarly,
    /// It closed the connection while it should have stayed open.
    ClosedEarly,
    /// It kept the connection open while it should have closed it.
    StayedOpen,
    /// The connection was reset: closed with unread input, or by a crash.
    Reset,
    /// A second client is served only when the first one has gone.
    OneAtATime,
    /// A client who waited for its turn never gets it.
    NotServed,
    /// A slow or silent client holds up the others.
    HeldUp,
    /// Additions that were confirmed are missing from the total.
    LostUpdate,
    /// It serves more at once than it may, or has more threads.
    TooMany,
    /// A limit of the protocol is not kept.
    NoLimit,
    /// It does no longer serve after a client was rude.
    DeadAfterReset,
    /// It does no longer serve after a handler failed.
    DeadAfterBoom,
    /// It did not end in time after SIGTERM.
    IgnoresTerm,
    /// SIGTERM ended it as it ends every program that does not handle it.
    NoTermHandler,
    /// It ended, with another exit code than it should.
    ExitCode,
    /// It did not end though it should have.
    NeverEnds,
    /// What it wrote to stderr is not the one line that a person could act on.
    Stderr,
    /// It cannot bind the port at which it listened a moment ago.
    NoReuse,
    /// It left processes behind.
    LeftBehind,
    /// It has children that are dead and not waited for.
    Zombie,
    /// It keeps descriptors of conversations that are over.
    Leak,
}

impl Failure {
    /// What was expected, what came, and what that looks like.
    pub fn new(symptom: Symptom, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            got: got.into(),
            symptom,
            transcript: Vec::new(),
            program: Vec::new(),
        }
    }

    /// The same, with the conversation in which it happened.
    #[must_use]
    pub fn with(mut self, transcript: Vec<String>) -> Self {
        self.transcript = transcript;
        self
    }
}

impl Symptom {
    /// Its name, as it stands in results: `one-at-a-time`.
    pub fn name(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }
}

impl Stop {
    /// The same failure, seen as another one if it looks like the first.
    #[must_use]
    pub fn or(self, seen: Symptom, means: Symptom) -> Self {
        match self {
            Self::Failure(failure) if failure.symptom == seen => {
                Self::Failure(failure).seen_as(means)
            }
            other => other,
        }
    }

    /// The same failure, seen as another one, because the check knows what it means.
    #[must_use]
    pub fn seen_as(mut self, symptom: Symptom) -> Self {
        if let Self::Failure(failure) = &mut self {
            failure.symptom = symptom;
        }
        self
    }

    /// Says more about the circumstances of what was expected: `while nine others are connected`.
    #[must_use]
    pub fn told(mut self, circumstances: &str) -> Self {
        if let Self::Failure(failure) = &mut self {
            failure.expected = format!("{}, {circumstances}", failure.expected);
        }
        self
    }

    /// Puts a conversation in front of what is shown of the failure.
    #[must_use]
    pub fn in_talk(self, talk: &Talk) -> Self {
        self.with_lines(&talk.lines())
    }

    /// As [`Stop::in_talk`], for a conversation that is no more.
    #[must_use]
    pub fn with_lines(mut self, lines: &[String]) -> Self {
        if let Self::Failure(failure) = &mut self {
            failure.transcript.splice(0..0, lines.iter().cloned());
        }
        self
    }

    /// What came of something that may fail here: only the grader's own failure goes on.
    ///
    /// # Errors
    ///
    /// The grader's own.
    pub fn allow<T>(result: Result<T, Self>) -> Result<Option<T>, Self> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Self::Fault(error)) => Err(Self::Fault(error)),
            Err(Self::Failure(_) | Self::Skip(_)) => Ok(None),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

impl From<Box<Failure>> for Stop {
    fn from(failure: Box<Failure>) -> Self {
        Self::Failure(failure)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {}", self.expected, self.got)
    }
}
