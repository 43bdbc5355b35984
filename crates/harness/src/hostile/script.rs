//! What a server does with each connection.

use std::time::Duration;

/// When a server has read enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After a line.
    Line,
    /// After an empty line: the end of an HTTP request without a body.
    Head,
    /// After so many bytes in all.
    Bytes(u64),
    /// After so many bytes more.
    More(u64),
    /// At end-of-file.
    End,
}

/// One thing that a server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads.
    Read(Until),
    /// Writes all of it at once.
    Write(Vec<u8>),
    /// Writes pieces of `cut` bytes, each alone: the next one goes when the client has taken the one before.
    Pieces {
        /// What is written.
        bytes: Vec<u8>,
        /// The length of a piece.
        cut: usize,
        /// A rest after each piece.
        pause: Duration,
    },
    /// Waits until the client has taken what was written, for two seconds at most.
    Taken,
    /// Writes the same bytes again and again.
    Endless(Vec<u8>),
    /// Sends back what comes, until end-of-file.
    Echo,
    /// Reads until end-of-file, then closes.
    Listen,
    /// Does nothing, not even read, until the [`Server`](super::Server) is dropped.
    Hold,
    /// Closes without reading what came: if there was anything, the kernel sends a reset.
    Close,
    /// Closes by a reset (`SO_LINGER` with no time), which discards what the client was still to get.
    Reset,
}

/// What a server does with each connection, step by step.
///
/// When the steps are done it ends its side, and reads on until the client leaves, so that nothing is lost.
/// Where something is to be answered, it first reads an HTTP head; [`Script::after`] changes that.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) steps: Vec<Step>,
}

impl Script {
    /// Any steps.
    pub fn new(steps: impl Into<Vec<Step>>) -> Self {
        Self { steps: steps.into() }
    }

    /// Does this as well, when the steps so far are done.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Answers one request after another on the same connection, as keep-alive has it, and then ends its side without
    /// waiting for a request more.
    pub fn answers_each<R: AsRef<[u8]>>(replies: impl IntoIterator<Item = R>) -> Self {
        let one = |reply: R| [Step::Read(Until::Head), Step::Write(reply.as_ref().into())];
        Self::new(replies.into_iter().flat_map(one).collect::<Vec<_>>())
    }

    /// Reads a request, then does this.
    fn answer(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::new([Step::Read(Until::Head)].into_iter().chain(steps).collect::<Vec<_>>())
    }

    /// Waits for something else than an HTTP head before it answers.
    #[must_use]
    pub fn after(mut self, until: Until) -> Self {
        match self.steps.first_mut() {
            Some(Step::Read(old)) => *old = until,
            _ => self.steps.insert(0, Step::Read(until)),
        }
        self
    }

    /// Answers before anything was asked: a server that greets.
    #[must_use]
    pub fn at_once(mut self) -> Self {
        if let Some(Step::Read(_)) = self.steps.first() {
            self.steps.remove(0);
        }
        self
    }

    /// Behaves: a whole reply, then end-of-file.
    pub fn replies(reply: impl AsRef<[u8]>) -> Self {
        Self::answer([Step::Write(reply.as_ref().into())])
    }

    /// Behaves: sends back what comes, and closes at end-of-file.
    pub fn echo() -> Self {
        Self::new([Step::Echo])
    }

    /// A whole reply, after which the connection stays open, as keep-alive wants it.
    pub fn keeps_open(reply: impl AsRef<[u8]>) -> Self {
        Self::answer([Step::Write(reply.as_ref().into()), Step::Listen])
    }

    /// The reply in pieces of `cut` bytes, each of which the client has to read alone.
    pub fn split(reply: impl AsRef<[u8]>, cut: usize) -> Self {
        Self::slow(reply, cut, Duration::ZERO)
    }

    /// The reply in pieces of `cut` bytes, with a rest after each.
    pub fn slow(reply: impl AsRef<[u8]>, cut: usize, pause: Duration) -> Self {
        Self::answer([Step::Pieces { bytes: reply.as_ref().into(), cut, pause }])
    }

    /// A reset after the first half of the reply.
    pub fn reset_after_half(reply: impl AsRef<[u8]>) -> Self {
        Self::answer([half(reply.as_ref()), Step::Taken, Step::Reset])
    }

    /// End-of-file after the first half of the reply.
    pub fn close_after_half(reply: impl AsRef<[u8]>) -> Self {
        Self::answer([half(reply.as_ref())])
    }

    /// Takes what the client sends, and never says a word, not even at its end-of-file.
    pub fn never_answers() -> Self {
        Self::new([Step::Read(Until::End), Step::Hold])
    }

    /// Accepts, and never reads or writes.
    pub fn never_reads() -> Self {
        Self::new([Step::Hold])
    }

    /// A beginning, and then bytes without end.
    pub fn endless_reply(head: impl AsRef<[u8]>) -> Self {
        Self::answer([Step::Write(head.as_ref().into()), Step::Endless(vec![b'x'; 64 * 1024])])
    }

    /// An HTTP response whose header has no end.
    pub fn endless_head() -> Self {
        let field = b"X-More: and more and more and more and more and more\r\n".repeat(64);
        Self::answer([Step::Write(b"HTTP/1.1 200 OK\r\n".into()), Step::Endless(field)])
    }

    /// Bytes that are no HTTP, among them line endings and ones that are no text.
    pub fn garbage() -> Self {
        Self::answer([Step::Write(b"\x00\xff\x1b[31m rubbish\r\n\r\n\x80more of it\n".into())])
    }

    /// The reply comes when one byte of the request did, and the connection is closed with the rest of it unread.
    pub fn answers_unread(reply: impl AsRef<[u8]>) -> Self {
        // The request must be there when we close, and not read: so only its first byte is.
        let first = Step::Read(Until::Bytes(1));
        Self::new([first, Step::Write(reply.as_ref().into()), Step::Close])
    }
}

fn half(reply: &[u8]) -> Step {
    Step::Write(reply[..reply.len() / 2].into())
}

/// A plain HTTP response with this body and its length.
pub fn response(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
