//! curl, where it is installed: a client that nobody here wrote.

use super::{page, planned};
use compare::live::Live;
use std::process::Command;

/// What curl prints; `None` if there is no curl.
fn curl(page: &Live, path: &str, flags: &[&str]) -> Option<String> {
    let url = format!("{}{path}", page.url());
    let out = Command::new("curl")
        .args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "60"])
        .args(flags)
        .arg(url)
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn curl_can_look_and_control() {
    let page = page();
    page.tell(&planned());
    let Some(index) = curl(&page, "", &[]) else { return };
    assert!(index.starts_with("<!DOCTYPE html>"), "{index}");
    let code = ["--write-out", "%{http_code}"];
    let body = ["--data", r#"["latency"]"#];
    assert_eq!(curl(&page, "scenarios", &[code, body].concat()).as_deref(), Some("204"));
    assert_eq!(page.wish().scenarios, Some(vec!["latency".into()]));
    let pause = [&code[..], &["--request", "POST"]].concat();
    assert_eq!(curl(&page, "pause", &pause).as_deref(), Some("204"));
    assert!(page.wish().paused);
}
