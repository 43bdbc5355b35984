//! What both sweeps have in common: a measurement of one size, and what several of them come to.

use super::super::{Axis, Chart, Plot, Progress, Row, Series, Spread, figure};
use super::clients::{Clients, Seen};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// What is asked for, and how often.
pub(super) struct Plan {
    pub(super) path: String,
    pub(super) rounds: usize,
    /// So many times the time of a reply lasts a measurement.
    pub(super) replies: u32,
}

/// What a round found for one size.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) seen: Seen,
    /// The mean number of threads that had a client.
    pub(super) busy: f64,
}

/// What all rounds found.
pub(super) struct Swept {
    /// W, in seconds.
    pub(super) alone: Spread,
    /// For each size, its rounds.
    samples: Vec<(usize, Vec<Sample>)>,
}

impl Swept {
    /// The sizes with their rounds.
    pub(super) fn found(&self) -> impl DoubleEndedIterator<Item = (usize, &[Sample])> {
        self.samples.iter().map(|(size, samples)| (*size, &samples[..]))
    }

    /// Says of rows that do not agree what is known about it.
    pub(super) fn explained(&self, rows: Vec<Row>) -> Vec<Row> {
        let Spread { min, max, .. } = self.alone.times(1e3);
        let explain = |row: Row| {
            match row.predicted.is_some() && !row.agrees() {
            true if self.alone.width() > WIDE => row.note(format!(
                "W itself lay between {} and {} ms in this run: the machine was busy, and not always alike",
                figure::of(min),
                figure::of(max)
            )),
            _ => row,
        }
        };
        rows.into_iter().map(explain).collect()
    }
}

/// A reply that takes 20 ms is not disturbed by more than so many per cent on a quiet machine.
const WIDE: f64 = 10.0;

/// Replies of one look at W.
const ALONE: u32 = 6;

/// Measures all sizes in each round, and W with one client before each of them: what the machine does besides must disturb
/// both alike.
pub(super) fn rounds(
    plan: &Plan,
    (sizes, what): (&[usize], &str),
    progress: &mut Progress,
    mut alone: impl FnMut() -> io::Result<f64>,
    mut measure: impl FnMut(usize, f64) -> io::Result<Sample>,
) -> io::Result<Swept> {
    let mut singles = Vec::new();
    let mut samples: Vec<_> = sizes.iter().map(|size| (*size, Vec::new())).collect();
    for round in 1..=plan.rounds {
        for (size, samples) in &mut samples {
            progress.step(format_args!("round {round} of {}, {what}: {size}", plan.rounds));
            let w = alone()?;
            singles.push(w);
            samples.push(measure(*size, w)?);
        }
    }
    Ok(Swept { alone: Spread::of(&singles), samples })
}

/// W: the time of a reply to a client that is alone.
pub(super) fn one(plan: &Plan, server: SocketAddr) -> io::Result<f64> {
    Clients { server, number: 1, at_once: 1, path: plan.path.clone() }.alone(ALONE)
}

/// Lets so many clients ask a server for a while that serves so many of them at a time.
pub(super) fn asked(
    plan: &Plan,
    server: SocketAddr,
    (number, at_once): (usize, usize),
    w: f64,
    watch: impl FnMut(bool),
) -> io::Result<Seen> {
    let at_once = at_once.min(number);
    let clients = Clients { server, number, at_once, path: plan.path.clone() };
    // A client waits so many times as long as if it was alone.
    let slower = number.div_ceil(at_once);
    let time = Duration::from_secs_f64(w);
    // Until each client has had a reply, the line before the server is not as long as it will be.
    let warm_up = time.mul_f64(slower as f64 + 1.0);
    clients.ask(warm_up, warm_up + time * plan.replies, watch)
}

/// 1, 2, 4, … up to the knee at this number, and twice as many.
pub(super) fn around(knee: usize) -> Vec<usize> {
    let powers = std::iter::successors(Some(1_usize), |n| Some(n * 2));
    powers.take_while(|n| *n < knee).chain([knee, 2 * knee]).collect()
}

pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

pub(super) fn spread(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> Spread {
    Spread::of(&samples.iter().map(of).collect::<Vec<_>>())
}

pub(super) fn rate(samples: &[Sample]) -> Spread {
    spread(samples, |sample| sample.seen.per_second)
}

pub(super) fn chart(
    x: &str,
    y: &str,
    predicted: impl IntoIterator<Item = (f64, f64)>,
    measured: impl IntoIterator<Item = (f64, Spread)>,
) -> Chart {
    Chart::Plot(Plot {
        title: "More of them help up to the knee".into(),
        x: Axis::linear(x),
        y: Axis::linear(y),
        series: vec![Series::line("predicted", predicted), Series::dots("measured", measured)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_is_among_the_sizes() {
        assert_eq!(around(16), [1, 2, 4, 8, 16, 32]);
        assert_eq!(around(10), [1, 2, 4, 8, 10, 20]);
        assert_eq!(around(1), [1, 2]);
    }
}
