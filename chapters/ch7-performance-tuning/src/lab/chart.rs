//! What a chart shows. How it is drawn is the matter of [`draw`](super::draw).

use super::Spread;

/// A chart.
#[derive(Clone, Debug)]
pub enum Chart {
    /// Series over an axis of numbers.
    Plot(Plot),
    /// A bar for each name.
    Bars(Bars),
}

/// Series over an axis of numbers.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What it shows, in one line.
    pub title: String,
    /// The axis below.
    pub x: Axis,
    /// The axis at the left.
    pub y: Axis,
    /// What is drawn: predictions as lines, measurements as dots.
    pub series: Vec<Series>,
}

/// An axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What stands beside it, with the unit.
    pub title: String,
    /// How values become places.
    pub scale: Scale,
}

impl Axis {
    /// An axis on which equal steps are equal differences. It begins at 0.
    pub fn linear(title: impl Into<String>) -> Self {
        Self { title: title.into(), scale: Scale::Linear }
    }

    /// An axis on which equal steps are equal factors. It has no place for 0.
    pub fn logarithmic(title: impl Into<String>) -> Self {
        Self { title: title.into(), scale: Scale::Logarithmic }
    }

    /// Likewise, for bytes: its marks are powers of two.
    pub fn bytes(title: impl Into<String>) -> Self {
        Self { title: title.into(), scale: Scale::Bytes }
    }
}

/// How values become places on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps are equal differences.
    Linear,
    /// Equal steps are equal factors.
    Logarithmic,
    /// Equal steps are equal factors, and the marks are powers of two: 1 KiB, 4 KiB, 16 KiB.
    Bytes,
}

/// Points that belong together.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is called beside the chart.
    pub name: String,
    /// As what it is drawn.
    pub shape: Shape,
    /// The points, from left to right.
    pub points: Vec<Point>,
}

impl Series {
    /// A line through these points: a prediction.
    pub fn line(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let point = |(x, y)| Point { x, y: Spread::exact(y) };
        let points = points.into_iter().map(point).collect();
        Self { name: name.into(), shape: Shape::Line, points }
    }

    /// Dots with the spread of their rounds: a measurement.
    pub fn dots(name: impl Into<String>, points: impl IntoIterator<Item = (f64, Spread)>) -> Self {
        let points = points.into_iter().map(|(x, y)| Point { x, y }).collect();
        Self { name: name.into(), shape: Shape::Dots, points }
    }

    /// A dashed line through these points: a limit.
    pub fn limit(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { shape: Shape::Limit, ..Self::line(name, points) }
    }
}

/// As what a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line.
    Line,
    /// A dashed line without colour.
    Limit,
    /// A dot for each point, with a bar from the least round to the greatest.
    Dots,
}

/// A point of a series.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Its place on the axis below.
    pub x: f64,
    /// Its place on the axis at the left, and how far its rounds lie apart.
    pub y: Spread,
}

/// A bar for each name, one below the other.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What it shows, in one line.
    pub title: String,
    /// The axis below.
    pub axis: Axis,
    /// The bars, from top to bottom.
    pub bars: Vec<Bar>,
}

/// A measured figure as a bar, and its prediction as a mark on it.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// What was measured.
    pub measured: Spread,
    /// What was predicted.
    pub predicted: Option<f64>,
}
