//! The median of the rounds, and how sure it is.

/// The least probability with which an interval should hold the true median.
const CONFIDENCE: f64 = 0.9;
/// With fewer rounds nothing is told apart: two servers that are the same would be found different in one of three
/// comparisons of two rounds each, in one of ten with three rounds, in one of 126 with five.
pub const LEAST_ROUNDS: usize = 3;

/// What the rounds say about one reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The median of the rounds.
    pub median: f64,
    /// The lower end of the interval of the median.
    pub low: f64,
    /// The upper end of it.
    pub high: f64,
    /// The probability that an interval made in this way holds the true median: at least 0.9 from five rounds on. Of
    /// fewer rounds it is the whole range, and the probability is what that gives.
    pub confidence: f64,
    /// The rounds' values, sorted.
    pub rounds: Vec<f64>,
}

impl Estimate {
    /// The median and its interval; `None` without values. The values must be finite.
    ///
    /// The interval lies between two of the values, the k-th smallest and the k-th largest. It holds the median unless
    /// fewer than k values are on one side of it, and on which side a value falls is the toss of a coin, whatever the
    /// distribution: so the probability is 1 − 2·P(B ≤ k − 1), with B from the binomial distribution of n tosses. The
    /// largest k that is sure enough is taken. No mean, no normal distribution: one slow round moves nothing far.
    /// (H. A. David, H. N. Nagaraja, *Order Statistics*, 3rd edition, chapter 7; J.-Y. Le Boudec, *Performance
    /// Evaluation of Computer and Communication Systems*, section 2.2.)
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut rounds: Vec<f64> = values.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let count = rounds.len();
        let last = count.checked_sub(1)?;
        let cut = cut(count);
        let median = f64::midpoint(rounds[last / 2], rounds[count / 2]);
        let (low, high) = (rounds[cut], rounds[last - cut]);
        Some(Self { median, low, high, confidence: confidence(count, cut), rounds })
    }

    /// Is it wholly below the other, and are there enough rounds to say so?
    pub fn is_below(&self, other: &Self) -> bool {
        self.is_comparable(other) && self.high < other.low
    }

    /// Have both enough rounds to be told apart?
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.rounds.len().min(other.rounds.len()) >= LEAST_ROUNDS
    }

    /// Is it wholly on one side of the other?
    pub fn differs(&self, other: &Self) -> bool {
        self.is_below(other) || other.is_below(self)
    }

    /// How probable it is that two estimates of this many rounds lie apart although nothing differs.
    ///
    /// The upper end of the one is its a-th smallest value, and the lower end of the other its b-th. In a random order
    /// of all values, that is the chance of at least a values of the one before the b-th of the other; and twice that,
    /// because it may be the other way round.
    pub fn chance(&self, other: &Self) -> f64 {
        if !self.is_comparable(other) {
            return 0.0;
        }
        let (n, m) = (self.rounds.len(), other.rounds.len());
        let (a, b) = (n - cut(n), cut(m) + 1);
        let all = ln_choose(n + m, n);
        let share = |i: usize| ln_choose(i + b - 1, i) + ln_choose(n - i + m - b, n - i) - all;
        2.0 * (a..=n).map(|i| share(i).exp()).sum::<f64>()
    }
}

/// How many values are left out at each end: as many as leave the interval sure enough, at best.
fn cut(count: usize) -> usize {
    (1..count.div_ceil(2))
        .take_while(|cut| confidence(count, *cut) >= CONFIDENCE)
        .last()
        .unwrap_or(0)
}

/// The probability that the interval without `cut` values at each end holds the median.
fn confidence(count: usize, cut: usize) -> f64 {
    let tosses = count as f64 * std::f64::consts::LN_2;
    let outside: f64 = (0..=cut).map(|heads| (ln_choose(count, heads) - tosses).exp()).sum();
    // Of one value both ends are the same, and it holds the median never.
    (1.0 - 2.0 * outside).max(0.0)
}

/// The logarithm of the binomial coefficient, which itself would soon be too large.
fn ln_choose(of: usize, some: usize) -> f64 {
    (1..=some).map(|i| ((of - some + i) as f64 / i as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn estimate(values: &[f64]) -> Estimate {
        Estimate::of(values.iter().copied()).unwrap()
    }

    #[test]
    fn the_intervals_are_those_of_the_tables() {
        // n, values left out at each end, confidence: from the table of Le Boudec's appendix, for 0.9 instead of 0.95.
        for (rounds, out, confidence) in [
            (1, 0, 0.0),
            (2, 0, 0.5),
            (3, 0, 0.75),
            (4, 0, 0.875),
            (5, 0, 0.9375),
            (7, 0, 0.984375),
            (8, 1, 0.9296875),
            (11, 2, 0.9345703125),
            (15, 3, 0.96484375),
        ] {
            let values: Vec<_> = (0..rounds).map(f64::from).collect();
            let found = estimate(&values);
            assert_eq!(
                (found.low, found.high),
                (f64::from(out), f64::from(rounds - 1 - out)),
                "{rounds}"
            );
            assert!(
                (found.confidence - confidence).abs() < 1e-12,
                "{rounds}: {}",
                found.confidence
            );
        }
        // A great number of rounds neither overflows nor takes long.
        let many: Vec<_> = (0..1_200).map(f64::from).collect();
        assert!((0.9..0.91).contains(&estimate(&many).confidence));
    }

    #[test]
    fn one_slow_round_moves_nothing_far() {
        let found = estimate(&[5.0, 1.0, 3.0, 2.0, 1e9]);
        assert_eq!(found.median, 3.0);
        assert_eq!(estimate(&[1.0, 2.0]).median, 1.5);
        assert_eq!(Estimate::of([]), None);
    }

    #[test]
    fn two_rounds_tell_nothing_apart() {
        assert!(!estimate(&[1.0, 1.0]).differs(&estimate(&[9.0, 9.0])));
        assert!(estimate(&[1.0, 1.0, 1.0]).is_below(&estimate(&[9.0, 9.0, 9.0])));
    }

    #[test]
    fn chance_is_what_all_orders_give() {
        assert!((estimate(&[0.0; 3]).chance(&estimate(&[0.0; 3])) - 0.1).abs() < 1e-12);
        assert!((estimate(&[0.0; 5]).chance(&estimate(&[0.0; 5])) - 1.0 / 126.0).abs() < 1e-12);
        // Eight and eight, one left out at each end: counted over all C(16, 8) orders.
        let apart = |order: u32| {
            let places =
                |bit: u32| -> Vec<u32> { (0..16).filter(|i| order >> i & 1 == bit).collect() };
            let (a, b) = (places(0), places(1));
            a[6] < b[1] || b[6] < a[1]
        };
        let orders = (0..1_u32 << 16).filter(|order| order.count_ones() == 8);
        let found = orders.filter(|order| apart(*order)).count() as f64 / 12_870.0;
        assert!((estimate(&[0.0; 8]).chance(&estimate(&[0.0; 8])) - found).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn the_median_lies_in_its_interval(values in prop::collection::vec(-1e9..1e9, 1..40)) {
            let found = estimate(&values);
            prop_assert!(found.low <= found.median && found.median <= found.high);
            prop_assert!(values.len() < 5 || found.confidence >= CONFIDENCE);
        }
    }
}
