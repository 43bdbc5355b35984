//! SHA-256, and bytes that are hashed on their way.

use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::{self, ErrorKind, Read};

/// Bytes that are read from a file at a time.
pub const CHUNK: usize = 256 * 1024;

/// The SHA-256 of a content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.chunks(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
        }
        Some(Self(bytes))
    }
}

/// 64 hexadecimal digits, small letters.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Hashes a content from its first byte on, and counts.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    state: Sha256,
    length: u64,
}

impl Hasher {
    /// Takes the next bytes of the content.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.length += bytes.len() as u64;
    }

    /// How many bytes it has taken.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The SHA-256 of what it has taken.
    pub fn digest(&self) -> Digest {
        Digest(self.state.clone().finalize().into())
    }

    /// Takes up to `most` bytes that `file` brings, chunk by chunk. Fewer: the file ended. Returns their number.
    ///
    /// # Errors
    ///
    /// What reading said.
    pub fn read(
        &mut self,
        file: &mut impl Read,
        most: u64,
        buffer: &mut Vec<u8>,
    ) -> io::Result<u64> {
        buffer.resize(CHUNK, 0);
        let mut taken = 0;
        while taken < most {
            let room = CHUNK.min(usize::try_from(most - taken).unwrap_or(CHUNK));
            match read(file, &mut buffer[..room])? {
                0 => break,
                n => {
                    self.update(&buffer[..n]);
                    taken += n as u64;
                }
            }
        }
        Ok(taken)
    }
}

/// One `read(2)` that a signal does not end.
pub(crate) fn read(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
