//! The report for a browser: one file that asks the network for nothing.
//!
//! Each chart is beside a table with the same figures, so nothing is lost without JavaScript, in a screen reader or on
//! paper. What comes from outside, such as the names of servers, is escaped wherever it is written.

mod charts;
mod table;

use super::summary::{Part, Question, Summary};
use super::table::about;
use super::{figure, measure::Measure};

const STYLE: &str = include_str!("../../../assets/report/style.css");
const METHOD: &str = include_str!("../../../assets/report/method.html");
/// In the order in which they need each other.
const SCRIPTS: [&str; 4] = [
    include_str!("../../../assets/vendor/vega.min.js"),
    include_str!("../../../assets/vendor/vega-lite.min.js"),
    include_str!("../../../assets/vendor/vega-embed.min.js"),
    include_str!("../../../assets/report/charts.js"),
];
/// A browser refuses whatever this does not name: every request of the page, and `eval`.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// The whole page.
pub(super) fn page(summary: &Summary) -> String {
    let mut charts = charts::Charts::default();
    let mut page = String::new();
    page.push_str(&head());
    page.push_str(&header(summary));
    page.push_str(&contents(summary));
    page.push_str("<main id=\"main\" tabindex=\"-1\">\n");
    for (number, part) in summary.parts.iter().enumerate() {
        page.push_str(&part_section(number, part, &mut charts));
    }
    page.push_str(METHOD);
    page.push_str("</main>\n");
    page.push_str(&charts.data());
    for script in SCRIPTS {
        page.push_str(&format!("<script>{}</script>\n", without_map(script)));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn head() -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Concurrency models under the same load</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the results</a>\n"
    )
}

fn header(summary: &Summary) -> String {
    format!(
        "<header>\n<h1>Concurrency models under the same load</h1>\n{}</header>\n",
        list("warnings", &summary.warnings)
    )
}

/// Links to all scenarios.
fn contents(summary: &Summary) -> String {
    let mut links = String::new();
    for (number, part) in summary.parts.iter().enumerate() {
        for (place, question) in part.questions.iter().enumerate() {
            let name = escape(&question.scenario.name);
            links
                .push_str(&format!("<li><a href=\"#{}\">{name}</a></li>\n", anchor(number, place)));
        }
    }
    format!(
        "<nav aria-label=\"Scenarios\">\n<ul>\n{links}<li><a href=\"#method\">how to read this</a></li>\n</ul>\n</nav>\n"
    )
}

fn anchor(part: usize, question: usize) -> String {
    format!("part-{}-scenario-{}", part + 1, question + 1)
}

fn part_section(number: usize, part: &Part, charts: &mut charts::Charts) -> String {
    let id = format!("part-{}", number + 1);
    let mut text = format!(
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}, {} CPUs</h2>\n<p class=\"about\">{}; begun {}.</p>\n",
        escape(&part.environment.cpu),
        part.environment.cpus,
        escape(&about(part)),
        escape(&part.environment.started)
    );
    text.push_str(&list("warnings", &part.warnings));
    if !part.findings.is_empty() {
        text.push_str("<h3>What the figures say</h3>\n");
        text.push_str(&list("findings", &part.findings));
    }
    for (place, question) in part.questions.iter().enumerate() {
        text.push_str(&question_section(&anchor(number, place), question, charts));
    }
    text.push_str("</section>\n");
    text
}

fn question_section(id: &str, question: &Question, charts: &mut charts::Charts) -> String {
    let scenario = &question.scenario;
    let by = Measure::deciding(scenario.decides);
    let mut text = format!(
        "<section class=\"scenario\" aria-labelledby=\"{id}\">\n<h3 id=\"{id}\">{}</h3>\n\
         <p class=\"question\">{}</p>\n<p class=\"about\">{}</p>\n<p class=\"verdict\">{}</p>\n",
        escape(&scenario.name),
        escape(&scenario.question),
        escape(&scenario.load),
        marked(&question.verdict)
    );
    let caption = format!("{}, decided by {}", scenario.name, by.name());
    if let Some(chart) = charts.dots(question) {
        text.push_str(&figure(
            &chart,
            &format!("{caption}: each round, the median, and its interval"),
            &question.verdict,
        ));
    }
    if let Some(chart) = charts.percentiles(question) {
        let caption =
            format!("{}: how long which share of the requests waited at most", scenario.name);
        text.push_str(&figure(&chart, &caption, "Both axes are logarithmic."));
    }
    text.push_str(&table::of(
        question,
        &format!("{id}-table"),
        &format!("{caption}: medians of the rounds"),
    ));
    let notes = question.entries.iter().flat_map(|entry| {
        let name = figure::name(&entry.server.name);
        entry.notes().into_iter().map(move |note| format!("{name}: {note}"))
    });
    text.push_str(&list("notes", &notes.collect::<Vec<_>>()));
    text.push_str("</section>\n");
    text
}

/// A place for a chart. It is seen only where the script that draws it runs.
fn figure(chart: &str, caption: &str, says: &str) -> String {
    format!(
        "<figure>\n<div class=\"chart\" id=\"{chart}\" role=\"img\" aria-label=\"Chart. {} {} The table below has the same \
         figures.\"></div>\n<figcaption>{}</figcaption>\n</figure>\n",
        escape(&format!("{caption}.")),
        escape(says),
        escape(caption)
    )
}

fn list(class: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: String = items.iter().map(|item| format!("<li>{}</li>\n", marked(item))).collect();
    format!("<ul class=\"{class}\">\n{items}</ul>\n")
}

/// A sentence, with `code` where it has backquotes.
fn marked(sentence: &str) -> String {
    let parts = sentence.split('`').map(escape).enumerate();
    // An odd number of backquotes, from a name with one in it, leaves the last part open: it is closed all the same.
    parts
        .map(|(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part })
        .collect()
}

/// Text of anybody, so that it is text in HTML too, also within quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in figure::plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Without the line that names a source map: a browser with open tools would look for that file.
fn without_map(script: &str) -> String {
    let lines = script.lines().filter(|line| !line.starts_with("//# sourceMappingURL"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_ends_before_its_end() {
        for script in SCRIPTS {
            let script = script.to_lowercase();
            // `<!--` and then `<script` would make a browser look for two ends.
            assert!(!script.contains("</script") && !script.contains("<!--"));
        }
        assert!(!STYLE.contains("</style"));
    }

    #[test]
    fn text_of_others_is_only_text() {
        assert_eq!(escape("<a href='x'>&\"\0"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}");
        assert_eq!(marked("`<b>` is `x"), "<code>&lt;b&gt;</code> is <code>x</code>");
    }
}
