//! Header lines.

use crate::token::{is_control, is_field, is_token};
use crate::{Limits, Reject, Scan, Status};

/// The header fields of a message that has been checked, in the order in which they came.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// Whole lines, each with its CRLF, without the empty line.
    block: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(block: &'a [u8]) -> Self {
        Self { block }
    }

    /// The value of the first field of that name; names are compared without regard to case.
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// Every field, as name and value without the white space around it.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.block.split(|byte| *byte == b'\n').filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..colon], trim(&line[colon + 1..])))
        })
    }
}

/// Checks header lines from the front of `bytes` up to and with the empty line that ends them, and shows each to
/// `see`. Returns the length of the whole, the empty line included.
///
/// ```text
/// field-line = field-name ":" OWS field-value OWS            RFC 9112 section 5
/// ```
///
/// Refused: white space before the colon (section 5.1 demands it), a line that continues the one before
/// (`obs-fold`, section 5.2 allows it), and a CR or LF alone (section 2.2 allows a recipient to accept LF alone;
/// parsers that disagree on it are how requests are smuggled).
#[inline]
pub fn parse<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    mut see: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), Reject>,
) -> Result<Scan<usize>, Reject> {
    const TOO_LARGE: Reject =
        Reject::new(Status::FIELDS_TOO_LARGE, "the header fields are too many or too long");
    // What lies beyond the limit is not looked at: the verdict must not depend on how much of it is there already.
    let within = &bytes[..bytes.len().min(limits.field_block.saturating_add(2))];
    let mut at = 0;
    for count in 0.. {
        let line = &within[at..];
        match line {
            [] | [b'\r'] => break,
            [b'\r', b'\n', ..] => return Ok(Scan::Complete(at + 2)),
            [b' ' | b'\t', ..] => {
                return Err(Reject::bad("a header line begins with white space"));
            }
            _ => {}
        }
        let name_end = scan(line, is_token);
        match line.get(name_end) {
            None => break,
            Some(b':') if name_end > 0 => {}
            Some(b':') => return Err(Reject::bad("a header line has no name before its colon")),
            Some(b' ' | b'\t') => return Err(Reject::bad("white space before a header's colon")),
            Some(_) => return Err(Reject::bad("a header's name contains a byte it may not")),
        }
        let value = &line[name_end + 1..];
        let value_end = scan(value, is_field);
        match &value[value_end..] {
            [] | [b'\r'] => break,
            [b'\r', b'\n', ..] => {}
            [b'\r', ..] => return Err(Reject::bad("a CR without an LF in a header line")),
            [b'\n', ..] => return Err(Reject::bad("a header line ends with LF alone, not CR LF")),
            _ => return Err(Reject::bad("a header's value contains a control byte")),
        }
        at += name_end + 1 + value_end + 2;
        if count == limits.field_count || at > limits.field_block {
            return Err(TOO_LARGE);
        }
        see(&line[..name_end], trim(&value[..value_end]))?;
    }
    if within.len() < bytes.len() { Err(TOO_LARGE) } else { Ok(Scan::Partial) }
}

/// Is a look at a partial head worth it, now that there are more than the `seen` bytes of the last look? Only a line
/// ending, a control byte or a limit can complete or refuse it (other bytes that are out of place wait for the end
/// of their line), so a head that drips in is not read again for every byte.
pub(crate) fn worth_parsing(bytes: &[u8], seen: usize, limits: &Limits) -> bool {
    let (before, new) = bytes.split_at(seen);
    let line = limits.request_line;
    before.is_empty()
        || new.iter().any(|byte| is_control(*byte))
        || before.len() <= line && bytes.len() > line
        || bytes.len() > line.saturating_add(limits.field_block)
}

/// How many bytes at the front belong to an alphabet.
#[inline]
pub(crate) fn scan(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

/// Takes the white space off both ends (`OWS`, RFC 9110 section 5.6.3), and the CR that a split at LF leaves.
#[inline]
pub(crate) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'\r'] = value {
        value = rest;
    }
    value
}

/// The members of a comma-separated list (RFC 9110 section 5.6.1); empty ones are passed over.
pub(crate) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(trim).filter(|member| !member.is_empty())
}
