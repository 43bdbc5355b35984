//! `report.html`, as text and in a browser where there is one.

use crate::fixture;
use compare::report;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder under the target's, so that a report can be looked at after the test.
fn written(name: &str) -> (PathBuf, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let paths = report::write_all(&fixture::whole(), &folder).unwrap();
    let text = fs::read_to_string(&paths.html).unwrap();
    (paths.html, text)
}

/// The page without its scripts.
fn markup(text: &str) -> String {
    let mut rest = text;
    let mut markup = String::new();
    while let Some(start) = rest.find("<script") {
        markup.push_str(&rest[..start]);
        let end = rest[start..].find("</script>").expect("every script ends");
        rest = &rest[start + end + "</script>".len()..];
    }
    markup + rest
}

#[test]
fn names_of_others_are_text() {
    let (_, text) = written("names");
    // Five scripts are ours: the figures, three libraries, and what draws.
    assert_eq!(text.matches("<script").count(), text.matches("</script>").count());
    assert_eq!(text.matches("<script").count(), 5);
    assert!(!text.contains("<b>exit 1") && !text.contains('\u{1b}') && !text.contains('\u{7}'));
    assert!(markup(&text).contains("=&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
}

#[test]
fn the_tables_stand_alone() {
    let (_, text) = written("tables");
    let markup = markup(&text);
    assert_eq!(markup.matches("<table>").count(), 5);
    assert_eq!(markup.matches("<caption").count(), 5);
    assert_eq!(markup.matches("<th scope=\"row\"").count(), 5 * 7);
    for said in [
        "not served",
        "cannot be told apart",
        "What the figures say",
        "Skip to the results",
        "lang=\"en\"",
    ] {
        assert!(markup.contains(said), "{said}");
    }
    // Nothing names another place, not even a picture or a style sheet.
    for request in ["src=", "http:", "https:", "url(", "@import", "<link"] {
        assert!(!markup.contains(request), "{request}");
    }
}

#[test]
fn every_start_has_its_end_and_every_id_is_one_of_a_kind() {
    // On two kinds of machine, with every kind of warning.
    let mut results = fixture::whole();
    results.runs.extend(fixture::whole().runs);
    results.runs[1].environment.cpu = "<another>".into();
    results.runs[1].method.server_cpus.clear();
    let folder = tempfile::tempdir().unwrap();
    let paths = report::write_all(&results, folder.path()).unwrap();
    let text = fs::read_to_string(paths.html).unwrap();
    let markup = markup(&text);
    let markup = &markup[markup.find("<html").unwrap()..];
    let mut open: Vec<&str> = Vec::new();
    let mut ids = Vec::new();
    let style = markup.find("<style>").unwrap()..markup.find("</style>").unwrap();
    for (at, _) in
        markup.match_indices('<').filter(|(at, _)| !style.contains(at) || *at == style.start)
    {
        let tag = &markup[at + 1..at + markup[at..].find('>').unwrap()];
        let name = tag.split_whitespace().next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "…{}", &markup[at.saturating_sub(80)..at]);
        } else if name != "meta" {
            open.push(name);
        }
        ids.extend(tag.split(" id=\"").nth(1).map(|rest| rest.split('"').next().unwrap()));
    }
    assert_eq!(open, [""; 0]);
    for reference in ["aria-labelledby=\"", "href=\"#"] {
        for rest in markup.split(reference).skip(1) {
            assert!(ids.contains(&rest.split('"').next().unwrap()), "{reference}");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn a_browser_draws_every_chart() {
    let Some(browser) =
        ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
            Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
        })
    else {
        return; // The other tests look at the page as text.
    };
    let (path, _) = written("drawn");
    let profile = tempfile::tempdir().unwrap();
    // With virtual time the browser waits for all that is to be done, and not for a clock.
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=20000",
            "--dump-dom",
        ])
        .arg("--enable-logging=stderr")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(dom.contains("data-charts=\"6\""), "{log}");
    assert_eq!(markup(&dom).matches("<svg").count(), 6, "{log}");
    assert!(!log.contains("CONSOLE"), "{log}");
}
