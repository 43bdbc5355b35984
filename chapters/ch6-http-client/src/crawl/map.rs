//! A picture of the site: a tree as SVG, with a column for each step away from the start.
//!
//! Each page hangs on the one where it was met first. A circle is green for a page, blue for a redirect, grey for
//! anything else that is there, red for what is broken; a click opens the page, and its tooltip says the rest.

use super::site::{Id, Site, Task};
use super::verdict::broken;
use common::log::one_line;
use svg::Document;
use svg::node::element::{Anchor, Circle, Group, Line, Rectangle, Style, Text, Title};

const ROW: usize = 18;
const COLUMN: usize = 240;
const MARGIN: usize = 20;
/// Characters of a name that fit into a column.
const NAME: usize = 30;

const STYLE: &str = "text{font:12px sans-serif;fill:#222;paint-order:stroke;stroke:#fff;stroke-width:4px}line{stroke:#bbb}a:hover text{text-decoration:underline}\
                     .page{fill:#2a9d5c}.redirect{fill:#2f6fb0}.other{fill:#888}.broken{fill:#c8102e}";

/// A page in the picture.
struct Spot {
    id: Id,
    parent: Option<usize>,
    column: usize,
    /// In half rows, so that a page can stand between its children.
    row: usize,
}

/// Draws the picture.
pub fn draw(site: &Site) -> Document {
    let spots = layout(site);
    let columns = spots.iter().map(|spot| spot.column + 1).max().unwrap_or(0);
    let rows = spots.iter().map(|spot| spot.row / 2 + 1).max().unwrap_or(0);
    let (width, height) = (columns * COLUMN + 2 * MARGIN, rows * ROW + 2 * MARGIN);
    let mut lines = Group::new();
    let mut names = Group::new();
    for spot in &spots {
        if let Some(parent) = spot.parent.map(|parent| &spots[parent]) {
            let line = Line::new().set("x1", x(parent)).set("y1", y(parent));
            lines = lines.add(line.set("x2", x(spot)).set("y2", y(spot)));
        }
        names = names.add(node(site, spot));
    }
    Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .add(Title::new(xml(&format!("Map of {}", site.of(0).url))))
        .add(Style::new(STYLE))
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", "#fff"))
        .add(lines)
        .add(names)
}

fn x(spot: &Spot) -> usize {
    MARGIN + spot.column * COLUMN
}

fn y(spot: &Spot) -> usize {
    MARGIN + spot.row * ROW / 2
}

fn node(site: &Site, spot: &Spot) -> Anchor {
    let known = site.of(spot.id);
    let Some(answer) = &known.answer else { return Anchor::new() };
    let why = broken(site, spot.id);
    let class = match &why {
        Some(_) => "broken",
        None if answer.location.is_some() => "redirect",
        None if answer.is_page() => "page",
        None => "other",
    };
    let status = answer.status.map_or("no response".into(), |status| status.to_string());
    let why = why.map_or(String::new(), |why| format!(" ({why})"));
    let tooltip = format!("{} [{status}]{why} {}", answer.title, known.url);
    let path = known.url.path().trim_end_matches('/');
    let last = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("/");
    let name = known.url.query().map_or(last.to_owned(), |query| format!("{last}?{query}"));
    let name: String = name.chars().take(NAME).collect();
    let (x, y) = (x(spot), y(spot));
    Anchor::new()
        .set("href", xml(known.url.as_str()))
        .add(Title::new(xml(&tooltip)))
        .add(Circle::new().set("cx", x).set("cy", y).set("r", 5).set("class", class))
        .add(Text::new(xml(&name)).set("x", x + 9).set("y", y + 4))
}

/// What XML may have in it. The library escapes what means something there; these mean nothing and must not be there.
fn xml(text: &str) -> String {
    one_line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A place for each page: its column is how far it is from the start, and it stands between its children. No recursion:
/// a site may be a chain of thousands.
fn layout(site: &Site) -> Vec<Spot> {
    let known = site.known();
    let is_shown = |id: Id| known[id].answer.is_some() && known[id].task == Task::Page;
    let mut children = vec![Vec::new(); known.len()];
    for id in (0..known.len()).filter(|id| is_shown(*id)) {
        if let Some(parent) = known[id].parent {
            children[parent].push(id);
        }
    }
    let mut spots: Vec<Spot> = Vec::new();
    let mut waiting: Vec<(Id, Option<usize>)> =
        is_shown(0).then_some((0, None)).into_iter().collect();
    let mut row = 0;
    while let Some((id, parent)) = waiting.pop() {
        let column = parent.map_or(0, |parent| spots[parent].column + 1);
        let here = spots.len();
        spots.push(Spot { id, parent, column, row });
        // A leaf has a row of its own; the row of another one is set below.
        row += if children[id].is_empty() { 2 } else { 0 };
        waiting.extend(children[id].iter().rev().map(|child| (*child, Some(here))));
    }
    let mut ends = vec![None; spots.len()];
    for at in (0..spots.len()).rev() {
        if let Some((first, last)) = ends[at] {
            spots[at].row = usize::midpoint(first, last);
        }
        // Children come after their parent, the last one is met first here.
        let row = spots[at].row;
        if let Some(parent) = spots[at].parent {
            let (_, last) = ends[parent].unwrap_or((row, row));
            ends[parent] = Some((row, last));
        }
    }
    spots
}
