//! How a reply is given, apart from what it says.

use crate::encode::Connection;
use crate::request::Head;

/// How a reply has to be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Does it answer a HEAD request?
    pub(super) without_body: bool,
    pub(super) connection: Connection,
}

impl Manner {
    pub(super) fn of(head: &Head, bytes: &[u8]) -> Self {
        let connection = match head.keep_alive {
            true if head.is_http_1_0() => Connection::KeptAlive,
            true => Connection::Kept,
            false => Connection::Close,
        };
        Self { without_body: head.is_head(bytes), connection }
    }

    /// A refusal is always the last reply: where the next request begins is anybody's guess.
    pub(super) fn refusal(head: &[u8]) -> Self {
        Self { without_body: head.starts_with(b"HEAD "), connection: Connection::Close }
    }
}
