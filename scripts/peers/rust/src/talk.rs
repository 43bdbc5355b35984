//! A conversation that looks only for the blank line which ends a request's head: peer.h in Rust. It leaves out what peer.h leaves out,
//! and `Connection: close` as well.

/// As long as our own reply, so that the kernel copies as many bytes.
const REPLY: [u8; 130] = *b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, World!";
/// As many bytes as are read at once.
pub const READ: usize = 4096;
/// Replies for one read: each blank line takes two bytes of it, or one if it began before.
const MOST: usize = READ / 2;
/// What is owed is a stretch at the end of these bytes.
static REPLIES: [u8; MOST * REPLY.len()] = replies();

const fn replies() -> [u8; MOST * REPLY.len()] {
    let mut all = [0; MOST * REPLY.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = REPLY[at % REPLY.len()];
        at += 1;
    }
    all
}

/// One connection.
#[derive(Default)]
pub struct Talk {
    /// Bytes of replies that are still to be sent.
    owed: usize,
    /// Length of a line whose end has not come yet.
    begun: usize,
}

impl Talk {
    /// Owes a reply for each blank line in what came.
    pub fn hear(&mut self, mut bytes: &[u8]) {
        while let Some(newline) = memchr::memchr(b'\n', bytes) {
            if self.begun + newline + 1 == 2 {
                self.owed += REPLY.len();
            }
            self.begun = 0;
            bytes = &bytes[newline + 1..];
        }
        self.begun += bytes.len();
    }

    /// What is to be sent now: all that is owed, or as much as one stretch holds.
    pub fn owed(&self) -> &'static [u8] {
        let length = match self.owed {
            all if all <= REPLIES.len() => all,
            more => REPLIES.len() - (REPLY.len() - more % REPLY.len()) % REPLY.len(),
        };
        &REPLIES[REPLIES.len() - length..]
    }

    /// So many bytes of it were sent.
    pub fn sent(&mut self, n: usize) {
        self.owed -= n;
    }
}
