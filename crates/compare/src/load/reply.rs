//! Reads a reply as it comes, in pieces of any size, and compares it with what is right. Nothing of a body is kept.

mod pieces;
#[cfg(test)]
mod tests;

use super::head::{self, Framing};
use super::right::{ECHO, MARK, Right, same};
use crate::results::Fault;
use pieces::{begins_well, chunk_size, is_empty, until};
use std::ops::Range;

/// The longest head that is read.
const LONGEST_HEAD: usize = 64 * 1024;
/// The longest line between chunks that is read.
const LONGEST_LINE: usize = 4 * 1024;

/// What the reply to one request must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// What a GET of the group brings.
    pub(super) right: &'a Right,
    /// Does the group send requests to echo at all?
    pub(super) echoes: bool,
    /// What was sent to be echoed, if this request was one of those.
    pub(super) echo: Option<&'a [u8]>,
}

/// A whole reply, and a right one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    /// Length of its body.
    pub(super) bytes: u64,
    /// Will the server close the connection?
    pub(super) close: bool,
    /// How many bytes of the last piece belong to it.
    pub(super) used: usize,
    /// Where the date stands in the last piece, if that is where the head stood.
    pub(super) date: Option<Range<usize>>,
}

/// A reply that is being read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    stage: Stage,
    /// A head or a line that came in several pieces.
    held: Vec<u8>,
    /// Length of the body so far.
    got: u64,
    /// Has it differed from what is right?
    wrong: bool,
    /// Does it differ from how an echo begins?
    unmarked: bool,
    close: bool,
    /// The body, where it is the first of its kind.
    learning: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Head,
    Length {
        left: u64,
    },
    ToTheEnd,
    ChunkSize,
    Chunk {
        left: u64,
    },
    ChunkEnd,
    Trailer,
}

impl Reader {
    /// Nothing of a reply has come yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.stage == Stage::Head && self.held.is_empty()
    }

    /// Takes the next piece. `None`: the reply goes on.
    pub(super) fn read(
        &mut self,
        piece: &[u8],
        wanted: Wanted<'_>,
    ) -> Result<Option<Whole>, Fault> {
        let mut rest = piece;
        let mut date = None;
        loop {
            match self.stage {
                Stage::Head => {
                    let at = piece.len() - rest.len();
                    let Some(next) = self.head(&mut rest, wanted, &mut date)? else {
                        return Ok(None);
                    };
                    // The head was in this piece, but perhaps not at its beginning: something was before it (1xx).
                    date = date.filter(|_| at == 0);
                    self.stage = next;
                }
                Stage::Length { left } => {
                    let here = self.body(&mut rest, left, wanted);
                    if here < left {
                        self.stage = Stage::Length { left: left - here };
                        return Ok(None);
                    }
                    return self.whole(piece.len() - rest.len(), date, wanted).map(Some);
                }
                Stage::ToTheEnd => {
                    self.body(&mut rest, u64::MAX, wanted);
                    return self.bounded(wanted).map(|()| None);
                }
                Stage::ChunkSize => {
                    let Some(size) = self.line(&mut rest, chunk_size)? else { return Ok(None) };
                    self.stage =
                        if size == 0 { Stage::Trailer } else { Stage::Chunk { left: size } };
                }
                Stage::Chunk { left } => {
                    let here = self.body(&mut rest, left, wanted);
                    self.bounded(wanted)?;
                    if here < left {
                        self.stage = Stage::Chunk { left: left - here };
                        return Ok(None);
                    }
                    self.stage = Stage::ChunkEnd;
                }
                Stage::ChunkEnd => {
                    let Some(empty) = self.line(&mut rest, is_empty)? else { return Ok(None) };
                    if !empty {
                        return Err(Fault::Malformed);
                    }
                    self.stage = Stage::ChunkSize;
                }
                Stage::Trailer => {
                    let Some(empty) = self.line(&mut rest, is_empty)? else { return Ok(None) };
                    if empty {
                        return self.whole(piece.len() - rest.len(), None, wanted).map(Some);
                    }
                }
            }
        }
    }

    /// The connection has ended: a whole reply, where that is how it ends.
    pub(super) fn end(&mut self, wanted: Wanted<'_>) -> Result<Whole, Fault> {
        match self.stage {
            Stage::ToTheEnd => self.whole(0, None, wanted),
            _ => Err(Fault::Closed),
        }
    }

    /// Forgets what has come.
    pub(super) fn clear(&mut self) {
        // Both keep their room: most replies that come in pieces are followed by others.
        self.held.clear();
        self.learning.clear();
        (self.stage, self.got) = (Stage::Head, 0);
        (self.wrong, self.unmarked, self.close) = (false, false, false);
    }

    fn head(
        &mut self,
        rest: &mut &[u8],
        wanted: Wanted<'_>,
        date: &mut Option<Range<usize>>,
    ) -> Result<Option<Stage>, Fault> {
        let at_once = self.held.is_empty();
        let Some(text) = until(&mut self.held, rest, b"\r\n\r\n", LONGEST_HEAD)? else {
            return begins_well(&self.held).map(|()| None);
        };
        let head = head::read(text)?;
        self.held.clear();
        match head.status {
            101 => return Err(Fault::Malformed),
            100..200 => return Ok(Some(Stage::Head)),
            200 => {}
            _ => return Err(Fault::Status),
        }
        *date = head.date.filter(|_| at_once);
        self.close = head.close;
        Ok(Some(match head.framing {
            Framing::Length(length) => {
                wanted.length(length)?;
                Stage::Length { left: length }
            }
            Framing::Chunked => Stage::ChunkSize,
            Framing::ToTheEnd => Stage::ToTheEnd,
        }))
    }

    /// Takes what there is of the body, at most so many bytes, and says how many.
    fn body(&mut self, rest: &mut &[u8], most: u64, wanted: Wanted<'_>) -> u64 {
        let here = rest.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let (bytes, after) = rest.split_at(here);
        self.wrong |= !match wanted.echo {
            Some(sent) => same(sent, self.got, bytes),
            None => wanted.right.holds(self.got, bytes),
        };
        if let Some(mark) = MARK.get(self.got as usize..).filter(|mark| !mark.is_empty()) {
            let compared = mark.len().min(here);
            self.unmarked |= mark[..compared] != bytes[..compared];
        }
        if wanted.echo.is_none() && wanted.right.learns() {
            Right::collect(&mut self.learning, bytes);
        }
        self.got += here as u64;
        *rest = after;
        here as u64
    }

    /// A body of unknown length must not go on for ever, once it is too long.
    fn bounded(&self, wanted: Wanted<'_>) -> Result<(), Fault> {
        let most = wanted.most().map_or(u64::MAX, |most| most.max(ECHO as u64));
        if self.got > most { Err(Fault::Body) } else { Ok(()) }
    }

    fn line<T>(
        &mut self,
        rest: &mut &[u8],
        meaning: impl Fn(&[u8]) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = until(&mut self.held, rest, b"\n", LONGEST_LINE)? else { return Ok(None) };
        let meaning = meaning(head::line(text)?)?;
        self.held.clear();
        Ok(Some(meaning))
    }

    fn whole(
        &mut self,
        used: usize,
        date: Option<Range<usize>>,
        wanted: Wanted<'_>,
    ) -> Result<Whole, Fault> {
        wanted.length(self.got)?;
        if self.wrong {
            let foreign = wanted.echo.is_some() && !self.unmarked;
            return Err(if foreign { Fault::Order } else { Fault::Body });
        }
        // Another client may have been the first meanwhile: then what was collected is compared.
        let learning = wanted.right.learns() || !self.learning.is_empty();
        if wanted.echo.is_none()
            && learning
            && !wanted.right.learn(self.got, std::mem::take(&mut self.learning))
        {
            return Err(Fault::Body);
        }
        let whole = Whole { bytes: self.got, close: self.close, used, date };
        self.clear();
        Ok(whole)
    }
}

impl Wanted<'_> {
    /// Judges the length of a body. One that another request of the group would have had is not wrong, but in the
    /// wrong place.
    fn length(&self, length: u64) -> Result<(), Fault> {
        let (right, other) = match self.echo {
            Some(sent) => (Some(sent.len() as u64), self.right.length()),
            None => (self.right.length(), self.echoes.then_some(ECHO as u64)),
        };
        if right.is_none_or(|right| right == length) {
            Ok(())
        } else if other == Some(length) {
            Err(Fault::Order)
        } else {
            Err(Fault::Body)
        }
    }

    /// The longest body that any request of the group has.
    fn most(&self) -> Option<u64> {
        self.right.length()
    }
}
