//! What goes out: cut, joined, delayed.

use super::{PATIENCE, Talk, Way, brief, is_timeout};
use crate::failure::{Failure, Stop, Symptom};
use harness::hostile::wait_until_taken;
use harness::shortened;
use std::io::{ErrorKind, Write};
use std::thread;
use std::time::{Duration, Instant};

/// How long the program may leave a piece unread before the next one follows: a server that serves somebody else just
/// now does not read at all.
const TAKEN: Duration = Duration::from_millis(40);
/// The longest pause between two pieces, in milliseconds; three of four have none.
const PAUSES: u64 = 12;
/// Into how many pieces something is cut at most. Each costs a wake-up of the program.
const PIECES: usize = 5;

/// Where what is said is cut: by chance, from a seed.
#[derive(Clone, Debug)]
pub struct Cuts(Option<fastrand::Rng>);

impl Cuts {
    /// The same seed cuts at the same places.
    pub fn new(seed: u64) -> Self {
        Self(Some(fastrand::Rng::with_seed(seed)))
    }

    /// Cuts nowhere.
    pub fn none() -> Self {
        Self(None)
    }

    /// How long nothing is said before the next piece: mostly, no time at all.
    fn pause(&mut self) -> Duration {
        let milliseconds = self
            .0
            .as_mut()
            .map_or(0, |chance| chance.u64(0..PAUSES * 4).saturating_sub(PAUSES * 3));
        Duration::from_millis(milliseconds)
    }

    /// Splits bytes at up to [`PIECES`] - 1 places; now and then, at none.
    fn cut<'a>(&mut self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        let Some(chance) = &mut self.0 else { return vec![bytes] };
        let most = PIECES.min(bytes.len()).max(1);
        let mut places: Vec<usize> =
            (1..chance.usize(1..=most)).map(|_| chance.usize(0..bytes.len())).collect();
        places.sort_unstable();
        places.dedup();
        let mut pieces = Vec::new();
        let mut from = 0;
        for to in places.into_iter().chain([bytes.len()]) {
            if to > from {
                pieces.push(&bytes[from..to]);
                from = to;
            }
        }
        pieces
    }
}

impl Talk {
    /// Says these bytes, cut at places of chance. The program reads each piece alone.
    ///
    /// # Errors
    ///
    /// The program has closed the connection, or does not read.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Stop> {
        let bytes = bytes.as_ref();
        let mut cuts = self.cuts.clone();
        let pieces = cuts.cut(bytes);
        self.cuts = cuts;
        self.say_pieces(&pieces)
    }

    /// Says these bytes with one write: lines arrive joined.
    ///
    /// # Errors
    ///
    /// As [`Talk::say`].
    pub fn say_whole(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Stop> {
        self.say_pieces(&[bytes.as_ref()])
    }

    /// Says these bytes one by one. The program reads each alone.
    ///
    /// # Errors
    ///
    /// As [`Talk::say`].
    pub fn say_bytewise(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Stop> {
        let bytes = bytes.as_ref();
        self.begin(bytes, Way::Pieces)?;
        self.transcript.sent_in_pieces(bytes, 1);
        for byte in bytes.chunks(1) {
            self.settle();
            self.write(byte)?;
        }
        Ok(())
    }

    /// Says these pieces, each with one write. The program reads each alone.
    ///
    /// # Errors
    ///
    /// As [`Talk::say`].
    pub fn say_pieces(&mut self, pieces: &[&[u8]]) -> Result<(), Stop> {
        let way = if pieces.len() > 1 { Way::Pieces } else { Way::Whole };
        self.begin(&pieces.concat(), way)?;
        for (number, piece) in pieces.iter().enumerate() {
            if number > 0 {
                self.settle();
                self.rest();
            }
            self.transcript.sent(piece);
            self.write(piece)?;
        }
        Ok(())
    }

    /// Something is about to be said.
    fn begin(&mut self, bytes: &[u8], way: Way) -> Result<(), Stop> {
        if Instant::now() >= self.until {
            let expected = format!("the time to say {}", brief(bytes));
            let got = "the end of the time for this part";
            return Err(self.failure(Symptom::Silent, expected, got).into());
        }
        self.way = way;
        self.said = bytes.to_vec();
        self.replied = 0;
        Ok(())
    }

    /// Waits until the program has taken what was said, for a moment.
    pub fn settle(&self) {
        wait_until_taken(&self.stream, TAKEN);
    }

    /// Expects that the program takes what was said.
    ///
    /// # Errors
    ///
    /// It does not read.
    pub fn expect_taken(&mut self) -> Result<(), Stop> {
        if wait_until_taken(&self.stream, PATIENCE) {
            return Ok(());
        }
        let got = format!("a program that did not read for {} s", PATIENCE.as_secs());
        Err(self.failure(Symptom::Silent, "the program to read its replies", got).into())
    }

    /// Writes until the program does not read any more, or so many bytes have gone.
    ///
    /// # Errors
    ///
    /// The program has closed the connection.
    pub fn pour(&mut self, bytes: &[u8], most: usize, patience: Duration) -> Result<(), Stop> {
        let (mut gone, mut stuck) = (0, 0);
        self.set_write_timeout(patience)?;
        while gone < most {
            let rest = &bytes[gone % bytes.len()..];
            match (&self.stream).write(&rest[..rest.len().min(most - gone)]) {
                Ok(n) => {
                    gone += n;
                    stuck = 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Once may be chance: the program was just not there for a moment.
                Err(error) if is_timeout(&error) && stuck > 0 => break,
                Err(error) if is_timeout(&error) => stuck += 1,
                Err(error) => {
                    self.note(format!("writing failed after {gone} bytes: {error}"));
                    return Err(self.not_taken(bytes, &error));
                }
            }
        }
        self.note(format!(
            "{} again and again, {gone} bytes in all",
            shortened(&bytes[..bytes.len().min(40)])
        ));
        self.set_write_timeout(PATIENCE)
    }

    fn set_write_timeout(&self, time: Duration) -> Result<(), Stop> {
        let set = self.stream.set_write_timeout(Some(time));
        set.map_err(|error| {
            Stop::Fault(anyhow::Error::new(error).context("cannot set SO_SNDTIMEO"))
        })
    }

    /// Now and then, a moment passes between two pieces.
    fn rest(&mut self) {
        let time = self.cuts.pause();
        if !time.is_zero() {
            self.note(format!("the grader rests for {} ms", time.as_millis()));
            thread::sleep(time);
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match (&self.stream).write_all(bytes) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.note(format!("writing failed: {error}"));
                Err(self.not_taken(&self.said, &error))
            }
        }
    }

    fn not_taken(&self, bytes: &[u8], error: &std::io::Error) -> Stop {
        let expected = format!("the program to read {}", brief(bytes));
        let failure: Failure = match error.kind() {
            ErrorKind::ConnectionReset => {
                self.failure(Symptom::Reset, expected, "a reset of the connection")
            }
            ErrorKind::BrokenPipe => {
                self.failure(Symptom::ClosedEarly, expected, "a closed connection")
            }
            _ if is_timeout(error) => self.failure(
                Symptom::Silent,
                expected,
                format!("nothing read for {} s", PATIENCE.as_secs()),
            ),
            _ => self.failure(Symptom::ClosedEarly, expected, format!("an error: {error}")),
        };
        failure.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_cuts_at_the_same_places_and_loses_nothing() {
        let text = b"add apples 3\nget apples\n";
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let pieces = Cuts::new(seed).cut(text);
            assert_eq!(pieces, Cuts::new(seed).cut(text));
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| !piece.is_empty()) && pieces.len() <= PIECES);
            seen.insert(pieces.len());
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(Cuts::new(1).cut(b"x"), [b"x"]);
        assert!(Cuts::new(1).cut(b"").is_empty());
    }
}
