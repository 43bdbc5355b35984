//! Who listens where.

use super::Lab;
use crate::failure::{Failure, Stop, Symptom};
use harness::{holds_within, proc};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

impl Lab<'_> {
    /// Expects that the program, or what it has started, listens at exactly this address. Where that cannot be seen, it
    /// is believed.
    pub(super) fn expect_own_listener(&self, program: usize, addr: SocketAddr) -> Result<(), Stop> {
        let listeners = || {
            let tree = self.programs[program].tree();
            let seen =
                tree.into_iter().filter_map(|pid| proc::listening(pid).ok()).collect::<Vec<_>>();
            (!seen.is_empty()).then(|| seen.concat())
        };
        // The kernel's list is not read in one moment: others come and go in it.
        let is_there =
            || listeners().is_none_or(|there| there.iter().any(|own| is_same(*own, addr)));
        if holds_within(Duration::from_secs(1), is_there) {
            return Ok(());
        }
        let there = listeners().unwrap_or_default();
        let got = match there.iter().find(|own| own.port() == addr.port()) {
            Some(own) => {
                format!("a listener at {own}, which is reached at other addresses as well")
            }
            None => "a listener that is somebody else's".to_owned(),
        };
        Err(Failure::new(
            Symptom::WrongAddress,
            format!("a listener of the program at {addr}"),
            got,
        )
        .into())
    }
}

/// Whether two addresses are one. A socket of IPv6 may listen at an address of IPv4.
fn is_same(own: SocketAddr, addr: SocketAddr) -> bool {
    (own.ip().to_canonical(), own.port()) == (addr.ip(), addr.port())
}

/// Where the system takes no ports from by itself, on Linux and elsewhere: what we choose here, nobody gets by chance.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// A port of 127.0.0.1 that is free at this moment.
///
/// # Errors
///
/// This machine has none.
pub fn free_port() -> Result<SocketAddr, Stop> {
    // Gradings at the same time with the same seed must not meet, so this chance is not drawn from the seed.
    for _ in 0..100 {
        let addr = SocketAddr::from(([127, 0, 0, 1], fastrand::u16(PORTS)));
        if TcpListener::bind(addr).is_ok() {
            return Ok(addr);
        }
    }
    Err(Stop::Fault(anyhow::anyhow!(
        "no free port on 127.0.0.1 between {} and {}",
        PORTS.start,
        PORTS.end
    )))
}
