//! Clients who come by chance and stay by chance, drawn beforehand from a seed; and what queueing makes of them in
//! virtual time.

use fastrand::Rng;

/// One client. Times are seconds since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// When it comes, whatever became of those before it: the loop is open.
    pub arrival: f64,
    /// How long it is served.
    pub service: f64,
}

/// How long clients are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Exponential times: the first M of Kendall's M/M/1 is for the arrivals, the second for this.
    Exponential,
    /// All the same: the D, for deterministic.
    Constant,
}

/// Draws the clients of `length` seconds, who keep so many servers busy for the share `load` of the time.
///
/// They come as independent clients do: the gaps between them are exponential (a Poisson process).
pub fn draw(
    rng: &mut Rng,
    (kind, mean): (Service, f64),
    servers: u32,
    load: f64,
    length: f64,
) -> Vec<Job> {
    let gap = mean / (load * f64::from(servers));
    let mut jobs = Vec::new();
    let mut arrival = exponential(rng, gap);
    while arrival < length {
        let service = match kind {
            Service::Exponential => exponential(rng, mean),
            Service::Constant => mean,
        };
        jobs.push(Job { arrival, service });
        arrival += exponential(rng, gap);
    }
    jobs
}

fn exponential(rng: &mut Rng, mean: f64) -> f64 {
    // `f64` gives 0 but never 1, so the logarithm is finite.
    -(1.0 - rng.f64()).ln() * mean
}

/// What each client spends in the queue and in service, by arithmetic alone: whoever is first in line takes the server
/// that is free first. With one server this is Lindley's recursion.
pub fn simulate(jobs: &[Job], servers: u32) -> Vec<f64> {
    let mut free = vec![0.0_f64; servers as usize];
    let stay = |job: &Job| {
        let first = free.iter_mut().min_by(|a, b| a.total_cmp(b)).expect("there is a server");
        *first = first.max(job.arrival) + job.service;
        *first - job.arrival
    };
    jobs.iter().map(stay).collect()
}

#[cfg(test)]
mod tests {
    use super::super::law;
    use super::*;

    fn job(arrival: f64, service: f64) -> Job {
        Job { arrival, service }
    }

    #[test]
    fn a_line_of_clients() {
        let jobs = [job(1.0, 2.0), job(2.0, 2.0), job(2.5, 1.0), job(9.0, 3.0)];
        assert_eq!(simulate(&jobs, 1), [2.0, 3.0, 3.5, 3.0]);
        assert_eq!(simulate(&jobs, 2), [2.0, 2.0, 1.5, 3.0]);
        assert_eq!(simulate(&jobs, 3), [2.0, 2.0, 1.0, 3.0]);
    }

    #[test]
    fn a_seed_draws_the_same_clients_again() {
        let draw =
            |seed| draw(&mut Rng::with_seed(seed), (Service::Exponential, 0.001), 1, 0.5, 1.0);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).is_sorted_by(|a, b| a.arrival <= b.arrival));
    }

    /// A long run in virtual time, against its formula.
    #[track_caller]
    fn agrees(kind: Service, servers: u32, load: f64, law: f64) {
        let mut rng = Rng::with_seed(1);
        let jobs = draw(&mut rng, (kind, 1.0), servers, load, 2e6 / f64::from(servers));
        let stays = simulate(&jobs, servers);
        let mean = stays.iter().sum::<f64>() / stays.len() as f64;
        assert!((mean / law - 1.0).abs() < 0.05, "{mean}, and the law says {law}");
    }

    #[test]
    fn in_the_long_run_the_formulas_are_right() {
        for load in [0.5, 0.8, 0.9] {
            agrees(Service::Exponential, 1, load, law::mm1_mean(1.0, load));
            agrees(Service::Constant, 1, load, law::mg1_mean(1.0, load, 0.0));
            agrees(Service::Exponential, 2, load, law::mmc_mean(1.0, load, 2));
            agrees(Service::Exponential, 8, load, law::mmc_mean(1.0, load, 8));
        }
    }

    #[test]
    fn one_in_a_hundred_waits_so_long() {
        let mut rng = Rng::with_seed(2);
        let jobs = draw(&mut rng, (Service::Exponential, 1.0), 1, 0.8, 1e6);
        let mut stays = simulate(&jobs, 1);
        stays.sort_by(f64::total_cmp);
        let p99 = stays[stays.len() * 99 / 100];
        let law = law::mm1_percentile(1.0, 0.8, 0.99);
        assert!((p99 / law - 1.0).abs() < 0.05, "{p99}, and the law says {law}");
    }
}
