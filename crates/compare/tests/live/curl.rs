//! curl, where it is installed: a client that nobody here wrote.

use super::{page, planned};
use compare::live::Live;
use compare::progress::Event;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

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

#[test]
fn curl_can_follow() {
    let page = page();
    page.tell(&planned());
    let url = format!("{}events", page.url());
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--no-buffer", "--noproxy", "*", "--max-time", "60", &url]);
    let Ok(mut curl) = curl.stdout(Stdio::piped()).spawn() else { return };
    let mut lines = BufReader::new(curl.stdout.take().expect("it is piped")).lines();
    let mut hears = |what: &str| lines.any(|line| line.is_ok_and(|line| line.contains(what)));
    assert!(hears(r#""event":"planned""#));
    page.tell(&Event::Ended { interrupted: true });
    assert!(hears(r#""interrupted":true"#));
    page.stop();
    assert!(curl.wait().expect("it is our child").success(), "the stream has an orderly end");
}
