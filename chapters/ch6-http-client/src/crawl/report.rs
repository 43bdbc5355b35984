//! The report for a person: a table of the pages, the broken links with where they stand, what was left out, the totals.

use super::run::Crawled;
use super::site::{Id, Known, Site, Task};
use super::verdict::{Totals, all_broken};
use comfy_table::{CellAlignment, Table, presets};
use common::log::one_line;
use humantime::format_duration;
use std::fmt::Write;
use std::time::Duration;

/// Characters of a title and of a URL that the table shows.
const TITLE: usize = 40;
const URL: usize = 120;
/// URLs that are named for each reason why they were left out.
const NAMED: usize = 3;

/// The whole report.
pub fn text(crawled: &Crawled, totals: &Totals) -> String {
    let site = &crawled.site;
    let mut text = table(site);
    text.push('\n');
    for (id, why) in all_broken(site) {
        broken(&mut text, site, id, &why);
    }
    for (reason, skipped) in site.skips.by_reason() {
        let named = skipped.urls.iter().take(NAMED).map(|url| one_line(url));
        let (named, more) = (named.collect::<Vec<_>>().join(" "), skipped.count > NAMED as u64);
        let more = if more { " ..." } else { "" };
        let _ =
            writeln!(text, "not asked for: {} x {}: {named}{more}", skipped.count, reason.about());
    }
    let Totals { answered, pages, redirects, duplicates, checked, links, bytes, .. } = totals;
    let took = format_duration(Duration::from_millis(totals.ms));
    let _ = writeln!(
        text,
        "{answered} answers in {took}: {pages} pages, {redirects} redirects, {duplicates} duplicates; {checked} links \
         checked; {links} links, {bytes} bytes"
    );
    if totals.waiting > 0 {
        let why = if crawled.is_interrupted { "interrupted" } else { "see --pages" };
        let _ = writeln!(text, "{} URLs were not asked for ({why})", totals.waiting);
    }
    let _ = match totals.broken {
        0 => writeln!(text, "no broken link was found"),
        1 => writeln!(text, "1 broken link"),
        broken => writeln!(text, "{broken} broken links"),
    };
    text
}

fn table(site: &Site) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["status", "title", "links", "bytes", "ms", "depth", "URL"]);
    for number in [2, 3, 4, 5] {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for known in site.known().iter().filter(|known| known.task == Task::Page) {
        if let Some(row) = row(site, known) {
            table.add_row(row);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn row(site: &Site, known: &Known) -> Option<[String; 7]> {
    let answer = known.answer.as_ref()?;
    let status = answer.status.map_or("failed".into(), |status| status.to_string());
    let mark = if answer.cut { "+" } else { "" };
    let title = match (&answer.location, known.duplicate_of, &answer.failure) {
        (_, _, Some(fault)) => fault.why.clone(),
        (Some(to), _, _) => format!("-> {}", short(site, to)),
        (_, Some(id), _) => format!("= {}", short(site, site.of(id).url.as_str())),
        _ => answer.title.clone(),
    };
    Some([
        status,
        shortened(&title, TITLE),
        format!("{}{mark}", known.links),
        format!("{}{mark}", answer.bytes),
        answer.ms.to_string(),
        known.depth.to_string(),
        shortened(&short(site, known.url.as_str()), URL),
    ])
}

/// On the site, a path says enough.
fn short(site: &Site, url: &str) -> String {
    let start = &site.of(0).url;
    match url.strip_prefix(&crate::url::origin(start)) {
        Some(path) if path.starts_with('/') && start.as_str() != url => path.into(),
        _ => url.into(),
    }
}

fn shortened(text: &str, most: usize) -> String {
    let mut short: String = one_line(text).chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

fn broken(text: &mut String, site: &Site, id: Id, why: &str) {
    let known = site.of(id);
    let _ = writeln!(text, "broken: {} ({})", one_line(known.url.as_str()), one_line(why));
    for (page, words) in &known.places {
        let words = if words.is_empty() { "no words" } else { words };
        let _ =
            writeln!(text, "  on {}: {}", one_line(site.of(*page).url.as_str()), one_line(words));
    }
    let more = known.places_in_all - known.places.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "  and in {more} more places");
    }
}
