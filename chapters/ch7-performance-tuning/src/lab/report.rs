//! What a lab hands back.

use super::{Chart, Spread, figure};

/// Within so many per cent of its prediction, a figure agrees with it.
pub const AGREES: f64 = 15.0;

/// Everything that one run of a lab found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The formula in one line: `T = N / (N/R + D)`.
    pub law: String,
    /// Where it comes from: a man page, a section of an RFC, a paper.
    pub source: &'static str,
    /// What was predicted and measured.
    pub rows: Vec<Row>,
    /// Why it came as it came, in one line.
    pub because: String,
    /// How it was measured: rounds, medians, what runs on the same machine.
    pub method: String,
    /// The charts, in reading order.
    pub charts: Vec<Chart>,
}

impl Report {
    /// How many rows agree, and how many have a prediction.
    pub fn agreement(&self) -> (usize, usize) {
        let predicted = || self.rows.iter().filter(|row| row.predicted.is_some());
        (predicted().filter(|row| row.agrees()).count(), predicted().count())
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What the figure is of. It is the same in every run with the same flags, because `--agree` counts by it.
    pub what: String,
    /// What the law says; `None` for a figure that is an input of the predictions.
    pub predicted: Option<f64>,
    /// What was seen.
    pub measured: Spread,
    /// The unit of both.
    pub unit: &'static str,
    /// What a reader should know about it. A row that does not agree needs one, as far as the lab can tell why.
    pub note: Option<String>,
}

impl Row {
    /// A figure with its prediction.
    pub fn new(
        what: impl Into<String>,
        predicted: f64,
        measured: Spread,
        unit: &'static str,
    ) -> Self {
        Self { what: what.into(), predicted: Some(predicted), measured, unit, note: None }
    }

    /// A figure of which predictions are made.
    pub fn input(what: impl Into<String>, measured: Spread, unit: &'static str) -> Self {
        Self { what: what.into(), predicted: None, measured, unit, note: None }
    }

    /// The same row with a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// How far the measured median lies from the prediction, in per cent of that.
    pub fn difference(&self) -> Option<f64> {
        let predicted = self.predicted?;
        // Nothing was predicted, and nothing came.
        if predicted == self.measured.median {
            return Some(0.0);
        }
        Some((self.measured.median - predicted) / predicted * 100.0)
    }

    /// Is it within 15 % of the prediction? What has none does not agree, and does not disagree.
    pub fn agrees(&self) -> bool {
        self.difference().is_some_and(|difference| difference.abs() <= AGREES)
    }

    /// The note; for a row that disagrees without one, what its rounds tell.
    pub fn remark(&self) -> Option<String> {
        let predicted = self.predicted.filter(|_| !self.agrees());
        let said = self.note.clone();
        let Some(predicted) = predicted else { return said };
        let Spread { min, max, .. } = self.measured;
        let (from, to) = (figure::of(min), figure::of(max));
        let seen = match self.measured.contains(predicted) {
            true => format!(
                "the rounds lie between {from} and {to} {}: the prediction is among them, the median is not near it",
                self.unit
            ),
            false => format!(
                "all rounds lie between {from} and {to} {}: this is no accident of one round",
                self.unit
            ),
        };
        Some(said.unwrap_or(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(predicted: f64, rounds: &[f64]) -> Row {
        Row::new("time", predicted, Spread::of(rounds), "ms")
    }

    #[test]
    fn the_difference_is_in_per_cent_of_the_prediction() {
        assert_eq!(row(10.0, &[11.5]).difference(), Some(15.0));
        assert_eq!(row(10.0, &[5.0]).difference(), Some(-50.0));
        assert_eq!(row(0.0, &[0.0]).difference(), Some(0.0));
        assert_eq!(Row::input("time", Spread::exact(1.0), "ms").difference(), None);
    }

    #[test]
    fn fifteen_per_cent_still_agree() {
        assert!(row(100.0, &[115.0]).agrees() && row(100.0, &[85.0]).agrees());
        assert!(!row(100.0, &[115.1]).agrees() && !row(100.0, &[84.9]).agrees());
        assert!(!row(0.0, &[1.0]).agrees() && !row(1.0, &[]).agrees());
        assert!(!Row::input("time", Spread::exact(1.0), "ms").agrees());
    }

    #[test]
    fn who_disagrees_says_something() {
        assert_eq!(row(100.0, &[100.0]).remark(), None);
        let among = row(100.0, &[90.0, 150.0, 160.0]).remark().unwrap();
        assert!(among.starts_with("the rounds lie between 90.0 and 160 ms"), "{among}");
        let beyond = row(100.0, &[150.0, 160.0]).remark().unwrap();
        assert!(beyond.starts_with("all rounds lie between 150 and 160 ms"), "{beyond}");
        assert_eq!(row(100.0, &[150.0]).note("a reason").remark().unwrap(), "a reason");
    }

    #[test]
    fn inputs_do_not_count() {
        let input = Row::input("one call", Spread::exact(1.0), "µs");
        let rows = vec![row(1.0, &[1.0]), row(1.0, &[2.0]), input];
        assert_eq!(Report { rows, ..Report::default() }.agreement(), (1, 2));
    }
}
