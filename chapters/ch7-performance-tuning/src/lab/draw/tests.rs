use super::super::{Axis, Bar, Bars, Plot, Series, Spread};
use super::*;
use svg::parser::Event;

fn rude() -> Vec<Chart> {
    let spread = Spread { median: 2.0, min: 1.0, max: 3.0 };
    let text = "a < b & \"c\" > 'd' \u{1} \u{ffff} </svg>";
    let series = vec![
        Series::line("predicted", [(1.0, 1.0), (2.0, 2.0)]),
        Series::dots(text, [(1.0, spread), (f64::NAN, spread)]),
        Series::limit("limit", [(1.0, 3.0), (2.0, f64::INFINITY)]),
    ];
    let plot = Plot { title: text.into(), x: Axis::bytes(text), y: Axis::linear(text), series };
    let bar = |predicted| Bar { name: text.into(), measured: spread, predicted };
    let nothing =
        Bar { name: "nothing".into(), measured: Spread::of(&[]), predicted: Some(f64::NAN) };
    let bars = vec![bar(Some(1.5)), bar(None), nothing];
    let bars = Bars { title: text.into(), axis: Axis::logarithmic("µs"), bars };
    vec![Chart::Plot(plot), Chart::Bars(bars)]
}

/// Every tag that opens is closed, in its order; and there is nothing that the parser does not know.
fn assert_well_formed(text: &str) {
    let mut open = Vec::new();
    for event in svg::read(text).unwrap() {
        match event {
            Event::Tag(name, svg::node::element::tag::Type::Start, _) => open.push(name),
            Event::Tag(name, svg::node::element::tag::Type::End, _) => {
                assert_eq!(open.pop(), Some(name));
            }
            Event::Error(error) => panic!("{error}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    assert!(!text.contains(['\u{1}', '\u{ffff}']), "{text}");
}

#[test]
fn whatever_it_says_it_is_well_formed() {
    let drawn = draw("a title & <more>", &rude()).to_string();
    assert_well_formed(&drawn);
    assert_eq!(drawn.matches("</svg>").count(), 1);
    assert_eq!(drawn.matches("a &lt; b &amp; \"c\" &gt; 'd'").count(), 7, "{drawn}");
    assert_well_formed(&draw("nothing", &[]).to_string());
}

#[test]
fn each_point_is_drawn_where_it_belongs() {
    let drawn = draw("", &rude()).to_string();
    // One of the two dots has no place; the other, and the one beside the name.
    assert_eq!(drawn.matches("class=\"dot\"").count(), 2);
    assert_eq!(drawn.matches("class=\"bar\"").count(), 2);
    assert_eq!(drawn.matches("class=\"predicted\"").count(), 1);
}

#[test]
fn a_page_has_the_report_and_the_charts() {
    let page = page("lab & <title>", "first <line>\nsecond\n", &rude());
    assert!(page.contains("<h1>lab &amp; &lt;title&gt;</h1>"), "{page}");
    assert!(page.contains("<pre>first &lt;line&gt;\nsecond</pre>"), "{page}");
    assert_eq!(page.matches("<svg").count(), 1);
    assert!(
        !page.contains("http:") || page.matches("http").count() == 1,
        "only the namespace is an address"
    );
}
