//! The state file: every answer, one JSON object in a line, written as it comes.
//!
//! What is known of a site follows from the answers alone, so this is all that another run needs. A line is one
//! `write(2)` at the end of the file: whoever kills the program can tear the last line at most, and a line without its
//! end is thrown away. Nothing else is ever changed. What had no response has a line as well, and another one from each
//! run that asks for it again.

use super::answer::Answer;
use super::flags::Options;
use crate::failure::{Failure, Kind};
use common::log::reason;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// The file, open at its end. Nobody else has it open for a crawl.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

/// The first line: what must be the same for the answers to mean the same.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    /// The version of the format.
    crawl: u32,
    start: String,
    depth: u32,
    max_size: usize,
    variants: usize,
    strip: Vec<String>,
    external: bool,
    assets: bool,
}

const VERSION: u32 = 1;
/// How each file begins.
const BEGINNING: &[u8] = br#"{"crawl":"#;

impl Header {
    fn new(options: &Options) -> Self {
        Self {
            crawl: VERSION,
            start: options.start.to_string(),
            depth: options.depth,
            max_size: options.max_size,
            variants: options.variants,
            strip: options.strip.clone(),
            external: options.external,
            assets: options.assets,
        }
    }

    /// The flags that make it, as one would type them.
    fn flags(&self) -> String {
        let mut flags = format!(
            "--depth {} --max-size {} --variants {} --strip-params '{}'",
            self.depth,
            self.max_size,
            self.variants,
            self.strip.join(",")
        );
        for (flag, is_set) in [("check-external", self.external), ("check-assets", self.assets)] {
            if is_set {
                flags.push_str(&format!(" --{flag}"));
            }
        }
        format!("{flags} {}", self.start)
    }
}

impl Journal {
    /// Opens or makes the file, and hands over the answers that are in it.
    ///
    /// # Errors
    ///
    /// It cannot be read or written, somebody else uses it, or it belongs to another crawl.
    pub fn open(
        path: &Path,
        options: &Options,
        learn: impl FnMut(Answer),
    ) -> Result<Self, Failure> {
        let tried = format!("cannot use the state file {}", path.display());
        let failed = |error: io::Error| Failure::new(Kind::Read, &tried, reason(&error));
        let open = OpenOptions::new().read(true).append(true).create(true).open(path);
        let file = open.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let why = "another crawl is using it";
                return Err(Failure::new(Kind::Read, &tried, why).hint("wait for it to end"));
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut journal = Self { path: path.into(), file };
        let header = Header::new(options);
        let whole = journal.replay(&tried, &header, learn)?;
        journal.file.set_len(whole).map_err(failed)?;
        if whole == 0 {
            journal.write(&header)?;
        }
        Ok(journal)
    }

    /// Reads what is there, and says how many bytes of it are whole lines.
    fn replay(
        &self,
        tried: &str,
        ours: &Header,
        mut learn: impl FnMut(Answer),
    ) -> Result<u64, Failure> {
        let refused = |why: String, hint: &str| Failure::new(Kind::Read, tried, why).hint(hint);
        let mut reader = BufReader::new(&self.file);
        let (mut whole, mut number) = (0, 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line);
            let length =
                length.map_err(|error| refused(reason(&error), "is the disk in order?"))?;
            let beginning = &line[..line.len().min(BEGINNING.len())];
            if number == 0 && !BEGINNING.starts_with(beginning) {
                return Err(refused("it is no state of a crawl".into(), "give another file"));
            }
            if line.last() != Some(&b'\n') {
                return Ok(whole);
            }
            number += 1;
            let damaged = |error: serde_json::Error| {
                refused(
                    format!("line {number} is damaged: {error}"),
                    "begin anew with another file",
                )
            };
            if number == 1 {
                let theirs: Header = serde_json::from_slice(&line).map_err(damaged)?;
                if theirs != *ours {
                    let why = format!("it belongs to another crawl: {}", theirs.flags());
                    return Err(refused(why, "give the same flags and URL, or another file"));
                }
            } else {
                learn(serde_json::from_slice(&line).map_err(damaged)?);
            }
            whole += length as u64;
        }
    }

    /// Keeps an answer.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn keep(&mut self, answer: &Answer) -> Result<(), Failure> {
        self.write(answer)
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_vec(value).map_err(io::Error::other);
        let written = line.and_then(|mut line| {
            line.push(b'\n');
            self.file.write_all(&line)
        });
        written.map_err(|error| {
            let tried = format!("cannot write the state file {}", self.path.display());
            Failure::new(Kind::Write, tried, reason(&error)).hint("is the disk full?")
        })
    }
}
