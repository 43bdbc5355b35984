//! One round: who gets in at once, and when the others do.

use super::burst::Burst;
use super::counters::{self, Counters};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// So many clients more come than there is room for.
pub(super) const TOO_MANY: u32 = 4;

/// The n of the listeners that take their time. There is room for all who come again.
const KEPT: u32 = 8;

/// On loopback a handshake is over when `connect(2)` returns, or nearly: the kernel may put it off while it is busy.
const SETTLED: Duration = Duration::from_millis(50);

/// Who still is not in after this time never will be.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is tried, on which machine.
pub(super) struct Plan<'p> {
    pub(super) tried: &'p [u32],
    pub(super) after: &'p [Duration],
    /// `net.core.somaxconn`.
    pub(super) most: u32,
    /// `net.ipv4.tcp_syn_linear_timeouts`.
    pub(super) linear: u32,
}

impl Plan<'_> {
    /// How many `listen(n)` keeps.
    pub(super) fn room(&self, n: u32) -> u32 {
        n.min(self.most) + 1
    }

    /// How many clients find no room at their first try, in all bursts of the first part.
    pub(super) fn turned_away(&self) -> u32 {
        TOO_MANY * self.tried.len() as u32
    }

    /// When a client gets in that came too late, if the server accepts after this time.
    pub(super) fn late(&self, after: Duration) -> f64 {
        let mut tries = counters::tries(self.linear).map(f64::from);
        tries.find(|at| *at > after.as_secs_f64()).unwrap_or(f64::INFINITY)
    }

    /// How many SYNs are sent again in the second part: all but the last of each client are dropped, and all but the first
    /// are sent again, so it is also how many are dropped there.
    pub(super) fn resent(&self) -> u32 {
        let tries = |after: &Duration| {
            let vain = |at: &u32| f64::from(*at) <= after.as_secs_f64();
            counters::tries(self.linear).take_while(vain).count() as u32
        };
        self.after.iter().map(|after| TOO_MANY * tries(after)).sum()
    }
}

/// What a round found.
pub(super) struct Round {
    /// How many were connected, for each n.
    pub(super) connected: Vec<usize>,
    /// What the kernel counted meanwhile.
    pub(super) at_once: Counters,
    /// Who came too late, for each time after which a server accepts.
    pub(super) late: Vec<Late>,
    /// What the kernel counted meanwhile.
    pub(super) later: Counters,
}

/// Those who came too late for one server. Times are seconds.
pub(super) struct Late {
    /// How long the first of them waited: the others come with it.
    pub(super) first: f64,
    /// By how much later than it should the server began to accept.
    pub(super) accepted_late: f64,
}

pub(super) fn round(plan: &Plan) -> io::Result<Round> {
    let before = Counters::now()?;
    let bursts = plan.tried.iter().map(|n| Burst::start(*n, plan.room(*n) + TOO_MANY));
    let mut bursts = bursts.collect::<io::Result<Vec<_>>>()?;
    thread::sleep(SETTLED);
    let connected = bursts.iter_mut().map(Burst::connected).collect();
    let at_once = Counters::now()?.since(before);
    // Their clients would go on trying, and be counted.
    drop(bursts);

    let before = Counters::now()?;
    let late = thread::scope(|scope| {
        let slow = |after: &Duration| {
            let after = *after;
            thread::Builder::new().spawn_scoped(scope, move || late(plan, after))
        };
        let threads: Vec<_> = plan.after.iter().map(slow).collect();
        let late = threads.into_iter().map(|thread| thread?.join().expect("it returns its errors"));
        late.collect::<io::Result<Vec<_>>>()
    })?;
    Ok(Round { connected, at_once, late, later: Counters::now()?.since(before) })
}

/// A burst, and a server that accepts after this time.
fn late(plan: &Plan, after: Duration) -> io::Result<Late> {
    let start = Instant::now();
    let mut burst = Burst::start(KEPT, plan.room(KEPT) + TOO_MANY)?;
    thread::sleep(after.saturating_sub(start.elapsed()));
    let accepted_late = start.elapsed().saturating_sub(after).as_secs_f64();
    let waited = burst.accept_all(PATIENCE).into_iter().min();
    let first = waited.map_or(f64::NAN, |waited| waited.as_secs_f64());
    Ok(Late { first, accepted_late })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(linear: u32) -> Plan<'static> {
        const AFTER: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1300)];
        Plan { tried: &[0, 5], after: &AFTER, most: 3, linear }
    }

    #[test]
    fn one_more_than_n_is_kept() {
        let plan = plan(0);
        assert_eq!([plan.room(0), plan.room(3), plan.room(5)], [1, 4, 4]);
        assert_eq!(plan.turned_away(), 2 * TOO_MANY);
    }

    #[test]
    fn the_next_syn_counts() {
        let late =
            |linear| plan(linear).after.iter().map(|at| plan(linear).late(*at)).collect::<Vec<_>>();
        assert_eq!(late(0), [1.0, 3.0]);
        assert_eq!(late(4), [1.0, 2.0]);
        // Dropped at 0, and at 0 and 1 s.
        assert_eq!(plan(4).resent(), 3 * TOO_MANY);
    }
}
