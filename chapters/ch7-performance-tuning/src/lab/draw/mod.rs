//! Charts as SVG, and as a page.
//!
//! An SVG file takes its colours from a style sheet of its own, which asks whether the reader prefers a dark screen.
//! Texts of a lab stand only between tags, where the library escapes them; attributes are numbers and names from here.

mod bars;
mod page;
mod place;
mod plot;

pub use page::page;

use super::Chart;
use common::log::one_line;
use svg::Document;
use svg::node::element::{Group, Rectangle, Style, Text};

/// The width of every chart in pixels.
const WIDTH: f64 = 760.0;
/// How many colours there are for series; the style sheet has them.
const COLOURS: usize = 4;

const STYLE: &str = "\
svg{--ground:#fff;--ink:#1f2328;--faint:#8b949e;--grid:#e3e6ea;--c0:#0969da;--c1:#bc4c00;--c2:#1a7f37;--c3:#8250df}\
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--ink:#e6edf3;--faint:#8b949e;--grid:#2b313a;--c0:#58a6ff;--c1:#f0883e;--c2:#3fb950;--c3:#bc8cff}}\
.ground{fill:var(--ground)}text{font:12px system-ui,sans-serif;fill:var(--ink)}.title{font-size:15px;font-weight:600}\
.mark{fill:var(--faint)}.grid{stroke:var(--grid)}.axis{stroke:var(--faint)}\
.line{fill:none;stroke-width:2}.limit{fill:none;stroke:var(--faint);stroke-width:1.5;stroke-dasharray:5 4}\
.s0{color:var(--c0)}.s1{color:var(--c1)}.s2{color:var(--c2)}.s3{color:var(--c3)}\
.line,.spread{stroke:currentColor}.dot{fill:currentColor;stroke:var(--ground)}.bar{fill:currentColor;opacity:.75}\
.predicted{stroke:var(--ink);stroke-width:3}.whisker{stroke:var(--ink)}";

/// The charts, one below the other, in one drawing.
pub fn draw(title: &str, charts: &[Chart]) -> Document {
    let mut all = Group::new();
    let mut height = 0.0;
    for chart in charts {
        let (drawn, tall) = match chart {
            Chart::Plot(plot) => plot::draw(plot),
            Chart::Bars(bars) => bars::draw(bars),
        };
        all = all.add(drawn.set("transform", format!("translate(0 {height})")));
        height += tall;
    }
    Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("role", "img")
        .add(svg::node::element::Title::new(clean(title)))
        .add(Style::new(STYLE))
        .add(Rectangle::new().set("class", "ground").set("width", WIDTH).set("height", height))
        .add(all)
}

/// A text with its place; `anchor` is `start`, `middle` or `end`.
fn text(content: &str, class: &str, anchor: &str, x: f64, y: f64) -> Text {
    let text = Text::new(clean(content)).set("class", class).set("text-anchor", anchor);
    text.set("x", round(x)).set("y", round(y))
}

/// What XML may have in it. The library escapes what means something there; these mean nothing and must not be there.
fn clean(text: &str) -> String {
    one_line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A hundredth of a pixel is finer than any screen, and a shorter file.
fn round(place: f64) -> f64 {
    (place * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests;
