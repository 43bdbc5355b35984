//! A file may hold any figures: whatever they are, there is a report, and never a panic.

use crate::fixture::{self, Sample, of_samples};
use compare::report::{self, summary::summarize};
use compare::results::{Decides, Fault, Results};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const WHOLE: [u64; 5] = [0, 1, 7, u32::MAX as u64, u64::MAX];
const BROKEN: [f64; 6] = [0.0, -1.0, 0.5, 5e-324, 1e300, f64::MAX];

/// Replaces every number by one of the extremes. `choices` says which, over and over.
fn distort(value: &mut Value, key: &str, choices: &mut impl Iterator<Item = usize>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| distort(item, key, choices)),
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(key, field)| distort(field, key, choices));
        }
        Value::Number(number) => {
            let choice = choices.next().unwrap_or(0);
            let is_small = ["round", "rounds", "clients", "served", "unserved"].contains(&key);
            *value = match number.is_f64() {
                true => json!(BROKEN[choice % BROKEN.len()]),
                false if key == "version" => return,
                false => json!(WHOLE[choice % if is_small { 4 } else { 5 }]),
            };
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_figures_make_a_report(choices in prop::collection::vec(0_usize..30, 1..90), decides in 0_usize..5) {
        let decides = [
            Decides::CpuPerRequest, Decides::Throughput, Decides::P99, Decides::MemoryPerConnection, Decides::Lost,
        ][decides];
        let errors = BTreeMap::from([(Fault::Reset, 1), (Fault::Closed, 2), (Fault::Body, 3)]);
        let sample = Sample { errors, ..Sample::default() };
        let whole = of_samples("t", decides, &[("a", sample), ("b", Sample::default())]);
        let mut value = serde_json::to_value(&whole).unwrap();
        distort(&mut value, "", &mut choices.iter().copied().cycle());
        let results: Results = serde_json::from_value(value).unwrap();

        report::print(&summarize(&results), &mut Vec::new(), 80).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let paths = report::write_all(&results, folder.path()).unwrap();
        prop_assert!(report::read(&paths.json).unwrap() == results);
        let _ = compare::diff::diff(&whole, &results).to_string();
        let _ = compare::diff::diff(&results, &fixture::whole()).to_string();
    }

    /// A histogram that is damaged is an error, and never a panic.
    #[test]
    fn a_damaged_histogram_is_refused(at in 0_usize..200, to in "[A-Za-z0-9+/]") {
        let whole = of_samples("t", Decides::P99, &[("a", Sample::default())]);
        let mut blob = serde_json::to_value(&whole.runs[0].cells[0]).unwrap();
        let latency = blob.pointer_mut("/outcome/measured/groups/0/latency").unwrap();
        let mut text = latency.as_str().unwrap().to_string();
        let at = at % text.len();
        text.replace_range(at..=at, &to);
        *latency = json!(text);
        let _ = serde_json::from_value::<compare::results::Cell>(blob);
    }
}
