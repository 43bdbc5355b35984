//! The formulas of queueing theory. `load` is the share of the time for which a server is busy. From 1 on the line grows
//! for ever, and so does the time in it.

/// The mean time in an M/M/1 queue, waiting and service together: `W = S / (1 - load)`, the same as `1 / (μ - λ)`.
pub fn mm1_mean(service: f64, load: f64) -> f64 {
    service / free(load)
}

/// The share of the time for which a server is free.
fn free(load: f64) -> f64 {
    (1.0 - load).max(0.0)
}

/// The time in an M/M/1 queue that a share of the clients does not exceed. It is exponential as well, so p99 is
/// `-ln(0.01)` = 4.6 means.
pub fn mm1_percentile(service: f64, load: f64, share: f64) -> f64 {
    -(1.0 - share).ln() * mm1_mean(service, load)
}

/// The mean time in an M/G/1 queue, by Pollaczek and Khinchine. `spread` is the variance of the service time over the
/// square of its mean: 1 for exponential times, 0 for constant ones, which wait half as long.
pub fn mg1_mean(service: f64, load: f64, spread: f64) -> f64 {
    service * (1.0 + load * (1.0 + spread) / (2.0 * free(load)))
}

/// Erlang's C: the share of the clients who find all servers of an M/M/c queue busy.
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    // Erlang's B, by its recursion: no factorial, and so no overflow.
    let offered = f64::from(servers) * load;
    let blocked = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    (blocked / (1.0 - load * (1.0 - blocked))).min(1.0)
}

/// The mean time in an M/M/c queue: one line of clients before several servers.
pub fn mmc_mean(service: f64, load: f64, servers: u32) -> f64 {
    service + erlang_c(servers, load) * service / (f64::from(servers) * free(load))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-9, "{got}, not {expected}");
    }

    #[test]
    fn the_textbook_s_figures() {
        close(mm1_mean(2.0, 0.0), 2.0);
        close(mm1_mean(2.0, 0.5), 4.0);
        close(mm1_mean(2.0, 0.9), 20.0);
        close(mm1_percentile(2.0, 0.5, 0.5), 4.0 * 2f64.ln());
        close(mm1_percentile(1.0, 0.9, 0.99), 46.051_701_859_880_91);
    }

    #[test]
    fn constant_service_halves_the_wait() {
        for load in [0.1, 0.5, 0.9] {
            let wait = |spread| mg1_mean(3.0, load, spread) - 3.0;
            close(wait(1.0), mm1_mean(3.0, load) - 3.0);
            close(wait(0.0), wait(1.0) / 2.0);
        }
    }

    #[test]
    fn with_more_work_than_time_there_is_no_end() {
        for load in [1.0, 1.5] {
            let all = [mm1_mean(1.0, load), mg1_mean(1.0, load, 0.0), mmc_mean(1.0, load, 2)];
            assert!(all.iter().all(|mean| *mean == f64::INFINITY), "{all:?}");
            assert_eq!(erlang_c(2, load), 1.0);
        }
    }

    #[test]
    fn one_line_before_two_servers() {
        // For two servers Erlang's C is 2ρ²/(1 + ρ), and the mean time S/(1 - ρ²).
        for load in [0.1, 0.5, 0.8, 0.95] {
            close(erlang_c(2, load), 2.0 * load * load / (1.0 + load));
            close(mmc_mean(1.5, load, 2), 1.5 / (1.0 - load * load));
            close(mmc_mean(1.5, load, 1), mm1_mean(1.5, load));
        }
        // A table of the literature: ten servers at 80 %.
        assert!((erlang_c(10, 0.8) - 0.409).abs() < 5e-4);
    }
}
