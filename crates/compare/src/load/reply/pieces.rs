//! Heads and lines that come in pieces.

use crate::results::Fault;

/// Takes bytes up to an ending and with it, from what is held and from what has come. `None`: it has all been held.
pub(super) fn until<'t, 'p: 't>(
    held: &'t mut Vec<u8>,
    rest: &mut &'p [u8],
    ending: &[u8],
    most: usize,
) -> Result<Option<&'t [u8]>, Fault> {
    let before = held.len();
    let (found, text): (Option<usize>, &'p [u8]) = if before == 0 {
        (memchr::memmem::find(rest, ending), rest)
    } else {
        let from = before.saturating_sub(ending.len() - 1);
        held.extend_from_slice(&rest[..rest.len().min(most)]);
        (memchr::memmem::find(&held[from..], ending).map(|at| from + at), &[])
    };
    let Some(end) = found.map(|at| at + ending.len()) else {
        if before == 0 {
            held.extend_from_slice(&rest[..rest.len().min(most)]);
        }
        *rest = &[];
        return if held.len() < most { Ok(None) } else { Err(Fault::Malformed) };
    };
    *rest = &rest[end - before..];
    if end > most {
        return Err(Fault::Malformed);
    }
    Ok(Some(if before == 0 { &text[..end] } else { &held[..end] }))
}

/// What is no head will never end like one.
pub(super) fn begins_well(text: &[u8]) -> Result<(), Fault> {
    let version = b"HTTP/1.";
    let compared = text.len().min(version.len());
    let bare = |at| at == 0 || text[at - 1] != b'\r';
    if text[..compared] != version[..compared] || memchr::memchr_iter(b'\n', text).any(bare) {
        return Err(Fault::Malformed);
    }
    Ok(())
}

/// Is this the line that ends a chunk or the trailer?
pub(super) fn is_empty(line: &[u8]) -> Result<bool, Fault> {
    Ok(line.is_empty())
}

/// `chunk-size [ chunk-ext ]` of RFC 9112, section 7.1.
pub(super) fn chunk_size(line: &[u8]) -> Result<u64, Fault> {
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii_end();
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Fault::Malformed);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| Fault::Malformed)?;
    u64::from_str_radix(digits, 16).map_err(|_| Fault::Malformed)
}
