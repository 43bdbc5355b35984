//! The charts: Vega-Lite specifications from `assets/report`, filled with figures.

use super::super::figure;
use super::super::measure::Measure;
use super::super::summary::{Entry, Question};
use crate::results::Decides;
use serde_json::{Value, json};

const DOTS: &str = include_str!("../../../assets/report/dots.vl.json");
const PERCENTILES: &str = include_str!("../../../assets/report/percentiles.vl.json");
/// Where the largest value is so many times the smallest, equal steps are equal factors.
const WIDE: f64 = 30.0;
/// The labels of a logarithmic axis: only those that begin with 1, 2 or 5 have room.
const LOGARITHMIC: &str = "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0 \
                           ? format(datum.value, ',') : ''";
/// The height of a server's row in pixels.
const ROW: usize = 26;
/// A percentile is drawn where at least so many samples lie beyond it.
const BEYOND: f64 = 5.0;
/// The steps between two powers of ten of the percentile axis.
const STEPS: i32 = 8;

/// The charts of a page.
#[derive(Default)]
pub(super) struct Charts(Vec<Value>);

impl Charts {
    /// The deciding reading of each server, with the interval of its median and the rounds behind it; `None` if there is
    /// none. Returns the id of its place.
    pub(super) fn dots(&mut self, question: &Question) -> Option<String> {
        let by = Measure::deciding(question.scenario.decides);
        let (unit, title) = scale(by);
        let mut rows = Vec::new();
        let mut rounds = Vec::new();
        for (entry, name) in named(question) {
            let Some(estimate) = entry.estimate(by) else { continue };
            rows.push(json!({
                "server": name,
                "median": estimate.median / unit,
                "low": estimate.low / unit,
                "high": estimate.high / unit,
                "flaw": if entry.is_clean() { "none" } else { "see the notes" },
                "shown": format!("{} ({} to {})", by.text(estimate.median), by.text(estimate.low), by.text(estimate.high)),
            }));
            rounds.extend(
                estimate
                    .rounds
                    .iter()
                    .map(|round| json!({ "server": name, "round": round / unit })),
            );
        }
        let values = || rounds.iter().filter_map(|round| round["round"].as_f64());
        let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
        let mut spec = template(DOTS);
        if least > 0.0 && most / least > WIDE {
            spec["encoding"]["x"]["scale"] = json!({ "type": "log", "nice": true });
            spec["encoding"]["x"]["axis"] = json!({ "labelExpr": LOGARITHMIC });
        }
        spec["height"] = json!(ROW * rows.len());
        spec["encoding"]["x"]["title"] = json!(title);
        spec["encoding"]["y"]["sort"] = rows.iter().map(|row| row["server"].clone()).collect();
        spec["datasets"] = json!({ "servers": rows, "rounds": rounds });
        (!rounds.is_empty()).then(|| self.add(spec))
    }

    /// Latency by percentile, where latency decides.
    pub(super) fn percentiles(&mut self, question: &Question) -> Option<String> {
        if question.scenario.decides != Decides::P99 {
            return None;
        }
        let mut points = Vec::new();
        for (entry, name) in named(question) {
            let samples = entry.latency.0.len() as f64;
            for step in 0..=STEPS * 5 {
                // One in so many requests waits longer.
                let one_in = 10_f64.powf(f64::from(step) / f64::from(STEPS));
                if samples / one_in < BEYOND {
                    break;
                }
                let Some(us) = entry.percentile(1.0 - 1.0 / one_in) else { break };
                points.push(json!({ "server": name, "one_in": one_in, "ms": us.max(1.0) / 1e3 }));
            }
        }
        let mut spec = template(PERCENTILES);
        spec["encoding"]["y"]["axis"] = json!({ "labelExpr": LOGARITHMIC });
        spec["data"] = json!({ "values": points });
        (!points.is_empty()).then(|| self.add(spec))
    }

    fn add(&mut self, spec: Value) -> String {
        self.0.push(spec);
        format!("chart-{}", self.0.len())
    }

    /// The specifications as an element of the page. Within a script only `<` could end it, and JSON can do without.
    pub(super) fn data(&self) -> String {
        let json = Value::from_iter(self.0.iter().cloned()).to_string().replace('<', "\\u003c");
        format!("<script type=\"application/json\" id=\"charts\">{json}</script>\n")
    }
}

fn template(text: &str) -> Value {
    serde_json::from_str(text).expect("the template is JSON: a test draws every chart")
}

/// The entries and how the charts call them.
fn named(question: &Question) -> impl Iterator<Item = (&Entry, String)> {
    question.entries.iter().map(|entry| (entry, figure::plain(&entry.server.name)))
}

/// What a value is divided by, and the title of its axis.
fn scale(by: Measure) -> (f64, String) {
    match by {
        Measure::P99 => (1e3, "p99 latency, milliseconds".into()),
        Measure::MemoryPerConnection => (1024.0, "memory per connection, KiB".into()),
        _ => (1.0, by.name().into()),
    }
}
