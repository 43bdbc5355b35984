//! Bars: what was measured, and a mark where it was predicted.

use super::super::{Bars, Scale, figure};
use super::place::Places;
use super::plot::line;
use super::{WIDTH, round, text};
use svg::node::element::{Group, Rectangle};

/// Where the bars begin and end, in pixels.
const LEFT: f64 = 260.0;
const RIGHT: f64 = WIDTH - 90.0;
const TOP: f64 = 66.0;
/// The height of a bar with the room around it.
const ROW: f64 = 30.0;
/// Letters of a name that fit beside its bar.
const NAME: usize = 38;

/// The bars and their height.
pub(super) fn draw(chart: &Bars) -> (Group, f64) {
    let bottom = TOP + ROW * chart.bars.len() as f64;
    let values = chart.bars.iter().flat_map(|bar| {
        [bar.measured.min, bar.measured.max, bar.predicted.unwrap_or(bar.measured.median)]
    });
    let places = Places::new(&chart.axis, values, (LEFT, RIGHT));
    let mut group = Group::new().add(text(&chart.title, "title", "start", 16.0, 24.0));
    for (value, mark) in places.marks() {
        let at = places.at(value);
        group = group.add(line("grid", at, TOP, at, bottom));
        group = group.add(text(&mark, "mark", "middle", at, bottom + 18.0));
    }
    for (bar, row) in chart.bars.iter().zip(0_u32..) {
        let top = TOP + ROW * f64::from(row);
        let middle = top + ROW / 2.0;
        let name: String = bar.name.chars().take(NAME).collect();
        group = group.add(text(&name, "", "end", LEFT - 8.0, middle + 4.0));
        let end = places.at(bar.measured.median);
        if bar.measured.median.is_finite() {
            let shape = Rectangle::new().set("class", "bar").set("x", LEFT).set("y", top + 6.0);
            let shape = shape.set("width", round(end - LEFT)).set("height", ROW - 12.0);
            let (min, max) = (places.at(bar.measured.min), places.at(bar.measured.max));
            group = group.add(Group::new().set("class", "s0").add(shape));
            group = group.add(line("whisker", min, middle, max, middle));
        }
        if let Some(predicted) = bar.predicted.filter(|predicted| predicted.is_finite()) {
            let at = places.at(predicted);
            group = group.add(line("predicted", at, top + 3.0, at, top + ROW - 3.0));
        }
        let value = figure::of(bar.measured.median);
        group = group.add(text(&value, "", "start", RIGHT + 12.0, middle + 4.0));
    }
    let what = match chart.axis.scale {
        Scale::Linear => "bar: measured (line: its rounds); upright mark: predicted",
        _ => {
            "bar: measured (line: its rounds); upright mark: predicted; equal steps are equal factors"
        }
    };
    group = group
        .add(text(what, "mark", "start", 16.0, 46.0))
        .add(line("axis", LEFT, TOP, LEFT, bottom))
        .add(text(&chart.axis.title, "", "middle", f64::midpoint(LEFT, RIGHT), bottom + 40.0));
    (group, bottom + 60.0)
}
