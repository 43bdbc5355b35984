//! A figure as several rounds gave it.

/// The median of the rounds, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the rounds lie below it.
    pub median: f64,
    /// The least of them.
    pub min: f64,
    /// The greatest of them.
    pub max: f64,
}

impl Spread {
    /// The spread of these rounds; not a number if there is none.
    pub fn of(rounds: &[f64]) -> Self {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else {
            return Self::exact(f64::NAN);
        };
        let half = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(sorted[half - 1], sorted[half]),
            _ => sorted[half],
        };
        Self { median, min, max }
    }

    /// A figure that was measured once, or counted.
    pub fn exact(value: f64) -> Self {
        Self { median: value, min: value, max: value }
    }

    /// The same figure in another unit. A negative factor makes no sense here.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { median: self.median * factor, min: self.min * factor, max: self.max * factor }
    }

    /// How far the rounds lie apart, in per cent of their median.
    pub fn width(self) -> f64 {
        (self.max - self.min) / self.median.abs() * 100.0
    }

    /// Does this lie between the least and the greatest?
    pub fn contains(self, value: f64) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// Measures each of these in turn, round after round, so that what disturbs the machine for a while disturbs all of
/// them alike. The order changes from round to round, because what runs second may find warm caches.
///
/// # Errors
///
/// The first error of a measurement.
pub fn interleaved<T, E>(
    rounds: usize,
    things: &[T],
    mut measure: impl FnMut(&T) -> Result<f64, E>,
) -> Result<Vec<Spread>, E> {
    let mut found = vec![Vec::with_capacity(rounds); things.len()];
    let mut order: Vec<usize> = (0..things.len()).collect();
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &place in &order {
            found[place].push(measure(&things[place])?);
        }
    }
    Ok(found.iter().map(|rounds| Spread::of(rounds)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Spread::of(&[3.0]), Spread::exact(3.0));
        assert_eq!(Spread::of(&[9.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 9.0 });
        assert_eq!(Spread::of(&[4.0, 1.0, 2.0, 9.0]).median, 3.0);
        assert!(Spread::of(&[]).median.is_nan());
    }

    #[test]
    fn the_width_is_that_of_all_rounds() {
        let spread = Spread::of(&[8.0, 10.0, 13.0]);
        assert_eq!(spread.width(), 50.0);
        assert!(spread.contains(8.0) && spread.contains(13.0) && !spread.contains(13.1));
        assert_eq!(spread.times(2.0), Spread { median: 20.0, min: 16.0, max: 26.0 });
    }

    #[test]
    fn each_is_measured_once_a_round() {
        let mut seen = Vec::new();
        let spreads = interleaved(3, &[10.0, 20.0], |thing| {
            seen.push(*thing);
            Ok::<_, ()>(*thing)
        });
        assert_eq!(spreads, Ok(vec![Spread::exact(10.0), Spread::exact(20.0)]));
        for round in seen.chunks(2) {
            assert!(round.contains(&10.0) && round.contains(&20.0), "{seen:?}");
        }
        assert_eq!(interleaved(1, &[0.0], |_| Err::<f64, _>("broken")), Err("broken"));
    }
}
