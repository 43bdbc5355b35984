//! From bytes to text: in which encoding is a page?
//!
//! In this order, as the HTML standard has it: a byte order mark, the `charset` of the Content-Type, a `<meta>` within the
//! first 1,024 bytes. Else it is UTF-8, which is what a page without any word about it most often is today.

use encoding_rs::{Encoding, UTF_8};

/// A `<meta>` that comes later is not looked for.
const PRESCAN: usize = 1024;

/// The text, and the name of its encoding.
pub fn decode(body: &[u8], content_type: &str) -> (String, &'static str) {
    let said = parameter(content_type).or_else(|| meta(&body[..body.len().min(PRESCAN)]));
    // This looks for a byte order mark first, which counts more than any word.
    let (text, encoding, _) = said.unwrap_or(UTF_8).decode(body);
    (text.into_owned(), encoding.name())
}

/// The `charset` of a Content-Type.
fn parameter(content_type: &str) -> Option<&'static Encoding> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|part| part.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Encoding::for_label(value.trim().trim_matches('"').as_bytes())
}

/// `<meta charset="...">`, or the same inside of `<meta http-equiv="Content-Type" content="...">`.
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let metas = head.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    let value = metas.filter_map(|meta| meta.split_once("charset")).find_map(|(_, rest)| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let value = value.trim_start_matches(['"', '\'']);
        value.split(['"', '\'', ';', ' ', '\t', '\n', '\r', '/']).next().map(str::to_owned)
    })?;
    let encoding = Encoding::for_label(value.as_bytes())?;
    // Who could read this in ASCII is not in UTF-16.
    Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_counts_more() {
        let meta = b"<meta charset=koi8-r>\xe9";
        let equiv = b"<META http-equiv=content-type content='text/html; charset=iso-8859-2'>\xe6";
        let late = [&b" ".repeat(PRESCAN)[..], meta].concat();
        for (body, content_type, name) in [
            (&b"\xef\xbb\xbfx"[..], "text/html; charset=latin1", "UTF-8"),
            (b"\xff\xfex\0", "text/html", "UTF-16LE"),
            (meta, "text/html; x=y; Charset=\"windows-1252\"", "windows-1252"),
            (meta, "text/html; charset=bogus", "KOI8-R"),
            (meta, "text/html", "KOI8-R"),
            (equiv, "text/html", "ISO-8859-2"),
            (b"<meta charset=utf-16>", "text/html", "UTF-8"),
            (&late, "text/html", "UTF-8"),
            (b"", "", "UTF-8"),
        ] {
            assert_eq!(decode(body, content_type).1, name, "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(decode(equiv, "text/html").0.chars().last(), Some('\u{107}'));
        assert_eq!(decode(b"caf\xe9", "text/html;charset=latin1").0, "caf\u{e9}");
    }
}
