//! The chunked transfer coding, decoded (RFC 9112 section 7.1).
//!
//! ```text
//! chunked-body = *chunk last-chunk trailer-section CRLF
//! chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//! chunk-size   = 1*HEXDIG
//! last-chunk   = 1*("0") [ chunk-ext ] CRLF
//! ```
//!
//! Extensions and trailers are checked and dropped: nothing here has a use for them, and a trailer must never
//! change how a message is read (section 7.1.2).

use crate::fields::{self, scan};
use crate::limits::{CHUNK_LINE, append};
use crate::token::{is_field, is_token};
use crate::{Limits, Reject, Scan, Status};

/// Where a decoder stands in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunked {
    state: State,
    /// Bytes of the partial trailer section that were looked at, so that it is not read again for every byte.
    seen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size,
    Data { left: u64 },
    DataEnd,
    Trailer,
}

impl Default for Chunked {
    fn default() -> Self {
        Self { state: State::Size, seen: 0 }
    }
}

impl Chunked {
    /// Decodes from the front of `bytes` onto the end of `body`. Returns how many bytes were used, and whether
    /// the body is complete; bytes that were not used must be offered again with more behind them.
    ///
    /// # Errors
    ///
    /// 400 where the coding is broken, 413 where `body` would grow beyond `limits.body`, 431 for too many
    /// trailers.
    pub fn decode(
        &mut self,
        bytes: &[u8],
        body: &mut Vec<u8>,
        limits: &Limits,
    ) -> Result<(usize, bool), Reject> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match self.state {
                State::Size => {
                    let Scan::Complete((size, used)) = chunk_size(rest)? else { break };
                    if size > limits.body.saturating_sub(body.len() as u64) {
                        return Err(TOO_LARGE);
                    }
                    at += used;
                    self.state =
                        if size == 0 { State::Trailer } else { State::Data { left: size } };
                }
                State::Data { left } => {
                    let n = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    append(body, &rest[..n], limits.body);
                    at += n;
                    match left - n as u64 {
                        0 => self.state = State::DataEnd,
                        left => {
                            self.state = State::Data { left };
                            break;
                        }
                    }
                }
                State::DataEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        at += 2;
                        self.state = State::Size;
                    }
                    [] | [b'\r'] => break,
                    _ => return Err(Reject::bad("a chunk is longer than its size says")),
                },
                State::Trailer => {
                    if !rest[self.seen.min(rest.len())..].contains(&b'\n')
                        && rest.len() <= limits.field_block
                    {
                        self.seen = rest.len();
                        break;
                    }
                    self.seen = rest.len();
                    return match fields::parse(rest, limits, |_, _| Ok(()))? {
                        Scan::Complete(used) => Ok((at + used, true)),
                        Scan::Partial => Ok((at, false)),
                    };
                }
            }
        }
        Ok((at, false))
    }

    /// How many bytes the chunk that has begun still lacks.
    pub(crate) fn missing(&self) -> u64 {
        match self.state {
            State::Data { left } => left,
            State::Size | State::DataEnd | State::Trailer => 0,
        }
    }

    /// Is there something wrong with `bytes`, which [`Chunked::decode`] left for want of more?
    pub(crate) fn malformed(&self, bytes: &[u8], limits: &Limits) -> Option<Reject> {
        Self { seen: 0, ..*self }.decode(bytes, &mut Vec::new(), limits).err()
    }
}

/// The body has grown, or would grow, beyond its limit.
pub(crate) const TOO_LARGE: Reject =
    Reject::new(Status::CONTENT_TOO_LARGE, "the body is longer than this server takes");

/// Reads `chunk-size [ chunk-ext ] CRLF`: the size, and how long the line is.
fn chunk_size(bytes: &[u8]) -> Result<Scan<(u64, usize)>, Reject> {
    let digits = scan(bytes, |byte| byte.is_ascii_hexdigit());
    // Sixteen hexadecimal digits are 64 bits; leading zeros beyond that have no honest use.
    if digits > 16 {
        return Err(Reject::bad("a chunk size has more than 16 digits"));
    }
    // One byte beyond the limit is looked at and no more, so that the first thing wrong is what is complained of.
    let line = scan(&bytes[..bytes.len().min(CHUNK_LINE + 1)], is_field);
    let extension = bytes[digits..line].trim_ascii_start();
    match (extension.first(), &bytes[line..]) {
        _ if digits == 0 && !bytes.is_empty() => {
            Err(Reject::bad("a chunk size does not begin with a hexadecimal digit"))
        }
        (Some(byte), _) if *byte != b';' => Err(Reject::bad("a chunk size is followed by rubbish")),
        _ if line > CHUNK_LINE => Err(Reject::bad("a chunk's size line is too long")),
        (_, [] | [b'\r']) => Ok(Scan::Partial),
        (None, _) if digits < line => Err(Reject::bad("a chunk size is followed by white space")),
        (_, [b'\r', b'\n', ..]) if !extensions_are_whole(&bytes[digits..line]) => {
            Err(Reject::bad("a chunk's extensions are malformed"))
        }
        (_, [b'\r', b'\n', ..]) => {
            let size = bytes[..digits].iter().fold(0u64, |size, digit| {
                let digit = char::from(*digit).to_digit(16).expect("only such digits were counted");
                size << 4 | u64::from(digit)
            });
            Ok(Scan::Complete((size, line + 2)))
        }
        _ => Err(Reject::bad("a chunk's size line ends with something other than CR LF")),
    }
}

/// Checks extensions, of which none is known here, so that no other parser can find a line's end inside one.
///
/// ```text
/// chunk-ext     = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )      RFC 9112 section 7.1.1
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE                              RFC 9110 section 5.6.4
/// ```
fn extensions_are_whole(bytes: &[u8]) -> bool {
    let token = |bytes| match scan(bytes, is_token) {
        0 => None,
        n => Some(&bytes[n..]),
    };
    let extension = |bytes| {
        let after_name = token(bws(bws(bytes).strip_prefix(b";")?))?;
        match bws(after_name).strip_prefix(b"=").map(bws) {
            Some([b'"', string @ ..]) => after_quote(string),
            Some(value) => token(value),
            None => Some(after_name),
        }
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(after) = extension(rest) else { return false };
        rest = after;
    }
    true
}

/// What follows the quote that ends a quoted string; a backslash takes its meaning from the byte after it.
fn after_quote(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [b'"', rest @ ..] => Some(rest),
        [b'\\', _, rest @ ..] | [_, rest @ ..] => after_quote(rest),
        [] => None,
    }
}

/// Passes over the white space that may stand here although it should not (`BWS`, RFC 9110 section 5.6.3).
fn bws(bytes: &[u8]) -> &[u8] {
    &bytes[scan(bytes, |byte| byte == b' ' || byte == b'\t')..]
}
