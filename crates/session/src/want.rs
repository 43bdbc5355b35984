//! The contract between a session and its driver.
//!
//! # The rules
//!
//! 1. [`Session::want`] is a question: asked twice, it gives the same answer.
//! 2. [`Input::Received`] and [`Input::Eof`] answer only [`Want::Read`].
//!    [`Input::Wrote`]`(n)` answers only [`Want::Write`], with 1 ≤ n ≤ the number of bytes offered.
//! 3. [`Input::Tick`] may come at any time. Before `until` it changes nothing; at or after `until` it changes the
//!    want or moves `until`.
//! 4. `now` never goes back.
//! 5. After [`Want::Close`] nothing more is handled.
//! 6. Back-pressure: a session that owes bytes never wants to read. A reply that is due later is a
//!    [`Want::Sleep`]. Every buffer has a named limit.
//! 7. A session cannot fail: bad input becomes a reply and [`Want::Close`]. Only drivers return errors.
//! 8. Stopping is end-of-file: a driver that must stop gives its sessions [`Input::Eof`]. A session then answers
//!    what it already has, and closes.

use std::time::Instant;

/// What a session wants its driver to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want<'a> {
    /// Send these bytes (at least one), or as many of them as the peer takes.
    Write {
        /// What is still owed to the peer, never empty.
        bytes: &'a [u8],
        /// When to give up waiting for the peer, by a [`Input::Tick`]; `None` waits for ever.
        until: Option<Instant>,
    },
    /// Wait for bytes from the peer, or for its end-of-file.
    Read {
        /// When to give up waiting for the peer, by a [`Input::Tick`]; `None` waits for ever.
        until: Option<Instant>,
    },
    /// Wait for the clock alone: neither read nor write.
    Sleep {
        /// When to report a [`Input::Tick`].
        until: Instant,
    },
    /// End the connection. This want never changes.
    Close,
}

/// What happened, as reported by the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// These bytes arrived (at least one).
    Received(&'a [u8]),
    /// The peer will send nothing more, or the driver has to stop.
    Eof,
    /// The first so many of the offered bytes were sent (at least one).
    Wrote(usize),
    /// Time passed.
    Tick,
}

/// One connection's conversation, as a state machine without I/O.
///
/// A driver is a loop around one `match`:
///
/// ```
/// use session::{Hello, Input, Session, Want};
/// use std::time::{Duration, Instant};
///
/// let now = Instant::now();
/// let mut session = Hello::new(now, Duration::from_secs(10));
/// let mut sent = Vec::new(); // stands for a socket
/// loop {
///     let input = match session.want() {
///         Want::Write { bytes, .. } => {
///             sent.extend_from_slice(bytes);
///             Input::Wrote(bytes.len())
///         }
///         Want::Read { .. } => Input::Eof,
///         Want::Sleep { .. } => Input::Tick,
///         Want::Close => break,
///     };
///     session.handle(input, now);
/// }
/// assert_eq!(sent, b"Hello, world!");
/// ```
pub trait Session {
    /// Says what the session wants next. Asked twice, the answer is the same.
    fn want(&self) -> Want<'_>;

    /// Tells the session what happened, and what time it is.
    fn handle(&mut self, input: Input<'_>, now: Instant);

    /// Asked when the session wants [`Want::Close`]: may the peer still send something? If it may, a close must be
    /// staged, or what it sends could destroy the last reply on its way.
    fn expects_more(&self) -> bool {
        true
    }
}

impl<S: Session + ?Sized> Session for Box<S> {
    fn want(&self) -> Want<'_> {
        (**self).want()
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        (**self).handle(input, now);
    }

    fn expects_more(&self) -> bool {
        (**self).expects_more()
    }
}

impl<S: Session + ?Sized> Session for &mut S {
    fn want(&self) -> Want<'_> {
        (**self).want()
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        (**self).handle(input, now);
    }

    fn expects_more(&self) -> bool {
        (**self).expects_more()
    }
}
