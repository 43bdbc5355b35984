//! What it says at the end: tables, JSON, a picture.

use crate::run::{TempFile, crawl, ends, json, quickly, skip};
use harness::site::{Answer, Site};
use std::process::Command;

/// It is well-formed XML with so many circles at least. Python reads it, if it is there.
#[track_caller]
pub(crate) fn is_a_picture(picture: &TempFile, circles: usize) {
    let text = picture.read();
    assert!(text.starts_with("<svg ") && text.matches("<circle ").count() >= circles);
    let read =
        "import sys, xml.etree.ElementTree as tree\nprint(tree.parse(sys.argv[1]).getroot().tag)";
    match Command::new("python3").args(["-c", read, picture.path()]).output() {
        Ok(output) => assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            "{http://www.w3.org/2000/svg}svg",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => skip(format_args!("no python3 to read the SVG: {error}")),
    }
}

/// Everything that a page says may be meant to deceive.
fn rude() -> Site {
    Site::start(|request| match &*request.target {
        "/" => Answer::html(
            "<title>\u{1b}[31m<b>]]>&amp;\"'\u{0}\u{202e}\u{fffe}</title><a href='/gone'>\u{1b}]0;x\u{7} click &lt;here&gt;\u{2028}</a>\
             <a href=/two>two</a><a href='/x%00%1b\"<>`'>odd</a>",
        ),
        "/two" => Answer::html(
            "<title>Two</title><a href=/gone><img alt='a picture'></a><a href=/old>old</a>",
        ),
        "/old" => Answer::redirect(301, "/gone"),
        target if target.starts_with("/x") => Answer::html("odd"),
        _ => Answer::new(404),
    })
}

#[test]
fn the_report_names_each_broken_link_with_its_places() {
    let site = rude();
    let end = crawl(&["--delay", "0", &site.url("/")]).run();
    ends(&end, 103);
    let url = |path: &str| site.url(path);
    let start = end.stdout.find("\nbroken: ").unwrap();
    let report = format!(
        "\nbroken: {gone} (status 404)\n  on {home}: \\u{{1b}}]0;x\\u{{7}} click <here>\n  on {two}: a picture\n\
         broken: {old} (redirects to {gone}: status 404)\n  on {two}: old\n",
        gone = url("/gone"),
        home = url("/"),
        two = url("/two"),
        old = url("/old"),
    );
    assert!(end.stdout[start..].starts_with(&report), "{report}\n{end}");
    assert!(
        end.stdout.contains("5 answers in ") && end.stdout.ends_with("2 broken links\n"),
        "{end}"
    );
    let row = end.stdout.lines().find(|line| line.ends_with("/two")).unwrap();
    let cells: Vec<_> = row.split_whitespace().collect();
    assert_eq!((cells[0], cells[1], cells[2], cells[5]), ("200", "Two", "2", "1"), "{row}");
    let is_plain = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}' && c != '\u{2028}';
    assert!(end.stdout.chars().all(is_plain) && end.stderr.is_empty(), "{end}");
}

#[test]
fn json_has_all_of_it() {
    let site = rude();
    let (file, picture) = (TempFile::new("report.json"), TempFile::new("map.svg"));
    let args = ["--delay", "0", "--json", file.path(), "--map", picture.path(), &site.url("/")];
    let end = crawl(&args).run();
    ends(&end, 103);
    assert!(end.stdout.contains("status"), "the tables come as well\n{end}");
    let report: serde_json::Value = serde_json::from_str(&file.read()).unwrap();
    assert_eq!((&report["start"], &report["finished"]), (&site.url("/").into(), &true.into()));
    let two = &report["pages"][2];
    assert_eq!(
        (&two["url"], &two["status"], &two["title"]),
        (&site.url("/two").into(), &200.into(), &"Two".into())
    );
    assert_eq!(
        (&two["depth"], &two["links"], &two["from"]),
        (&1.into(), &2.into(), &site.url("/").into())
    );
    assert_eq!(
        (&two["charset"], &two["media"], &two["cut"]),
        (&"UTF-8".into(), &"text/html".into(), &false.into())
    );
    let gone = &report["broken"][0];
    assert_eq!((&gone["why"], &gone["places_in_all"]), (&"status 404".into(), &2.into()));
    assert_eq!(
        (&gone["places"][1]["page"], &gone["places"][1]["text"]),
        (&site.url("/two").into(), &"a picture".into())
    );
    assert_eq!(report["pages"][4]["redirect"], site.url("/gone"));
    assert_eq!(report["totals"]["broken"], 2);
    is_a_picture(&picture, 5);
    assert!(picture.read().contains("class=\"broken\"") && picture.read().contains("(status 404)"));
}

#[test]
fn json_moves_nothing_on_a_terminal() {
    let title = "\u{9b}31m \u{202e}evil\u{2066} \u{7f}\u{e0041}\u{1f600} caf\u{e9}";
    let site = Site::start(move |request| match &*request.target {
        "/" => Answer::html(format!("<meta charset=utf-8><title>{title}</title>")),
        _ => Answer::new(404),
    });
    let file = TempFile::new("plain.json");
    let end = quickly(&site, &[]).run();
    assert_eq!(json(&end, 0)["pages"][0]["title"], title);
    ends(&crawl(&["--delay", "0", "--json", file.path(), &site.url("/")]).run(), 0);
    for text in [&end.stdout, &file.read()] {
        let is_moving =
            |c: char| c != '\n' && c.is_control() || "\u{202e}\u{2066}\u{e0041}".contains(c);
        assert!(!text.contains(is_moving) && text.contains("\u{1f600} caf\u{e9}"), "{text:?}");
        assert!(text.contains(r"\u009b31m \u202eevil\u2066 \u007f\udb40\udc41"), "{text:?}");
    }
}

#[test]
fn verbose_tells_each_answer_and_a_pipe_no_progress() {
    let site = rude();
    let end = quickly(&site, &["--verbose"]).run();
    json(&end, 103);
    assert_eq!(end.stderr.lines().count(), 5, "{end}");
    assert!(
        end.stderr
            .lines()
            .next()
            .unwrap()
            .ends_with(&format!("3 links, depth 0: {}", site.url("/"))),
        "{end}"
    );
    assert_eq!(json(&quickly(&site, &[]).run(), 103)["totals"]["answered"], 5);
}

#[test]
fn a_place_is_counted_even_if_it_is_not_named() {
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html("<a href=/gone>gone</a>".repeat(25)),
        _ => Answer::new(404),
    });
    let end = crawl(&["--delay", "0", &site.url("/")]).run();
    ends(&end, 103);
    assert!(end.stdout.contains("\n  and in 15 more places\n"), "{end}");
}
