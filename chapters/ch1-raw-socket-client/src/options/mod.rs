//! `setsockopt(2)`, and what the kernel made of it.
//!
//! A socket option is a wish. The kernel may round it, double it or cap it without a word, and only `getsockopt(2)`
//! tells. So each option that is set is read back, and both are reported.

mod known;

use crate::failure::{self, Failure, quoted};
use crate::story::{grouped, line};
use known::{KNOWN, Known, Value};
use socket2::Socket;
use std::cell::RefCell;

/// The options that the user asked for, in their order.
#[derive(Debug, Default)]
pub struct Options {
    asked: Vec<Asked>,
    /// What was reported: each address gets a socket of its own, and the kernel makes the same of each.
    reported: RefCell<Vec<String>>,
}

#[derive(Debug)]
struct Asked {
    known: &'static Known,
    value: Value,
}

impl Options {
    /// Adds `NAME=VALUE`.
    ///
    /// # Errors
    ///
    /// The name is unknown, or the value is none for it.
    pub fn add(&mut self, text: &str) -> Result<(), Failure> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
            let known: Vec<_> = KNOWN.iter().map(|k| format!("{}={}", k.name, k.takes)).collect();
            let known = known.join(", ");
            return Err(Failure::usage(format_args!(
                "--option takes {known}; not {}",
                quoted(text)
            )));
        };
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { value.parse().ok() } else { None };
        let value = match number {
            Some(number) if (known.range[0]..=known.range[1]).contains(&number) => Some(number),
            None if known.name == "SO_LINGER" && value == "off" => None,
            _ => {
                let takes = format!("{name}={} (up to {})", known.takes, grouped(known.range[1]));
                return Err(Failure::usage(format_args!(
                    "--option takes {takes}; not {}",
                    quoted(text)
                )));
            }
        };
        self.asked.push(Asked { known, value });
        Ok(())
    }

    /// Was this one asked for?
    pub fn has(&self, name: &str) -> bool {
        self.asked.iter().any(|asked| asked.known.name == name)
    }

    /// Sets each option, reads it back, and reports both.
    ///
    /// # Errors
    ///
    /// The kernel refused: the option is not for this kind of socket.
    pub fn set(&self, socket: &Socket) -> Result<(), Failure> {
        for asked in &self.asked {
            let report = asked.set(socket)?;
            let mut reported = self.reported.borrow_mut();
            if !reported.contains(&report) {
                line(&report);
                reported.push(report);
            }
        }
        Ok(())
    }
}

impl Asked {
    /// One `setsockopt(2)` and one `getsockopt(2)`, and the line that reports them.
    fn set(&self, socket: &Socket) -> Result<String, Failure> {
        let Self { known, value } = self;
        let has = (known.set)(socket, *value).and_then(|()| (known.get)(socket));
        let has = has.map_err(|error| {
            let tried = format!("cannot set {}={}", known.name, text(*value));
            failure::own(tried, &error).hint("not every option is for every kind of socket")
        })?;
        Ok(report(known, *value, has))
    }
}

/// One line: what was asked for, and what the kernel made of it.
fn report(known: &Known, asked: Value, has: Value) -> String {
    let because = match (asked, has) {
        (Some(asked), Some(has)) if asked != has => format!(" ({})", (known.because)(asked, has)),
        (Some(0), Some(0)) if known.name == "SO_LINGER" => " (close will send a reset)".into(),
        _ => String::new(),
    };
    let unit = if has.is_some() { known.unit } else { "" };
    let plural = if has == Some(1) { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
    let gap = if unit.is_empty() { "" } else { " " };
    let (name, asked, has) = (known.name, text(asked), shown(has));
    format!("option {name}={asked}: the kernel made it {has}{gap}{plural}{because}")
}

fn text(value: Value) -> String {
    value.map_or_else(|| "off".into(), |number| number.to_string())
}

fn shown(value: Value) -> String {
    value.map_or_else(|| "off".into(), grouped)
}

/// Each option as the help shows it: `NAME=VALUE`, and what it does.
pub fn help() -> impl Iterator<Item = (String, &'static str)> {
    KNOWN.iter().map(|known| (format!("{}={}", known.name, known.takes), known.about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;
    use socket2::{Domain, Type};

    #[test]
    fn values() {
        for good in [
            "SO_RCVTIMEO=100",
            "SO_SNDTIMEO=0",
            "TCP_NODELAY=1",
            "SO_LINGER=off",
            "SO_LINGER=0",
            "SO_RCVBUF=4096",
            "SO_SNDBUF=2147483647",
            "SO_KEEPALIVE=0",
            "IP_TTL=255",
        ] {
            let mut options = Options::default();
            assert_eq!(options.add(good), Ok(()), "{good}");
            assert!(options.has(good.split('=').next().unwrap()));
        }
        for bad in [
            "",
            "SO_RCVTIMEO",
            "SO_RCVTIMEO=",
            "SO_RCVTIMEO=-1",
            "SO_RCVTIMEO=off",
            "so_rcvtimeo=1",
            "TCP_NODELAY=2",
            "TCP_NODELAY=yes",
            "SO_RCVBUF=4k",
            "IP_TTL=0",
            "IP_TTL=256",
            "SO_TIMEOUT=1",
            "SO_SNDBUF=99999999999",
        ] {
            let failure = Options::default().add(bad).unwrap_err();
            assert_eq!(failure.kind, Kind::Usage, "{bad}");
        }
        let failure = Options::default().add("SO_TIMEOUT=1").unwrap_err().to_string();
        for known in &KNOWN {
            assert!(failure.contains(known.name) && failure.contains(known.takes), "{failure}");
        }
    }

    #[test]
    fn what_the_kernel_makes_of_them() {
        for (domain, r#type) in [(Domain::IPV4, Type::STREAM), (Domain::IPV6, Type::STREAM)] {
            // A kernel without IPv6 makes no such socket.
            let Ok(socket) = Socket::new(domain, r#type, None) else { continue };
            for (asked, expected) in [
                ("TCP_NODELAY=1", "option TCP_NODELAY=1: the kernel made it 1"),
                ("SO_LINGER=off", "option SO_LINGER=off: the kernel made it off"),
                (
                    "SO_LINGER=0",
                    "option SO_LINGER=0: the kernel made it 0 seconds (close will send a reset)",
                ),
                ("SO_LINGER=1", "option SO_LINGER=1: the kernel made it 1 second"),
                ("SO_RCVTIMEO=0", "option SO_RCVTIMEO=0: the kernel made it 0 ms"),
                ("SO_RCVTIMEO=2000", "option SO_RCVTIMEO=2000: the kernel made it 2,000 ms"),
                ("SO_KEEPALIVE=1", "option SO_KEEPALIVE=1: the kernel made it 1"),
                ("IP_TTL=3", "option IP_TTL=3: the kernel made it 3 hops"),
            ] {
                let mut options = Options::default();
                options.add(asked).unwrap();
                assert_eq!(options.asked[0].set(&socket).unwrap(), expected);
            }
        }
    }

    #[test]
    fn why_a_buffer_has_another_size() {
        let report = |asked: u32, has: u32| report(&KNOWN[4], Some(asked), Some(has));
        assert_eq!(
            report(8192, 16384),
            "option SO_RCVBUF=8192: the kernel made it 16,384 bytes \
             (it doubles what it is asked for: its bookkeeping takes room too)"
        );
        assert!(report(1, 2304).ends_with("2,304 bytes (the least that it gives)"));
        assert!(report(1 << 30, 8 << 20).contains("net.core.rmem_max"));
    }
}
