//! The grammar of single elements: tokens, values, lists and dates.

use std::time::{SystemTime, UNIX_EPOCH};

/// `token = 1*tchar` (RFC 9110 5.6.2).
pub(super) fn is_token(bytes: &[u8]) -> bool {
    let tchar = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
    !bytes.is_empty() && bytes.iter().all(tchar)
}

/// `field-value` (RFC 9110 5.5) without the whitespace around it, and `reason-phrase` (RFC 9112 4).
pub(super) fn is_value(bytes: &[u8]) -> bool {
    bytes.iter().all(|&b| b == b'\t' || (b >= b' ' && b != 0x7f))
}

/// The members of `#element` (RFC 9110 5.6.1), empty ones left out.
pub(super) fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&b| b == b',').map(<[u8]>::trim_ascii).filter(|member| !member.is_empty())
}

/// `IMF-fixdate`, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 5.6.7), at most an hour from now.
pub(super) fn is_imf_fixdate_near_now(date: &[u8]) -> bool {
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_secs();
    seconds(date).is_some_and(|then| then.abs_diff(now) < 3600)
}

/// The days of the week, from that of 1 January 1970.
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 of an IMF-fixdate, or `None` if it is not one.
fn seconds(date: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(date).ok().filter(|t| t.is_ascii() && t.len() == 29)?;
    let number = |at: usize, len: usize| {
        let digits = &text[at..at + len];
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten()
    };
    let month = MONTHS.iter().position(|&m| m == &text[8..11])? as u64 + 1;
    let (day, year) = (number(5, 2)?, number(12, 4)?);
    let (hour, minute, second) = (number(17, 2)?, number(20, 2)?, number(23, 2)?);
    let marks = [
        &text[3..5],
        &text[7..8],
        &text[11..12],
        &text[16..17],
        &text[19..20],
        &text[22..23],
        &text[25..],
    ];
    if marks != [", ", " ", " ", " ", ":", ":", " GMT"]
        || hour > 23
        || minute > 59
        || second > 60
        || year < 1970
    {
        return None;
    }
    // Days from the civil calendar, with years that start in March so that the leap day is the last one.
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = (365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + of_year)
        .checked_sub(719_468)?;
    (DAYS[(days % 7) as usize] == &text[..3])
        .then_some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Writes a time as IMF-fixdate: it is the one whose reading gives that time again.
#[cfg(test)]
pub(super) fn imf_fixdate(now: u64) -> String {
    let clock = format!("{:02}:{:02}:{:02} GMT", now / 3600 % 24, now / 60 % 60, now % 60);
    let weekday = DAYS[(now / 86_400 % 7) as usize];
    let year = 1970 + now / 31_556_952;
    let days = (year - 1..=year + 1)
        .flat_map(|y| MONTHS.iter().flat_map(move |m| (1..=31).map(move |d| (d, m, y))));
    let mut dates =
        days.map(|(day, month, year)| format!("{weekday}, {day:02} {month} {year} {clock}"));
    dates.find(|date| seconds(date.as_bytes()) == Some(now)).expect("every time has a date")
}

#[cfg(test)]
mod tests {
    use super::{imf_fixdate, seconds};

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(seconds(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(imf_fixdate(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(seconds(b"Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        for wrong in [
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "",
        ] {
            assert_eq!(seconds(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
