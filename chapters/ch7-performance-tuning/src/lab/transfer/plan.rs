//! Which transfers are there time for? Asked before the first of them begins.

use super::super::link::{MOST_HELD, Shape};
use super::super::{Failure, figure};
use super::seconds;

/// Bytes of the transfers, beside one of R·D bytes.
const SIZES: [u64; 6] = [4 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20];
/// How many rounds there are, and how long all of them may take in seconds.
pub(super) struct Volume {
    pub(super) rounds: usize,
    /// A single transfer, beside its flight.
    longest: f64,
    whole: f64,
}

/// What is measured if nothing else is asked for.
pub(super) const USUAL: Volume = Volume { rounds: 7, longest: 1.0, whole: 20.0 };
/// With `--quick`: figures in 3 s, of which half a second is for what else there is to do.
pub(super) const QUICK: Volume = Volume { rounds: 3, longest: 0.25, whole: 2.5 };

/// Sizes that make a chart: fewer of them show no law.
const FEWEST: usize = 2;
/// So often chance is asked beforehand; the mean counts, because many transfers are added up.
const SEEDS: u32 = 8;

/// The sizes whose transfers do not take too long, each and together, in order. Who asks for more rounds than usual has
/// the time for them.
pub(super) fn sizes(shape: Shape, volume: &Volume, rounds: usize) -> Result<Vec<u64>, Failure> {
    if shape.rate == 0 {
        let nothing = "--rate 0 is no rate: without one there is no law to test";
        return Err(Failure::Usage(nothing.into()));
    }
    let product = (shape.rate as f64 * shape.delay.as_secs_f64()).round() as u64;
    let held = shape.rate as f64 * (shape.delay + shape.jitter).as_secs_f64();
    if held > (MOST_HELD / 2) as f64 {
        let (held, most) = (figure::bytes(held as u64), figure::bytes(MOST_HELD as u64 / 2));
        return Err(Failure::Usage(format!(
            "{held} would be on this line, rate times delay and jitter, and the link holds {most}: choose a lower --rate or a \
             shorter --delay"
        )));
    }
    let mut sizes: Vec<_> = SIZES.into_iter().chain([product.max(1)]).collect();
    sizes.retain(|size| seconds(shape, *size) <= volume.longest + shape.delay.as_secs_f64());
    sizes.sort_unstable();
    sizes.dedup();
    let rounds = rounds.min(volume.rounds) as f64;
    let times: Vec<_> = sizes.iter().map(|size| expected(shape, *size)).collect();
    let whole = |count: usize| times[0] + rounds * times[..count].iter().sum::<f64>();
    // A piece that is lost again and again takes seconds: the mean alone would be too hopeful.
    let most = if shape.loss > 0.0 { volume.whole / 2.0 } else { volume.whole };
    while sizes.len() >= FEWEST && whole(sizes.len()) > most {
        sizes.pop();
    }
    match sizes.len() < FEWEST {
        true => Err(Failure::Usage(format!(
            "so slow a line takes longer than the {} s that this lab may: try --rate 1M --delay 20ms, and less jitter and loss",
            volume.whole
        ))),
        false => Ok(sizes),
    }
}

/// Seconds that a transfer will really take, as the shaper of the link says.
fn expected(shape: Shape, bytes: u64) -> f64 {
    let times = (0..SEEDS).map(|seed| shape.whole(bytes, seed.into()).as_secs_f64());
    times.sum::<f64>() / f64::from(SEEDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SHAPE: Shape = Shape {
        rate: 1_000_000,
        delay: Duration::from_millis(20),
        jitter: Duration::ZERO,
        loss: 0.0,
    };

    fn sized(shape: Shape, volume: &Volume) -> Vec<u64> {
        sizes(shape, volume, volume.rounds).unwrap()
    }

    #[track_caller]
    fn refused(shape: Shape, why: &str) {
        for volume in [USUAL, QUICK] {
            let Err(Failure::Usage(said)) = sizes(shape, &volume, volume.rounds) else {
                panic!("{shape:?} is not refused")
            };
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn no_transfer_takes_too_long() {
        assert_eq!(sized(SHAPE, &QUICK), [4_096, 20_000, 65_536]);
        // Each for itself would not, but all of them together.
        let far = Shape { delay: Duration::from_millis(200), ..SHAPE };
        assert_eq!(sized(far, &QUICK), [4_096, 65_536]);
        refused(Shape { rate: 1, ..SHAPE }, "so slow a line");
        refused(Shape { delay: Duration::from_secs(2), ..SHAPE }, "so slow a line");
        refused(Shape { loss: 1.0, ..SHAPE }, "so slow a line");
        refused(Shape { jitter: Duration::from_secs(10), ..SHAPE }, "so slow a line");
    }

    #[test]
    fn fewer_rounds_have_time_for_more() {
        let far = Shape { delay: Duration::from_millis(900), ..SHAPE };
        assert!(sizes(far, &QUICK, QUICK.rounds).is_err());
        assert!(sizes(far, &USUAL, 1).unwrap().len() > sized(far, &USUAL).len());
        assert_eq!(sizes(far, &USUAL, 1000).unwrap(), sized(far, &USUAL));
    }

    #[test]
    fn no_line_is_longer_than_the_link() {
        let long = Shape { rate: 1 << 30, delay: Duration::from_millis(200), ..SHAPE };
        refused(long, "205 MiB would be on this line");
        let delay = Duration::from_millis(31);
        assert!(sizes(Shape { delay, ..long }, &USUAL, USUAL.rounds).is_ok());
    }
}
