//! A measurement, and all that is read from it.

use super::measure::Measure;
use crate::results::{Cell, Latency, Outcome, Reading};
use hdrhistogram::Histogram;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A cell whose readings are taken, so that ranks and medians need its histograms no longer.
///
/// The report borrows cells that are kept anyway. The live page keeps its own for as long as a run goes on, and even a
/// compact histogram takes 16 KiB of memory, or 88 KiB if somebody has waited for a second: many times as much as all
/// the rest of a cell.
#[derive(Clone, Debug)]
pub(crate) struct Taken<'c> {
    pub(super) cell: Cow<'c, Cell>,
    values: BTreeMap<Measure, f64>,
}

impl<'c> Taken<'c> {
    /// Takes all readings. `group` is the group of clients that answers the question of the scenario.
    pub(crate) fn of(cell: &'c Cell, group: &str) -> Self {
        let taken = |measure: Measure| Some((measure, measure.of(measured(cell)?, group)?));
        let values = Measure::ALL.into_iter().filter_map(taken).collect();
        Self { cell: Cow::Borrowed(cell), values }
    }

    /// The same without its histograms.
    pub(crate) fn light(self) -> Taken<'static> {
        let mut cell = self.cell.into_owned();
        if let Outcome::Measured(reading) = &mut cell.outcome {
            for group in &mut reading.groups {
                group.latency = nothing();
            }
        }
        Taken { cell: Cow::Owned(cell), values: self.values }
    }

    /// What was measured; `None` if nothing was.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        measured(&self.cell)
    }

    /// What was read of it.
    pub(crate) fn value(&self, measure: Measure) -> Option<f64> {
        self.values.get(&measure).copied()
    }
}

fn measured(cell: &Cell) -> Option<&Reading> {
    if let Outcome::Measured(reading) = &cell.outcome { Some(reading) } else { None }
}

/// The smallest histogram that there is.
fn nothing() -> Latency {
    Latency(Histogram::new_with_bounds(1, 2, 0).expect("the bounds are in order"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Cost, Group};

    #[test]
    fn a_light_one_says_the_same_and_takes_no_room() {
        let mut latency = Latency::new();
        for us in [10, 20, 30_000] {
            latency.0.record(us).unwrap();
        }
        let group = Group {
            name: "main".into(),
            clients: 1,
            served: 1,
            unserved: 0,
            replies: 3,
            bytes: 39,
            connections: 1,
            unsent: 0,
            errors: BTreeMap::new(),
            latency,
        };
        let (groups, server) = (vec![group], Cost::default());
        let reading = Reading { seconds: 1.0, groups, server, generator_busy: 0.1 };
        let outcome = Outcome::Measured(Box::new(reading));
        let cell = Cell { scenario: "s".into(), server: "a".into(), round: 1, outcome };
        let whole = Taken::of(&cell, "main");
        let light = whole.clone().light();
        assert_eq!(light.values, whole.values);
        assert!(light.value(Measure::P99).is_some());
        let group = &light.reading().unwrap().groups[0];
        assert_eq!(group.replies, 3);
        assert!(group.latency.0.is_empty() && group.latency.0.distinct_values() < 10);
    }
}
