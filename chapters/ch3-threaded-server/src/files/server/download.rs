//! A file on its way to a client.

use crate::files::code::{Code, Refusal, count};
use crate::files::digest::{self, CHUNK, Digest, Hasher};
use crate::files::name::Name;
use crate::files::server::directory::Directory;
use crate::files::server::upload::STEP;
use std::fs::File;
use std::io::{self, ErrorKind};

/// A file on its way to a client.
#[derive(Debug)]
pub struct Download {
    file: File,
    /// How long the file was when the client asked: so much is promised.
    length: u64,
    /// How much of it the client has already.
    offset: u64,
    hasher: Hasher,
}

impl Download {
    /// Opens a file; the first `offset` bytes have still to be [skipped](Self::skip).
    ///
    /// # Errors
    ///
    /// It cannot be opened, or has fewer bytes.
    pub fn begin(directory: &Directory, name: &Name, offset: u64) -> Result<Self, Refusal> {
        let (file, length) = directory.file(name)?;
        if offset > length {
            let text = format!("the file has only {}", count(length, "byte", "bytes"));
            return Err(Refusal::new(Code::Mismatch, text));
        }
        Ok(Self { file, length, offset, hasher: Hasher::default() })
    }

    /// How long the file is.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Hashes the next [`STEP`] bytes of what the client has already. True: all of it is hashed.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has become shorter.
    pub fn skip(&mut self) -> io::Result<bool> {
        let most = (self.offset - self.hasher.length()).min(STEP);
        match self.hasher.read(&mut self.file, most, &mut Vec::new())? {
            n if n < most => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(self.hasher.length() == self.offset),
        }
    }

    /// Reads the next bytes of the file into `buffer`, and hashes them; 0: it is whole.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has become shorter.
    pub fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.hasher.length()).unwrap_or(CHUNK);
        let room = buffer.len().min(left);
        if room == 0 {
            return Ok(0);
        }
        match digest::read(&mut self.file, &mut buffer[..room])? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            n => {
                self.hasher.update(&buffer[..n]);
                Ok(n)
            }
        }
    }

    /// The SHA-256 of the whole file.
    pub fn digest(&self) -> Digest {
        self.hasher.digest()
    }
}
