//! Is this a host, and is this a port?
//!
//! An IPv4 address has 32 bits, written as four numbers from 0 to 255. An IPv6 address has 128 bits, written as eight
//! groups of up to four hexadecimal digits, of which one run of zeros may be left out (`::1`). A port has 16 bits: it
//! is a number from 0 to 65535, and says which socket of a machine is meant.

use crate::failure::{Failure, Kind, quoted};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};

/// Where to connect, before any name is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name: somebody has to be asked for its addresses.
    Name(String),
    /// An address; its port is still 0. That of IPv6 may hold a zone, the number of a network interface.
    Address(SocketAddr),
}

impl Host {
    /// Reads what the user typed: a name, an IPv4 address or an IPv6 address, the last one perhaps in brackets.
    ///
    /// `getaddrinfo(3)` would take more for an address: `127.1` and `0x7f.1` and `2130706433` are all 127.0.0.1 to it.
    /// Nobody types these on purpose, so they are refused, and so is whatever else looks like an address and is none.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let bad = |happened: &str, hint: &str| {
            Err(Failure::new(Kind::BadAddress, tried(text), happened).hint(hint))
        };
        if text.is_empty() {
            return bad("it is empty", "give a name or an IP address");
        }
        if text.contains('/') {
            return bad("it contains a /", "give the host and the port of a URL, as two arguments");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\u{fffd}') {
            return bad("it contains what no name contains", "check the quotes around it");
        }
        let in_brackets = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if text.contains([':', '[', ']']) {
            // localhost:80, localhost:http, [::1]:80
            if text.contains("]:") || (text.matches(':').count() == 1 && !text.contains(['[', ']']))
            {
                return bad("it contains a port", "give HOST and PORT as two arguments");
            }
            return match ipv6(in_brackets.unwrap_or(text)) {
                // Each interface has such addresses, so the address alone does not say through which one to send.
                Some(v6) if v6.ip().is_unicast_link_local() && v6.scope_id() == 0 => {
                    bad("a link-local address needs its interface", "such as fe80::1%eth0")
                }
                Some(v6) => Ok(Self::Address(v6.into())),
                None if has_interface(in_brackets.unwrap_or(text)) => bad(
                    "this address is not of that interface",
                    "only link-local ones are, such as fe80::1%eth0",
                ),
                None => bad("this is no IPv6 address", "such as ::1, 2001:db8::7 or fe80::1%eth0"),
            };
        }
        if ends_with_a_number(text) {
            return match text.parse::<Ipv4Addr>() {
                Ok(address) => Ok(Self::Address((address, 0).into())),
                Err(_) => {
                    bad("this is no IPv4 address", "such as 127.0.0.1: four numbers, 0 to 255")
                }
            };
        }
        Ok(Self::Name(text.into()))
    }

    /// The host as the `Host` field of HTTP names it: with its port, unless that is 80, and without a zone, which
    /// means something on this machine only (RFC 9110 section 7.2, RFC 6874 section 3).
    pub fn authority(&self, port: u16) -> String {
        let host = match self {
            Self::Name(name) => name.clone(),
            Self::Address(SocketAddr::V4(v4)) => v4.ip().to_string(),
            Self::Address(SocketAddr::V6(v6)) => format!("[{}]", v6.ip()),
        };
        if port == 80 { host } else { format!("{host}:{port}") }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(&crate::failure::shortened(name)),
            Self::Address(address) => address.ip().fmt(f),
        }
    }
}

fn tried(host: &str) -> String {
    format!("cannot use the address {}", quoted(host))
}

/// An IPv6 address, perhaps with the zone in which it is meant: `fe80::1%eth0`.
fn ipv6(text: &str) -> Option<SocketAddrV6> {
    let Some((address, _)) = text.split_once('%') else {
        return Some(SocketAddrV6::new(text.parse().ok()?, 0, 0, 0));
    };
    address.parse::<Ipv6Addr>().ok()?;
    // The system knows the numbers of its interfaces. It asks nobody else, so this takes no time.
    match (text, 0).to_socket_addrs().ok()?.next()? {
        SocketAddr::V6(v6) => Some(v6),
        SocketAddr::V4(_) => None,
    }
}

fn has_interface(text: &str) -> bool {
    text.split_once('%')
        .is_some_and(|(ip, zone)| ip.parse::<Ipv6Addr>().is_ok() && !zone.is_empty())
}

/// Names end with a letter somewhere in their last label; whatever ends with a number is meant as an address.
fn ends_with_a_number(text: &str) -> bool {
    let labels = text.strip_suffix('.').unwrap_or(text);
    let last = labels.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Reads a port.
///
/// # Errors
///
/// It is not a whole number from 0 to 65535.
pub fn parse_port(text: &str) -> Result<u16, Failure> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = if is_number { text.parse().ok() } else { None };
    port.ok_or_else(|| {
        let tried = format!("cannot use the port {}", quoted(text));
        let happened = "a port is a whole number from 0 to 65535";
        Failure::new(Kind::BadPort, tried, happened).hint("web servers have 80, this course 8080")
    })
}

/// Reads `HOST:PORT`, an IPv6 address in brackets.
///
/// # Errors
///
/// What is wrong with the host or with the port.
pub fn parse_target(text: &str) -> Result<(Host, u16), Failure> {
    if text.contains('/') {
        // A URL: what is wrong with it is wrong with any host.
        return Host::parse(text).map(|host| (host, 0));
    }
    let split = text.rsplit_once(':').filter(|_| !text.ends_with(']'));
    let Some((host, port)) = split else {
        let failure = Failure::new(Kind::BadPort, tried(text), "its port is missing");
        return Err(failure.hint("such as localhost:80 or [::1]:80"));
    };
    if host.contains(':') && !host.starts_with('[') {
        let happened = "which colon begins the port?";
        let failure = Failure::new(Kind::BadAddress, tried(text), happened);
        return Err(failure.hint("put an IPv6 address in brackets, as in [::1]:80"));
    }
    Ok((Host::parse(host)?, parse_port(port)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(result: Result<T, Failure>) -> Option<Kind> {
        result.err().map(|failure| failure.kind)
    }

    #[test]
    fn names_and_addresses() {
        for (text, shown) in [
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "0.0.0.0"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            let host = Host::parse(text).unwrap();
            assert!(matches!(host, Host::Address(_)), "{text}");
            assert_eq!(host.to_string(), shown);
        }
        for name in ["localhost", "localhost.", "a.b-c.example", "1.2.3.example", "x0x1", "0x.g"] {
            assert_eq!(Host::parse(name).unwrap(), Host::Name(name.into()));
        }
    }

    #[test]
    fn what_looks_like_an_address_and_is_none() {
        for text in [
            "",
            "300.1.1.1",
            "1.2.3",
            "127.1",
            "1.2.3.4.5",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "127.0.0.01",
            "1.2.3.4.",
            "256.256.256.256",
            "::zz",
            "1::2::3",
            "[::1",
            "[127.0.0.1]",
            "[localhost]",
            "[]",
            "12345::",
            "::1%",
            "fe80::1",
            "[fe80::1]",
            "fe80::1%no-such",
            "127.0.0.1:80",
            "localhost:80",
            "[::1]:80",
            "::1]",
            "http://localhost/",
            "a b",
            "a\nb",
            " 127.0.0.1",
        ] {
            assert_eq!(kind(Host::parse(text)), Some(Kind::BadAddress), "{text}");
        }
    }

    #[test]
    fn ports() {
        for (text, port) in [("0", 0), ("80", 80), ("0080", 80), ("65535", 65535)] {
            assert_eq!(parse_port(text).unwrap(), port);
        }
        for text in
            ["", "65536", "-1", "+80", "http", " 80", "8 0", "80.0", "0x50", "٣", "99999999999999"]
        {
            assert_eq!(kind(parse_port(text)), Some(Kind::BadPort), "{text}");
        }
    }

    #[test]
    fn targets_of_a_probe() {
        assert_eq!(parse_target("localhost:80").unwrap(), (Host::Name("localhost".into()), 80));
        assert_eq!(parse_target("[::1]:80").unwrap().0.to_string(), "::1");
        for text in ["localhost", "localhost:", "localhost:http", "127.0.0.1:65536", "[::1]"] {
            assert_eq!(kind(parse_target(text)), Some(Kind::BadPort), "{text}");
        }
        for text in ["::1:80", "::1", ":80", "300.1.1.1:80", "http://x:80", "http://x:80/y"] {
            assert_eq!(kind(parse_target(text)), Some(Kind::BadAddress), "{text}");
        }
    }

    #[test]
    fn authorities() {
        let authority = |host: &str, port| Host::parse(host).unwrap().authority(port);
        assert_eq!(authority("localhost", 80), "localhost");
        assert_eq!(authority("127.0.0.1", 8080), "127.0.0.1:8080");
        assert_eq!(authority("::1", 8080), "[::1]:8080");
    }
}
