//! Which bytes may stand where: the alphabets of RFC 9110, RFC 9112 and RFC 3986, as one table.

/// A set of alphabets, one bit each.
type Alphabets = u8;

const TOKEN: Alphabets = 1;
const FIELD: Alphabets = 2;
const TARGET: Alphabets = 4;
const HOST: Alphabets = 8;

/// For every byte, the alphabets that it belongs to. One load answers any question below.
static TABLE: [Alphabets; 256] = table();

const fn table() -> [Alphabets; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let mut set = 0;
        if b.is_ascii_alphanumeric() || contains(b"!#$%&'*+-.^_`|~", b) {
            set |= TOKEN;
        }
        if b == b'\t' || (b >= 0x20 && b != 0x7f) {
            set |= FIELD;
        }
        if b.is_ascii_graphic() && !contains(b"\"#<>\\", b) {
            set |= TARGET;
        }
        if b.is_ascii_alphanumeric() || contains(b"-._~!$&'()*+,;=%", b) {
            set |= HOST;
        }
        table[byte] = set;
        byte += 1;
    }
    table
}

const fn contains(set: &[u8], byte: u8) -> bool {
    let mut i = 0;
    while i < set.len() {
        if set[i] == byte {
            return true;
        }
        i += 1;
    }
    false
}

/// `tchar`, of which methods and field names are made (RFC 9110 section 5.6.2).
#[inline]
pub fn is_token(byte: u8) -> bool {
    TABLE[usize::from(byte)] & TOKEN != 0
}

/// What a field value may contain: `HTAB / SP / VCHAR / obs-text` (RFC 9110 section 5.5).
#[inline]
pub fn is_field(byte: u8) -> bool {
    TABLE[usize::from(byte)] & FIELD != 0
}

/// What a request target may contain: RFC 3986's characters without `#`, and the few more that browsers send
/// unescaped (``[ ] ^ ` { | }``, as the URL Standard lets them).
#[inline]
pub fn is_target(byte: u8) -> bool {
    TABLE[usize::from(byte)] & TARGET != 0
}

/// What a registered name or an IPv4 address may contain (RFC 3986 section 3.2.2, `reg-name`).
#[inline]
pub fn is_host(byte: u8) -> bool {
    TABLE[usize::from(byte)] & HOST != 0
}

/// A control byte, which no part of a head may contain except in its line endings.
#[inline]
pub fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
}

/// Is each `%` followed by two hexadecimal digits (RFC 3986 section 2.1)?
pub fn percent_encoding_is_whole(text: &[u8]) -> bool {
    let mut after_escapes = text.split(|byte| *byte == b'%').skip(1);
    after_escapes.all(|rest| rest.get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}
