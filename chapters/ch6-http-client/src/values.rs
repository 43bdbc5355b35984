//! What stands on a command line: flags, and the values behind them.

use crate::failure::Failure;
use lexopt::{Arg, Parser, ValueExt};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// What stands next on the command line.
#[derive(Debug)]
pub enum Word {
    /// A flag, by its long name.
    Flag(String),
    /// Something that is no flag.
    Value(String),
}

/// Takes the next word. `letters` are the short names of flags.
///
/// # Errors
///
/// It is no text, or a letter that stands for nothing.
pub fn next(parser: &mut Parser, letters: &[(char, &str)]) -> Result<Option<Word>, Failure> {
    Ok(Some(match parser.next().map_err(Failure::usage)? {
        None => return Ok(None),
        Some(Arg::Value(value)) => Word::Value(value.string().map_err(Failure::usage)?),
        Some(Arg::Long(flag)) => Word::Flag(flag.to_owned()),
        Some(Arg::Short(letter)) => match letters.iter().find(|(other, _)| *other == letter) {
            Some((_, flag)) => Word::Flag((*flag).to_owned()),
            None => return Err(Failure::usage(format_args!("there is no flag -{letter}"))),
        },
    }))
}

/// A flag that there is not.
pub fn unknown(flag: &str) -> Failure {
    Failure::usage(format_args!("there is no flag --{flag}"))
}

/// The flag's value, as text.
///
/// # Errors
///
/// There is none, or it is no text.
pub fn text(parser: &mut Parser) -> Result<String, Failure> {
    parser.value().and_then(ValueExt::string).map_err(Failure::usage)
}

/// The flag's value, as the name of a file.
///
/// # Errors
///
/// There is none.
pub fn file(parser: &mut Parser) -> Result<PathBuf, Failure> {
    parser.value().map(PathBuf::from).map_err(Failure::usage)
}

fn wrong(flag: &str, text: &str, known: &str) -> Failure {
    Failure::usage(format_args!("--{flag} takes {known}, not '{text}'"))
}

/// A time limit in seconds, which may have decimals: at least a millisecond, at most eleven days.
///
/// # Errors
///
/// It is none.
pub fn seconds(flag: &str, parser: &mut Parser) -> Result<Duration, Failure> {
    seconds_from(0.001, flag, parser)
}

/// Seconds, which may have decimals: at least so many, at most eleven days.
///
/// # Errors
///
/// It is none.
pub fn seconds_from(least: f64, flag: &str, parser: &mut Parser) -> Result<Duration, Failure> {
    let text = text(parser)?;
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match text.parse() {
        Ok(seconds) if is_decimal && (least..=1e6).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        _ => {
            let known = format!("seconds from {least} to 1000000, such as 2.5");
            Err(wrong(flag, &text, &known))
        }
    }
}

/// One of these words, as its place among them.
///
/// # Errors
///
/// It is none of them.
pub fn one_of(flag: &str, parser: &mut Parser, words: &[&str]) -> Result<usize, Failure> {
    let text = text(parser)?;
    let place = words.iter().position(|word| *word == text);
    place.ok_or_else(|| wrong(flag, &text, &words.join(" or ")))
}

/// A whole number within these bounds.
///
/// # Errors
///
/// It is none.
pub fn number<N: FromStr + PartialOrd + Display>(
    flag: &str,
    parser: &mut Parser,
    bounds: RangeInclusive<N>,
) -> Result<N, Failure> {
    let text = text(parser)?;
    match text.parse() {
        Ok(number) if !text.starts_with('+') && bounds.contains(&number) => Ok(number),
        _ => {
            let known = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            Err(wrong(flag, &text, &known))
        }
    }
}

/// A number of bytes: `1000`, or with one of the letters k, M, G for powers of 1,024, as curl reads it.
///
/// # Errors
///
/// It is none.
pub fn bytes(flag: &str, parser: &mut Parser) -> Result<u64, Failure> {
    let text = text(parser)?;
    let known = "a number of bytes, such as 500000, 64k, 10M or 2G";
    parse_bytes(&text).ok_or_else(|| wrong(flag, &text, known))
}

fn parse_bytes(text: &str) -> Option<u64> {
    let power = match text.bytes().last()?.to_ascii_lowercase() {
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        _ => 0,
    };
    let digits = &text[..text.len() - usize::from(power > 0)];
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse::<u64>().ok().filter(|_| is_number)?;
    number.checked_mul(1024_u64.pow(power)).filter(|bytes| *bytes > 0)
}

/// A SHA-256 digest in 64 hexadecimal digits.
///
/// # Errors
///
/// It is none.
pub fn sha256(flag: &str, parser: &mut Parser) -> Result<[u8; 32], Failure> {
    let text = text(parser)?;
    parse_sha256(&text)
        .ok_or_else(|| wrong(flag, &text, "64 hexadecimal digits, as sha256sum prints them"))
}

fn parse_sha256(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_letters() {
        for (text, bytes) in [
            ("1", Some(1)),
            ("64k", Some(65_536)),
            ("10M", Some(10_485_760)),
            ("2g", Some(2_147_483_648)),
            ("0", None),
            ("", None),
            ("k", None),
            ("+1", None),
            ("1.5M", None),
            ("99999999999999999999", None),
            ("99999999999G", None),
        ] {
            assert_eq!(parse_bytes(text), bytes, "{text}");
        }
    }

    #[test]
    fn a_digest_has_64_digits() {
        let digest = parse_sha256(&"0aF".repeat(22)[..64]).unwrap();
        assert_eq!(digest[..3], [0x0a, 0xf0, 0xaf]);
        assert_eq!(parse_sha256(&"0".repeat(63)), None);
        assert_eq!(parse_sha256(&"g".repeat(64)), None);
    }
}
