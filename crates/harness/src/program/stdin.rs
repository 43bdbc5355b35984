//! What a program reads.

use std::io::Write;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::thread;

/// What a program finds on its stdin.
#[derive(Clone, Debug)]
pub(super) enum Stdin {
    /// End-of-file at once.
    Nothing,
    /// These bytes, then end-of-file.
    Bytes(Arc<[u8]>),
    /// What the test writes, until the test ends it.
    Open,
}

impl Stdin {
    pub(super) fn stdio(&self) -> Stdio {
        match self {
            Self::Nothing => Stdio::null(),
            Self::Bytes(_) | Self::Open => Stdio::piped(),
        }
    }

    /// Writes the bytes in a thread: a pipe takes 64 KiB, and the program may never read.
    pub(super) fn feed(&self, child: &mut Child) {
        if let Self::Bytes(bytes) = self
            && let Some(mut pipe) = child.stdin.take()
        {
            let bytes = bytes.clone();
            // A program that ends without reading breaks the pipe, which is its right.
            thread::spawn(move || pipe.write_all(&bytes));
        }
    }
}
