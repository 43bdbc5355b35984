//! The receive loop: it prints what comes, until the reply is whole.

use crate::failure::{Failure, Kind};
use crate::framing::Framing;
use crate::output::Output;
use crate::patience::Patience;
use crate::sending::Sending;
use crate::story::count;
use common::log::reason;
use socket2::Socket;
use std::io::{self, ErrorKind, Read};

/// The most that one `recv(2)` brings. The kernel's own buffer is larger; what is not taken stays there.
pub const BUFFER: usize = 64 * 1024;

/// How a conversation ends well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server has ended its side.
    EndOfFile,
    /// The reply says itself that it is whole.
    Whole,
}

/// What the receiving thread works with.
#[derive(Debug)]
pub struct Receiving<'a> {
    /// Where the bytes come from.
    pub socket: &'a Socket,
    /// The other thread.
    pub sending: Sending,
    /// How long we wait.
    pub patience: Patience,
    /// Did the user set `SO_RCVTIMEO`? Then a `recv(2)` that meets it fails.
    pub raw_timeout: bool,
    /// Where the reply is printed.
    pub output: Output,
}

impl Receiving<'_> {
    /// Receives until the reply is whole.
    ///
    /// `recv(2)` gives what is there, one byte or all that fits: how the sender cut its bytes, nobody knows any more.
    /// If nothing is there, it waits. 0 bytes are the end: the other side has ended, after all that it had to send.
    ///
    /// # Errors
    ///
    /// Why the reply is not whole.
    pub fn receive(&mut self, mut framing: Framing) -> Result<End, Failure> {
        let mut buffer = vec![0; BUFFER];
        let mut socket = self.socket;
        loop {
            match socket.read(&mut buffer) {
                Ok(0) => {
                    self.sending.tell("end of file");
                    framing.end_of_file(self.patience.peer)?;
                    return Ok(End::EndOfFile);
                }
                Ok(n) => {
                    self.sending.tell(format_args!("received {}", count(n, "byte")));
                    self.output.print(&buffer[..n])?;
                    if framing.received(&buffer[..n], self.patience.peer)? {
                        self.sending.tell("the reply is whole, as HTTP says");
                        return Ok(End::Whole);
                    }
                    self.patience.heard();
                }
                Err(error) => self.failed(&error)?,
            }
            self.patience.check(self.sending.ended())?;
        }
    }

    /// What a failing `recv(2)` means. That it has waited long enough, or met a signal, is no failure.
    ///
    /// # Errors
    ///
    /// Any other failure of receiving; or sending has failed, and as nothing is left to be read, this is the end.
    pub fn failed(&mut self, error: &io::Error) -> Result<(), Failure> {
        match error.kind() {
            ErrorKind::Interrupted => Ok(()),
            // EAGAIN, "try again": SO_RCVTIMEO has passed, and nothing came.
            ErrorKind::WouldBlock if self.raw_timeout => {
                let happened = format!("recv timed out: {}, EAGAIN", reason(error));
                Err(self
                    .patience
                    .failure(happened)
                    .hint("SO_RCVTIMEO passed; without it, recv waits for ever"))
            }
            ErrorKind::WouldBlock => self.sending.check(),
            ErrorKind::ConnectionReset => {
                self.sending.tell(format_args!("reset by {}", self.patience.peer));
                Err(Failure::of(self.patience.tried(), error))
            }
            // What we sent was never acknowledged, however often the kernel sent it again.
            ErrorKind::TimedOut => Err(self
                .patience
                .failure(reason(error))
                .hint("nothing acknowledges our packets: is the network still up?")),
            _ => Err(Failure::of(self.patience.tried(), error)),
        }
    }
}

/// Which of two failures tells more: that of receiving, or that of sending? A reset is reported to whichever call
/// comes first, and the other one sees only an end.
pub fn decide(
    received: Result<End, Failure>,
    sent: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    match received {
        Ok(End::Whole) => Ok(()),
        Ok(End::EndOfFile) => sent(),
        Err(failure) if failure.kind == Kind::Closed => sent().and(Err(failure)),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failure_that_tells_more_is_reported() {
        let failure = |kind| Failure::new(kind, "x", "y");
        let [closed, reset, silent] = [Kind::Closed, Kind::Reset, Kind::ReplyTimedOut].map(failure);
        for (received, sent, decided) in [
            (Ok(End::EndOfFile), Ok(()), Ok(())),
            (Ok(End::EndOfFile), Err(&reset), Err(&reset)),
            (Ok(End::EndOfFile), Err(&closed), Err(&closed)),
            (Ok(End::Whole), Err(&reset), Ok(())),
            (Err(&closed), Ok(()), Err(&closed)),
            (Err(&closed), Err(&reset), Err(&reset)),
            (Err(&reset), Err(&closed), Err(&reset)),
            (Err(&silent), Ok(()), Err(&silent)),
        ] {
            let decided = decided.map_err(Clone::clone);
            assert_eq!(
                decide(received.map_err(Clone::clone), || sent.map_err(Clone::clone)),
                decided
            );
        }
    }
}
