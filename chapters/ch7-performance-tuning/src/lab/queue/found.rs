//! What the clients of the lab saw, beside what the law says of them.

use super::super::{Row, Spread, figure};
use super::jobs::Service;
use super::law;
use super::measure::{Part, Plan, Stays};

/// What was found. Times are milliseconds.
pub(super) struct Found {
    pub(super) parts: Vec<PartFound>,
    /// In microseconds.
    pub(super) oversleep: Spread,
}

/// What was found of one part.
pub(super) struct PartFound {
    pub(super) part: Part,
    pub(super) mean: Spread,
    pub(super) p99: Spread,
    /// The share of the time for which a server was busy.
    pub(super) load: f64,
    /// The mean service time.
    service: f64,
    clients: usize,
    /// The same clients in virtual time: the mean and p99.
    virtual_mean: f64,
    virtual_p99: f64,
    /// By how much the service that was held up most took longer than it should.
    held_up: f64,
}

impl PartFound {
    pub(super) fn of(plan: &Plan, part: Part, rounds: &[Stays]) -> Self {
        let all = |pick: fn(&Stays) -> &Vec<f64>| rounds.iter().flat_map(pick).copied().collect();
        let (live, in_virtual_time): (Vec<_>, Vec<_>) =
            (all(|round| &round.live), all(|round| &round.in_virtual_time));
        let sum = |pick: fn(&Stays) -> f64| rounds.iter().map(pick).sum::<f64>();
        // Few rounds are very slow, so the median of their means would be too low: the mean of all clients counts.
        let spread = |of: fn(&[f64]) -> f64| {
            let rounds: Vec<_> = rounds.iter().map(|round| of(&round.live)).collect();
            Spread { median: of(&live), ..Spread::of(&rounds) }.times(1e3)
        };
        let queues = (rounds.len() * part.copies) as f64;
        Self {
            part,
            mean: spread(mean),
            p99: spread(p99),
            load: sum(|round| round.service)
                / (plan.counted().as_secs_f64() * queues * f64::from(part.servers)),
            service: sum(|round| round.service) / live.len() as f64 * 1e3,
            clients: live.len(),
            virtual_mean: mean(&in_virtual_time) * 1e3,
            virtual_p99: p99(&in_virtual_time) * 1e3,
            held_up: rounds.iter().map(|round| round.held_up).fold(0.0, f64::max) * 1e3,
        }
    }

    /// What the law says of the mean, from the measured load and service time.
    pub(super) fn law(&self) -> f64 {
        match self.part.kind {
            Service::Constant => law::mg1_mean(self.service, self.load, 0.0),
            Service::Exponential => law::mmc_mean(self.service, self.load, self.part.servers),
        }
    }

    /// The mean, and for M/M/1 p99, beside what the law says.
    pub(super) fn rows(&self) -> Vec<Row> {
        let name = self.part.name();
        let row = |what: &str, law, measured, in_virtual_time| {
            let row = Row::new(format!("{name}: {what}"), law, measured, "ms");
            if row.agrees() { row } else { row.note(self.why(measured.median, in_virtual_time)) }
        };
        let mut rows = vec![row("mean", self.law(), self.mean, self.virtual_mean)];
        if self.part.is_mm1() {
            let law = law::mm1_percentile(self.service, self.load, 0.99);
            rows.push(row("p99", law, self.p99, self.virtual_p99));
        }
        rows
    }

    /// Was it luck, or this machine? The same clients in virtual time had the same luck, and no machine.
    fn why(&self, measured: f64, in_virtual_time: f64) -> String {
        let simulated = figure::of(in_virtual_time);
        if self.load >= 1.0 {
            return "the threads got so little of the processors that there was more work than time".into();
        }
        if (measured / in_virtual_time - 1.0).abs() <= 0.05 {
            return format!(
                "the law speaks of the long run: in virtual time, too, these {} clients come to {simulated} ms",
                self.clients
            );
        }
        format!(
            "in virtual time these clients come to {simulated} ms; by the clock a thread was kept from a processor for up \
             to {} ms, and all who stood in its line waited with it",
            figure::of(self.held_up)
        )
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn p99(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}
