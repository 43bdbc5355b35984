//! A plot: lines, and dots with the spread of their rounds.

use super::super::{Plot, Point, Series, Shape};
use super::place::Places;
use super::{COLOURS, WIDTH, round, text};
use svg::node::element::{Circle, Group, Line, Polyline};

/// Where the axes are, in pixels.
const LEFT: f64 = 80.0;
const RIGHT: f64 = WIDTH - 20.0;
const TOP: f64 = 70.0;
const BOTTOM: f64 = 350.0;
/// The height of it all.
const HEIGHT: f64 = 410.0;
/// The width of a letter, nearly.
const LETTER: f64 = 6.6;

/// The plot and its height.
pub(super) fn draw(plot: &Plot) -> (Group, f64) {
    let points = || plot.series.iter().flat_map(|series| &series.points);
    let x = Places::new(&plot.x, points().map(|point| point.x), (LEFT, RIGHT));
    let heights = points().flat_map(|point| [point.y.min, point.y.median, point.y.max]);
    let y = Places::new(&plot.y, heights, (BOTTOM, TOP));
    let mut group = Group::new().add(text(&plot.title, "title", "start", 16.0, 24.0));
    for (value, mark) in x.marks() {
        let at = x.at(value);
        group = group.add(line("grid", at, TOP, at, BOTTOM));
        group = group.add(text(&mark, "mark", "middle", at, BOTTOM + 18.0));
    }
    for (value, mark) in y.marks() {
        let at = y.at(value);
        group = group.add(line("grid", LEFT, at, RIGHT, at));
        group = group.add(text(&mark, "mark", "end", LEFT - 8.0, at + 4.0));
    }
    let middle = f64::midpoint(TOP, BOTTOM);
    let upright = text(&plot.y.title, "", "middle", 0.0, 0.0)
        .set("transform", format!("translate(18 {middle}) rotate(-90)"));
    group = group
        .add(line("axis", LEFT, BOTTOM, RIGHT, BOTTOM))
        .add(line("axis", LEFT, TOP, LEFT, BOTTOM))
        .add(text(&plot.x.title, "", "middle", f64::midpoint(LEFT, RIGHT), BOTTOM + 40.0))
        .add(upright);
    let mut legend = LEFT;
    for (number, series) in plot.series.iter().enumerate() {
        let colour = format!("s{}", number % COLOURS);
        let mut drawn = Group::new().set("class", colour).add(shape(series, &x, &y));
        drawn = drawn.add(sample(series.shape, legend));
        group = group.add(drawn).add(text(&series.name, "", "start", legend + 26.0, 50.0));
        legend += 44.0 + LETTER * series.name.chars().count() as f64;
    }
    (group, HEIGHT)
}

fn shape(series: &Series, x: &Places, y: &Places) -> Group {
    let has_place = |point: &&Point| point.x.is_finite() && point.y.median.is_finite();
    let points = series.points.iter().filter(has_place);
    let places = points.map(|point| (x.at(point.x), point.y));
    if series.shape != Shape::Dots {
        let corners: Vec<_> = places
            .map(|(x, spread)| format!("{},{}", round(x), round(y.at(spread.median))))
            .collect();
        let line = Polyline::new().set("points", corners.join(" "));
        return Group::new().add(line.set("class", class(series.shape)));
    }
    places.fold(Group::new(), |group, (x, spread)| {
        let dot = Circle::new().set("class", "dot").set("r", 4);
        let (low, high) = (y.at(spread.min), y.at(spread.max));
        group
            .add(line("spread", x, low, x, high))
            .add(dot.set("cx", round(x)).set("cy", round(y.at(spread.median))))
    })
}

/// How the series looks, beside its name.
fn sample(shape: Shape, x: f64) -> Group {
    match shape {
        Shape::Dots => {
            let dot = Circle::new().set("class", "dot").set("r", 4);
            Group::new().add(dot.set("cx", round(x + 12.0)).set("cy", 46))
        }
        _ => Group::new().add(line(class(shape), x, 46.0, x + 20.0, 46.0)),
    }
}

fn class(shape: Shape) -> &'static str {
    if shape == Shape::Limit { "limit" } else { "line" }
}

/// A straight line.
pub(super) fn line(class: &str, x1: f64, y1: f64, x2: f64, y2: f64) -> Line {
    let line = Line::new().set("class", class).set("x1", round(x1)).set("y1", round(y1));
    line.set("x2", round(x2)).set("y2", round(y2))
}
