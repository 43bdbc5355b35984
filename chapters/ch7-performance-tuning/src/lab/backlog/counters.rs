//! What the kernel counts, and what it is set to.

use std::fs;
use std::io;
use std::str::FromStr;

/// Counters of the machine's TCP, since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// `ListenOverflows`: SYNs, or ends of handshakes, that found the queue of a listener full.
    pub overflows: u64,
    /// `ListenDrops`: those, and what was dropped for other reasons.
    pub drops: u64,
    /// `TCPSynRetrans`: SYNs, and answers to them, that were sent again.
    pub resent: u64,
}

impl Counters {
    /// What `/proc/net/netstat` says.
    ///
    /// # Errors
    ///
    /// When it is not there, or does not have these counters.
    pub fn now() -> io::Result<Self> {
        let text = fs::read_to_string("/proc/net/netstat")?;
        Self::read(&text).ok_or_else(|| io::Error::other("the counters of listeners are missing"))
    }

    /// Of the pairs of lines in that file, one of which has the names and the other one the numbers.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt: "));
        let (names, numbers) = (lines.next()?, lines.next()?);
        let of = |wanted: &str| {
            let at = names.split_whitespace().position(|name| name == wanted)?;
            numbers.split_whitespace().nth(at)?.parse().ok()
        };
        Some(Self {
            overflows: of("ListenOverflows")?,
            drops: of("ListenDrops")?,
            resent: of("TCPSynRetrans")?,
        })
    }

    /// What was counted since then.
    #[must_use]
    pub fn since(self, then: Self) -> Self {
        Self {
            overflows: self.overflows.wrapping_sub(then.overflows),
            drops: self.drops.wrapping_sub(then.drops),
            resent: self.resent.wrapping_sub(then.resent),
        }
    }
}

/// A setting under `/proc/sys`, if there is such a one.
pub fn setting<T: FromStr>(path: &str) -> Option<T> {
    fs::read_to_string(format!("/proc/sys/{path}")).ok()?.trim().parse().ok()
}

/// When Linux sends a SYN that nobody answers, in seconds after the first: so many pauses of 1 s beyond the first one,
/// and from then on each is twice as long as the one before.
pub fn tries(linear: u32) -> impl Iterator<Item = u32> {
    let pause = move |nth: u32| 1 << nth.saturating_sub(linear).min(16);
    let mut at = 0;
    std::iter::once(0).chain((0..32).map(move |nth| {
        at += pause(nth);
        at
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_number_stand_in_the_same_place() {
        let text = "TcpExt: A ListenOverflows ListenDrops B TCPSynRetrans\nTcpExt: 1 2 3 4 5\nIpExt: C\nIpExt: 6\n";
        let counters = Counters { overflows: 2, drops: 3, resent: 5 };
        assert_eq!(Counters::read(text), Some(counters));
        let then = Counters { overflows: 1, drops: 1, resent: 5 };
        assert_eq!(counters.since(then), Counters { overflows: 1, drops: 2, resent: 0 });
        for rubbish in ["", "TcpExt: ListenOverflows\n", "TcpExt: ListenOverflows\nTcpExt: x\n"] {
            assert_eq!(Counters::read(rubbish), None, "{rubbish}");
        }
    }

    #[test]
    fn a_syn_is_sent_again_and_again() {
        let first = |linear| tries(linear).take(7).collect::<Vec<_>>();
        assert_eq!(first(0), [0, 1, 3, 7, 15, 31, 63]);
        // As the kernel's documentation has it: pauses of 1, 1, 1, 1, 1, 2, 4 s.
        assert_eq!(first(4), [0, 1, 2, 3, 4, 5, 7]);
    }
}
