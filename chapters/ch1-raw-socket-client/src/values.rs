//! What stands in a command line: seconds, whole numbers, bytes with escapes.

use crate::failure::{Failure, quoted};
use std::time::Duration;

/// The longest time that may be asked for, in seconds: eleven days.
pub const LONGEST: u32 = 1_000_000;

/// Seconds, perhaps with decimals: `10`, `0.5`.
///
/// # Errors
///
/// It is no number, or not within `least` and [`LONGEST`].
pub fn seconds(flag: &str, text: &str, least: f64) -> Result<Duration, Failure> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: Option<f64> = if is_decimal { text.parse().ok() } else { None };
    match number.filter(|number| (least..=LONGEST.into()).contains(number)) {
        Some(number) => Ok(Duration::from_secs_f64(number)),
        None => Err(Failure::usage(format_args!(
            "--{flag} takes seconds from {least} to {LONGEST}, such as 0.5; not {}",
            quoted(text)
        ))),
    }
}

/// A whole number of at least 1.
///
/// # Errors
///
/// It is none.
pub fn number(flag: &str, text: &str) -> Result<u64, Failure> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<u64> = if is_number { text.parse().ok() } else { None };
    number.filter(|number| *number > 0).ok_or_else(|| {
        let quoted = quoted(text);
        let most = u64::MAX;
        Failure::usage(format_args!("--{flag} takes a whole number from 1 to {most}; not {quoted}"))
    })
}

/// The bytes of a text with the escapes `\n \r \t \\ \0 \xNN`.
///
/// # Errors
///
/// There is another escape in it, or half of one.
pub fn unescaped(text: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (byte, used) = escape(rest).ok_or_else(|| {
            let around = String::from_utf8_lossy(&rest[..rest.len().min(3)]);
            Failure::usage(format_args!(
                r"--send knows the escapes \n \r \t \\ \0 \xNN; not {}",
                quoted(&format!("\\{around}"))
            ))
        })?;
        bytes.push(byte);
        rest = &rest[used..];
    }
    Ok(bytes)
}

/// What follows a backslash: the byte that is meant, and how many bytes of text say so.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let hexadecimal = |digit: u8| char::from(digit).to_digit(16);
    match *text {
        [b'n', ..] => Some((b'\n', 1)),
        [b'r', ..] => Some((b'\r', 1)),
        [b't', ..] => Some((b'\t', 1)),
        [b'\\', ..] => Some((b'\\', 1)),
        [b'0', ..] => Some((0, 1)),
        [b'x', high, low, ..] => {
            let byte = hexadecimal(high)? * 16 + hexadecimal(low)?;
            Some((u8::try_from(byte).ok()?, 3))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, ms) in [("10", 10_000), ("0.5", 500), (".5", 500), ("1.", 1000), ("0.001", 1)] {
            assert_eq!(seconds("x", text, 0.001), Ok(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(seconds("x", "1000000", 0.001), Ok(Duration::from_secs(1_000_000)));
        for text in
            ["", "0", "-1", "+1", "1s", "1e3", "inf", "NaN", ".", "1.2.3", "1000001", "0.0001"]
        {
            assert!(seconds("x", text, 0.001).is_err(), "{text}");
        }
        assert!(seconds("interval", "0.005", 0.01).is_err());
    }

    #[test]
    fn numbers() {
        assert_eq!(number("x", "1"), Ok(1));
        assert_eq!(number("x", "18446744073709551615"), Ok(u64::MAX));
        for text in ["", "0", "-1", "+1", "1.5", "1k", "18446744073709551616"] {
            assert!(number("x", text).is_err(), "{text}");
        }
    }

    #[test]
    fn escapes() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("hello", b"hello"),
            (r"a\r\nb\t\\\0", b"a\r\nb\t\\\0"),
            (r"\x00\xff\x7F\x0a1", b"\x00\xff\x7f\n1"),
            (r"\\n", b"\\n"),
            (r"\01", b"\x001"),
            ("é", "é".as_bytes()),
        ] {
            assert_eq!(unescaped(text.as_bytes()).unwrap(), bytes, "{text}");
        }
        assert_eq!(unescaped(b"\xff\\xfe").unwrap(), b"\xff\xfe");
        for text in [r"\", r"a\", r"\q", r"\x", r"\x1", r"\xg0", r"\X00", r"\N"] {
            assert!(unescaped(text.as_bytes()).is_err(), "{text}");
        }
    }
}
