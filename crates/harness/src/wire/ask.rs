//! Whole exchanges, and checks that show the conversation when they fail.

use std::fmt::Display;

use super::transcript::compared;
use super::{Reply, Wire};

impl Wire {
    /// Sends a request without a body.
    #[track_caller]
    pub fn request(&mut self, method: &str, path: &str) {
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    /// Reads the reply to a request of this method, which must have this status.
    #[track_caller]
    pub fn expect_reply(&mut self, method: &str, status: u16) -> Reply {
        let reply = self.reply(method);
        self.check(
            reply.status == status,
            format!("a reply of status {status} to {method}, got {}", reply.status),
        );
        reply
    }

    /// One GET and its reply, which must have this status.
    #[track_caller]
    pub fn get(&mut self, path: &str, status: u16) -> Reply {
        self.request("GET", path);
        let reply = self.reply("GET");
        self.check(
            reply.status == status,
            format!("status {status} for GET {path}, got {}", reply.status),
        );
        reply
    }

    /// Panics with the transcript unless `condition` holds.
    #[track_caller]
    pub fn check(&self, condition: bool, expected: impl Display) {
        if !condition {
            self.fail(format!("expected: {expected}"));
        }
    }

    /// Panics with the transcript, and a caret under the first wrong byte, unless the bytes are the same.
    #[track_caller]
    pub fn expect_equal(&self, what: &str, wanted: impl AsRef<[u8]>, got: impl AsRef<[u8]>) {
        let (wanted, got) = (wanted.as_ref(), got.as_ref());
        if wanted != got {
            self.fail(format!("expected: {what}\n{}", compared(wanted, got)));
        }
    }
}
