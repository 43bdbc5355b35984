//! Is this a host and a port?

use crate::fields::scan;
use crate::token::{is_host, percent_encoding_is_whole};
use core::net::Ipv6Addr;

/// Checks the value of a `Host` field, or the authority of an absolute target.
///
/// ```text
/// Host     = uri-host [ ":" port ]                          RFC 9110 section 7.2
/// uri-host = IP-literal / IPv4address / reg-name            RFC 3986 section 3.2.2
/// ```
///
/// An empty host is good grammar: RFC 9112 section 3.2 has clients send it where the target has no authority.
/// A port must fit 16 bits. User information (`user@host`) is not part of a host.
pub fn is_valid(value: &[u8]) -> bool {
    let (host, port) = match value {
        [b'[', literal @ ..] => {
            let Some(end) = literal.iter().position(|byte| *byte == b']') else { return false };
            if !is_ip_literal(&literal[..end]) {
                return false;
            }
            (&[][..], &literal[end + 1..])
        }
        _ => value.split_at(scan(value, is_host)),
    };
    percent_encoding_is_whole(host) && is_port(port)
}

fn is_ip_literal(literal: &[u8]) -> bool {
    std::str::from_utf8(literal).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// Nothing, or a colon and perhaps a number up to 65535 (RFC 3986 section 3.2.3: `port = *DIGIT`).
fn is_port(port: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let append = |n, byte| Some(10 * n + digit(byte)?).filter(|n| *n <= u32::from(u16::MAX));
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().try_fold(0, append).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn hosts() {
        for good in ["", "a", "127.0.0.1", "a:80", "a:", "a.b:65535", "[::1]", "[::1]:80", "x%41"] {
            assert!(super::is_valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "a b", "u@h", "a:b", "a:65536", "[::1", "[::1]x", "[x]", "a/b", "a:1:2", "::1", "a%4",
            "a?", "a#", "a\u{e9}", "[::1]]", "a%4%41", "%zz:80", "a:8x", "a:+80", "a:-1",
        ] {
            assert!(!super::is_valid(bad.as_bytes()), "{bad}");
        }
        // A number however long: leading zeros do not count, and nothing overflows.
        assert!(super::is_valid(b"%41%42:0000000000000000000080"));
        assert!(!super::is_valid(b"a:99999999999999999999"));
    }
}
