//! The table of a scenario: all readings, with the deciding one and its interval first.

use super::super::measure::{self, Measure};
use super::super::summary::{Entry, Question, Standing};
use super::escape;
use std::fmt::Write as _;

/// The table, in a frame that scrolls where the window is narrow and that keys can reach.
pub(super) fn of(question: &Question, id: &str, caption: &str) -> String {
    let by = Measure::deciding(question.scenario.decides);
    let rest: Vec<_> = Measure::ALL.into_iter().filter(|measure| *measure != by).collect();
    let mut text = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n<table>\n\
         <caption id=\"{id}\">{}</caption>\n<thead>\n<tr>",
        escape(caption)
    );
    let heads = ["rank", "server", by.head(), "interval", "faults"];
    for head in heads.into_iter().chain(rest.iter().map(|measure| measure.head())) {
        let _ = write!(text, "<th scope=\"col\">{}</th>", escape(head));
    }
    text.push_str("</tr>\n</thead>\n<tbody>\n");
    for entry in &question.entries {
        text.push_str(&row(entry, by, &rest));
    }
    text.push_str("</tbody>\n</table>\n</div>\n");
    text
}

fn row(entry: &Entry, by: Measure, rest: &[Measure]) -> String {
    let (class, rank) = match &entry.standing {
        Standing::Rank(1) => (" class=\"first\"", "1".to_string()),
        Standing::Rank(rank) => ("", rank.to_string()),
        _ => ("", "–".into()),
    };
    let mut text = format!(
        "<tr{class}><td>{rank}</td><th scope=\"row\" title=\"{}\">{}</th>",
        escape(&entry.server.about),
        escape(&entry.server.name)
    );
    let absent = match &entry.standing {
        Standing::NotServed(_) => Some("not served"),
        Standing::Failed(_) => Some("failed"),
        Standing::Rank(_) | Standing::Unranked => None,
    };
    if let Some(absent) = absent {
        let _ = writeln!(
            text,
            "<td colspan=\"{}\" class=\"absent\">{absent}</td></tr>",
            3 + rest.len()
        );
        return text;
    }
    let interval = entry.estimate(by).map_or("–".into(), |estimate| {
        format!("{} to {}", by.text(estimate.low), by.text(estimate.high))
    });
    let faults = measure::sum(entry.faults.values().copied());
    let cells = [value(entry, by), interval, super::figure::count(faults as f64)];
    for cell in cells.into_iter().chain(rest.iter().map(|measure| value(entry, *measure))) {
        let _ = write!(text, "<td>{}</td>", escape(&cell));
    }
    text.push_str("</tr>\n");
    text
}

/// The median of the rounds. The tail is that of all rounds together, because one round has few samples of it.
fn value(entry: &Entry, measure: Measure) -> String {
    let value = match measure {
        Measure::P999 => entry.percentile(0.999),
        Measure::Max => entry.percentile(1.0),
        _ => entry.median(measure),
    };
    value.map_or("–".into(), |value| measure.text(value))
}
