//! The crawl that the lesson shows.

use harness::site::{Answer, Site};
use harness::{DEADLINE, Launch};

#[test]
fn the_crawl_of_the_lesson() {
    let site = Site::start(|request| match &*request.target {
        "/" => Answer::html(
            "<title>Plums</title><a href=/prices>prices</a> <a href=/old>what it was</a>",
        ),
        "/prices" => {
            Answer::html("<title>Prices</title><a href=/>home</a> <a href=/lost>a lost page</a>")
        }
        _ => Answer::new(404),
    });
    let crawl = Launch::new(env!("CARGO_BIN_EXE_crawl")).deadline(DEADLINE);
    let end = crawl.args(["--no-proxy", "--delay", "0.1", &site.url("/")]).run();
    assert_eq!(end.status.code(), Some(103), "{end}");
    let lesson = include_str!("../../README.md");
    let printed = end.stdout.replace(&site.addr().to_string(), "127.0.0.1:8000");
    let shown = |line: &&str| line.starts_with("broken:") || line.starts_with("  on ");
    assert_eq!(printed.lines().filter(shown).count(), 4, "{end}");
    for line in printed.lines().filter(shown) {
        assert!(lesson.contains(&format!("\n{line}\n")), "the lesson does not show {line}\n{end}");
    }
}
