//! From values to places on an axis, and the marks beside it.

use super::super::{Axis, Scale, figure};

/// An axis that knows its ends, in values and in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    scale: Scale,
    values: (f64, f64),
    pixels: (f64, f64),
}

/// An axis has about so many marks.
const MARKS: f64 = 7.0;

impl Places {
    /// An axis on which all of these values have a place, between these pixels.
    pub(super) fn new(axis: &Axis, values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Self {
        let scale = axis.scale;
        let has_place = |value: &f64| value.is_finite() && (scale == Scale::Linear || *value > 0.0);
        let (mut least, mut most) = values
            .filter(has_place)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        if least > most {
            (least, most) = (1.0, 2.0);
        }
        let values = match scale {
            Scale::Linear => {
                let step = step(most - least.min(0.0));
                ((least.min(0.0) / step).floor() * step, (most / step).ceil() * step)
            }
            // A little room, so that no dot lies on the frame.
            _ => (least / 1.15, most * 1.15),
        };
        let values = if values.0 < values.1 { values } else { (values.0, values.0 + 1.0) };
        Self { scale, values, pixels }
    }

    /// The pixel of a value. What has no place on the axis stands at its end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let of = |value: f64| match self.scale {
            Scale::Linear => value,
            _ => value.max(f64::MIN_POSITIVE).ln(),
        };
        let (first, last) = (of(self.values.0), of(self.values.1));
        let share = ((of(value) - first) / (last - first)).clamp(0.0, 1.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// The marks: values, and what stands beside them.
    pub(super) fn marks(&self) -> Vec<(f64, String)> {
        let (first, last) = self.values;
        match self.scale {
            Scale::Linear => {
                let step = step(last - first);
                let (from, to) =
                    ((first / step).ceil() as i64, (last / step + 1e-9).floor() as i64);
                (from..=to)
                    .map(|n| n as f64 * step)
                    .map(|value| (value, plain(value, step)))
                    .collect()
            }
            Scale::Bytes => {
                let (from, to) = (first.log2().ceil() as i32, last.log2().floor() as i32);
                let every = (f64::from(to - from) / MARKS).ceil().max(1.0) as i32;
                let powers =
                    (from..=to).filter(|power| (0..63).contains(power) && power % every == 0);
                powers.map(|power| (2_f64.powi(power), figure::bytes(1 << power))).collect()
            }
            Scale::Logarithmic => {
                let (from, to) = (first.log10().floor() as i32, last.log10().ceil() as i32);
                let every = (f64::from(to - from) / MARKS).ceil().max(1.0) as i32;
                let powers = (from..=to).filter(|power| power % every == 0);
                let wide = (last / first).log10() > MARKS / 2.0;
                let digits: &[f64] = if wide { &[1.0] } else { &[1.0, 2.0, 5.0] };
                let all = powers
                    .flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)));
                let within = all.filter(|value| (first..=last).contains(value));
                within.map(|value| (value, plain(value, value))).collect()
            }
        }
    }
}

/// The distance between two marks on an axis so long: 1, 2 or 5 times a power of ten.
fn step(length: f64) -> f64 {
    let raw = (length / MARKS).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= raw * 0.999).unwrap_or(steps[3])
}

/// A round number with as many decimals as its step needs.
fn plain(value: f64, step: f64) -> String {
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    if value.abs() >= 1000.0 { figure::of(value) } else { format!("{value:.decimals$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(axis: &Axis, values: &[f64]) -> Vec<String> {
        let places = Places::new(axis, values.iter().copied(), (0.0, 100.0));
        places.marks().into_iter().map(|(_, mark)| mark).collect()
    }

    #[test]
    fn marks_are_round() {
        let linear = Axis::linear("");
        assert_eq!(marks(&linear, &[3.0, 9.7]), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(marks(&linear, &[0.5]), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(
            marks(&linear, &[6000.0]),
            ["0", "1,000", "2,000", "3,000", "4,000", "5,000", "6,000"]
        );
        assert_eq!(marks(&Axis::logarithmic(""), &[1.0, 10.0]), ["1", "2", "5", "10"]);
        assert_eq!(
            marks(&Axis::logarithmic(""), &[0.1, 1000.0]),
            ["0.1", "1", "10", "100", "1,000"]
        );
        assert_eq!(marks(&Axis::bytes(""), &[1024.0, 4096.0]), ["1 KiB", "2 KiB", "4 KiB"]);
    }

    #[test]
    fn places_lie_between_the_ends() {
        let places = Places::new(&Axis::linear(""), [10.0].into_iter(), (200.0, 100.0));
        assert_eq!((places.at(0.0), places.at(5.0), places.at(10.0)), (200.0, 150.0, 100.0));
        assert_eq!(places.at(99.0), 100.0);
        let places = Places::new(&Axis::logarithmic(""), [1.0, 100.0].into_iter(), (0.0, 100.0));
        assert!((places.at(10.0) - 50.0).abs() < 1e-9);
        assert_eq!(places.at(0.0), 0.0);
    }

    #[test]
    fn an_axis_without_values_is_an_axis() {
        for axis in [Axis::linear(""), Axis::logarithmic(""), Axis::bytes("")] {
            for values in [&[][..], &[0.0], &[f64::NAN, f64::INFINITY], &[1e-300, 1e300]] {
                let places = Places::new(&axis, values.iter().copied(), (0.0, 1.0));
                assert!(places.at(1.0).is_finite(), "{axis:?} {values:?}");
                assert!(places.marks().len() < 100, "{axis:?} {values:?}");
            }
        }
    }
}
