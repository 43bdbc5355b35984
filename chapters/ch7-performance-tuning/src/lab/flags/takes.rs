//! What a flag takes, and how it is read.

use super::super::figure;
use common::flags::{number, wrong};
use std::time::Duration;

/// What a flag takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A whole number between these two.
    Count(usize, usize),
    /// Bytes, or bytes per second, between these two: `1500`; `64k` or `64KiB`, with powers of 1,024; `10MB`, with
    /// powers of 1,000.
    Bytes(u64, u64),
    /// A time up to this one: `20ms`, `1s 500ms`, `0s`.
    Time(Duration),
    /// Per cent from 0 to this: `2` or `0.5`.
    PerCent(u8),
    /// A host and a port.
    Address,
}

impl Takes {
    /// In words, for who typed something else.
    fn words(self) -> String {
        match self {
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Bytes(least, most) => {
                let (least, most) = (figure::bytes(least), figure::bytes(most));
                format!("bytes from {least} to {most}, such as 1500, 64k, 10MiB or 10MB")
            }
            Self::Time(most) => {
                let most = humantime::format_duration(most);
                format!("a time up to {most}, such as 20ms or 1s")
            }
            Self::PerCent(most) => format!("per cent from 0 to {most}, such as 0.5"),
            Self::Address => "HOST:PORT".into(),
        }
    }

    pub(super) fn read(self, flag: &str, text: &str) -> Result<Value, String> {
        let value = match self {
            Self::Count(least, most) => number(flag, text, least..=most).ok().map(Value::Count),
            Self::Bytes(least, most) => {
                parse_bytes(text).filter(|bytes| (least..=most).contains(bytes)).map(Value::Bytes)
            }
            Self::Time(most) => {
                humantime::parse_duration(text).ok().filter(|time| *time <= most).map(Value::Time)
            }
            Self::PerCent(most) => {
                let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                let share =
                    text.parse::<f64>().ok().filter(|share| plain && *share <= f64::from(most));
                share.map(|share| Value::Share(share / 100.0))
            }
            Self::Address => {
                let parts = text.rsplit_once(':');
                let parts = parts.filter(|(host, _)| !host.is_empty());
                let port = parts.and_then(|(_, port)| port.parse::<u16>().ok());
                port.map(|_| Value::Text(text.to_owned()))
            }
        };
        value.ok_or_else(|| wrong(flag, text, &self.words()))
    }
}

/// A whole number and a unit: `64k` as curl reads it, or `64KiB`, by powers of 1,024; `64kB` by powers of 1,000.
fn parse_bytes(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    // A space as in what the lab prints: `64 KiB`.
    let unit = unit.strip_prefix(' ').filter(|unit| !unit.is_empty()).unwrap_or(unit);
    let unit: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// What was taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Count(usize),
    Bytes(u64),
    Time(Duration),
    Share(f64),
    Text(String),
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn bytes_have_units_of_both_kinds() {
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1_500),
            ("1500B", 1_500),
            ("64k", 65_536),
            ("64K", 65_536),
            ("64KiB", 65_536),
            ("64 KiB", 65_536),
            ("1MiB", 1 << 20),
            ("3GiB", 3 << 30),
            ("64kB", 64_000),
            ("10MB", 10_000_000),
            ("2GB", 2_000_000_000),
        ] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "k", "-1", "+1", "1.5M", "1Ki", "1TiB", "1  k", "1 ", "99999999999G", "1ä"]
        {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }
}
